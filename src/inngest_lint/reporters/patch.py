"""Patches: what a fix would change, as lines that go and lines that come."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.fix import Fix, apply
from inngest_lint.reporters.width import drawn
from inngest_lint.text import Source


def patch(source: Source, fix: Fix) -> Iterator[tuple[str, str]]:
    """The lines that differ, each under its sign; what stays the same is left out."""
    from difflib import ndiff  # noqa: PLC0415 - few findings have a fix

    mended = apply(source, [fix]).source
    first = source.line_of(min(edit.span.start for edit in fix.edits))
    last = source.line_of(max(edit.span.end for edit in fix.edits))
    grown = len(mended.line_starts) - len(source.line_starts)
    before = [source.line(number) for number in range(first, last + 1)]
    after = [mended.line(number) for number in range(first, last + 1 + grown)]
    for line in ndiff(before, after):
        if line.startswith(("- ", "+ ")):
            yield line[0], drawn(line[2:])
