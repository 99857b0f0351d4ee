"""Half-typed files, such as editors send with each keystroke, are lowered as far as they go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from corpus import bodies, corpus

from inngest_lint.frontends import lower
from inngest_lint.model.language import Language
from inngest_lint.model.walk import everywhere
from inngest_lint.text import Source, Span

# Every place of every file would take minutes; a prime step meets all kinds of places over many files.
STEP = 97
EACH_LANGUAGE = pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
HALF = {Language.PYTHON: b"\n\ndef half(\n", Language.TYPESCRIPT: b"\n\nfunction half(\n"}
_TOKEN = re.compile(rb"\w+|\S")


@cache
def everything(language: Language) -> Source:
    """The file of the corpus with every kind of operation."""
    return next(source for source, _ in corpus(language) if "everything." in source.file)


def prefixes(source: Source) -> Iterator[Source]:
    """The file as far as it was typed."""
    for end in range(STEP, len(source.text), STEP):
        yield Source(source.file, source.text[:end])


def gaps(source: Source) -> Iterator[Source]:
    """The file with a few characters gone."""
    for start in range(STEP, len(source.text), STEP):
        yield Source(source.file, source.text[:start] + source.text[start + 3 :])


def without_tokens(source: Source) -> Iterator[Source]:
    """The file without one of its tokens."""
    for number, token in enumerate(_TOKEN.finditer(source.text)):
        if number % (STEP // 4) == 0:
            yield Source(source.file, source.text[: token.start()] + source.text[token.end() :])


def outside(source: Source) -> list[Span]:
    """The spans of a lowered file that leave it."""
    whole = Span(source.file, 0, len(source.text))
    module = lower(source)
    spans = [problem.span for problem in module.problems]
    for body in bodies(module):
        spans += [body.span, body.name_span, *(operation.span for operation in everywhere(body.block))]
    return [span for span in spans if span.start > span.end or not whole.contains(span)]


@EACH_LANGUAGE
@pytest.mark.parametrize("make", [prefixes, gaps, without_tokens], ids=lambda make: make.__name__)
def test_a_broken_file_is_lowered_without_an_error_of_ours(
    make: Callable[[Source], Iterator[Source]], language: Language
) -> None:
    failed: list[tuple[str, int, str]] = []
    for source, _ in corpus(language):
        for broken in make(source):
            try:
                failed.extend((source.file, len(broken.text), f"outside: {span}") for span in outside(broken))
            except Exception as error:  # noqa: BLE001, PERF203 - any error is a failure, and all are listed
                failed.append((source.file, len(broken.text), repr(error)))

    assert failed == []


@EACH_LANGUAGE
def test_a_function_above_the_broken_statement_is_still_there(language: Language) -> None:
    source = everything(language)
    whole = len(lower(source).functions)

    assert len(lower(Source(source.file, source.text + HALF[language])).functions) == whole
