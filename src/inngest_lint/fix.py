"""Fixes: edits of the source that a rule proposes, and how they are applied to bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from inngest_lint.text import Source, Span


class Applicability(Enum):
    """How far a fix may be trusted: applied, applied when asked for, or only shown."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True)
class Edit:
    """The text that takes the place of a span; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that together mend one finding."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability


@dataclass(frozen=True, slots=True)
class Applied:
    """A source after its fixes, and the fixes that made it so."""

    source: Source
    fixes: tuple[Fix, ...]


def apply(source: Source, fixes: Iterable[Fix]) -> Applied:
    """The source with each fix that overlaps none before it; the others are left for the next round."""
    taken: list[Fix] = []
    edits: list[Edit] = []
    for fix in sorted(fixes, key=lambda fix: fix.edits[0].span):
        if not any(_overlap(edit, other) for edit in fix.edits for other in edits):
            taken.append(fix)
            edits.extend(fix.edits)
    text = source.text
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + _as_lines_end(source, edit).encode() + text[edit.span.end :]
    return Applied(Source(source.file, text), tuple(taken))


def _as_lines_end(source: Source, edit: Edit) -> str:
    """What an edit writes, its lines ended as the line is that it begins on."""
    if "\n" not in edit.text:
        return edit.text
    line = source.line_of(edit.span.start)
    above = max(line, 1) if line + 1 == len(source.line_starts) else line + 1
    if above == len(source.line_starts):
        return edit.text
    before = source.text[: source.line_starts[above]]
    end = next(end for end in (b"\r\n", b"\n", b"\r") if before.endswith(end))
    return edit.text.replace("\n", end.decode())


def _overlap(one: Edit, other: Edit) -> bool:
    if one.span == other.span:
        return True
    return one.span.start < other.span.end and other.span.start < one.span.end
