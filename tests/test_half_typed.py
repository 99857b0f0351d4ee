"""Half-typed files, such as editors send with each keystroke, are lowered as far as they go."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from corpus import corpus

from inngest_lint.frontends import lower
from inngest_lint.text import Source

# Every place of every file would take minutes; a prime step meets all kinds of places over many files.
STEP = 97
SOURCES = [source for source, _ in corpus()]


def prefixes(source: Source) -> Iterator[Source]:
    """The file as far as it was typed."""
    for end in range(STEP, len(source.text), STEP):
        yield Source(source.file, source.text[:end])


def gaps(source: Source) -> Iterator[Source]:
    """The file with a few characters gone."""
    for start in range(STEP, len(source.text), STEP):
        yield Source(source.file, source.text[:start] + source.text[start + 3 :])


@pytest.mark.parametrize("make", [prefixes, gaps], ids=["prefixes", "gaps"])
def test_a_broken_file_is_lowered_without_an_error_of_ours(make: Callable[[Source], Iterator[Source]]) -> None:
    failed = []
    for source in SOURCES:
        for broken in make(source):
            try:
                lower(broken)
            except Exception as error:  # noqa: BLE001, PERF203 - any error is a failure, and all are listed
                failed.append((source.file, len(broken.text), repr(error)))

    assert failed == []


def test_a_function_above_the_broken_statement_is_still_there() -> None:
    source = next(source for source in SOURCES if source.file.endswith("everything.py"))
    whole = len(lower(source).functions)

    assert len(lower(Source(source.file, source.text + b"\n\ndef half(\n")).functions) == whole
