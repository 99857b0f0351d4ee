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
        text = text[: edit.span.start] + edit.text.encode() + text[edit.span.end :]
    return Applied(Source(source.file, text), tuple(taken))


def _overlap(one: Edit, other: Edit) -> bool:
    if one.span == other.span:
        return True
    return one.span.start < other.span.end and other.span.start < one.span.end
