"""Patches: what a fix would change, as lines that go and lines that come."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.fix import Fix, apply
from inngest_lint.reporters.width import cut, window
from inngest_lint.text import Source


def patch(source: Source, fix: Fix, limit: int) -> Iterator[tuple[str, str]]:
    """The lines that differ, each under its sign; what stays the same is left out.

    A line of more columns than `limit` is cut around what differs from its counterpart.
    """
    from difflib import ndiff  # noqa: PLC0415 - few findings have a fix

    mended = apply(source, [fix]).source
    first = source.line_of(min(edit.span.start for edit in fix.edits))
    last = source.line_of(max(edit.span.end for edit in fix.edits))
    grown = len(mended.line_starts) - len(source.line_starts)
    before = [source.line(number) for number in range(first, last + 1)]
    after = [mended.line(number) for number in range(first, last + 1 + grown)]
    lines = [(line[0], line[2:]) for line in ndiff(before, after) if line.startswith(("- ", "+ "))]
    for number, (sign, line) in enumerate(lines):
        beside = lines[number + 1 : number + 2] if sign == "-" else lines[max(number - 1, 0) : number]
        other = next((text for opposite, text in beside if opposite != sign), None)
        yield sign, cut(line, window(line, *_difference(line, other), limit))


def _difference(line: str, other: str | None) -> tuple[int, int]:
    """The characters in which a line differs from its counterpart; the beginning where it has none."""
    if other is None:
        return 0, 0
    start = _shared(line, other)
    return start, len(line) - _shared(line[start:][::-1], other[start:][::-1])


def _shared(first: str, second: str) -> int:
    """How many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(first), len(second)))
