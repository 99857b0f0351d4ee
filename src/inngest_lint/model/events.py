"""Events: where in a reference the data of an event ends."""

from __future__ import annotations

from inngest_lint.model.value import EACH, Origin, Ref
from inngest_lint.text import Span


def end_of_data(ref: Ref) -> int | None:
    """How many hops lead to the data of the event, or of one of the events; None where a reference does not."""
    if ref.origin is not Origin.CONTEXT:
        return None
    match ref.path:
        case ("event", "data", *_):
            return 2
        case ("events", one, "data", *_) if one == EACH or one.lstrip("-").isdigit():
            return 3
    return None


def place_of_read(ref: Ref, hop: int, around: Span) -> Span | None:
    """Where one hop of a reference is read: `around` it in a pattern; None where a name only stands for what was."""
    if ref.span is None:
        return around if hop == len(ref.path) - 1 else None
    return ref.span if hop >= len(ref.path) - ref.written else None


def is_pattern(name: str) -> bool:
    """Whether the name of a trigger stands for several events."""
    return "*" in name


def never_matches(pattern: str) -> bool:
    """Whether no event can match a pattern: a `*` stands only for all that follows the last `/` or `.` of it."""
    return is_pattern(pattern) and ("*" in pattern[:-1] or not pattern.endswith(("/*", ".*")))


def matches(pattern: str, event: str) -> bool:
    """Whether an event starts what is triggered by a name, or by a pattern."""
    if not is_pattern(pattern):
        return pattern == event
    return not never_matches(pattern) and event.startswith(pattern[:-1])
