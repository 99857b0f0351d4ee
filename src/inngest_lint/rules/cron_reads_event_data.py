"""Rule: a function that only a schedule starts reads the data of an event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.model.body import Branch, Operation
from inngest_lint.model.events import end_of_data, place_of_read
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import CALLS, EACH, Opaque, Ref
from inngest_lint.model.walk import everywhere, members, refs_in, values
from inngest_lint.project import Project, Tie
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

# What the event of a schedule holds.
_HELD = frozenset({"cron"})
_METHODS = frozenset(dir(dict)) | CALLS | {EACH}
_BECOMES = {
    Language.PYTHON: "a `KeyError` is raised here",
    Language.TYPESCRIPT: "`undefined` here",
}


@dataclass(frozen=True, slots=True)
class _Reads:
    """The places where fields of the data are read, and the fields that may well be missing."""

    places: dict[Span, str] = field(default_factory=dict)
    optional: set[str] = field(default_factory=set)


@rule(on=InngestFunction, severity=Severity.ERROR, category=Category.EVENTS, since="0.2.0")
def cron_reads_event_data(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function that only a schedule starts reads a field that the event of a schedule does not have."""
    if not _is_by_schedule(function) or _is_invoked(function, context.project):
        return
    found = _Reads()
    for body in context.project.reachable(function.handler):
        for operation in everywhere(body.block):
            _look(operation, found)
    for span, name in found.places.items():
        if name not in found.optional:
            yield Finding(
                span,
                f"a schedule sends no data, so there is no `{name}`",
                help="read it in a step from where it is kept, or start the function with an event",
                label=_BECOMES[context.language],
                notes=(Note(function.triggers[0].span, "only a schedule starts this function"),),
            )


def _is_by_schedule(function: InngestFunction) -> bool:
    triggers = function.triggers
    return bool(triggers) and all(trigger.cron is not None and trigger.event is None for trigger in triggers)


def _is_invoked(function: InngestFunction, project: Project) -> bool:
    """Whether another function hands it data."""
    return any(
        edge.tie is Tie.INVOKES and edge.target is not None and edge.target.function is function
        for edge in project.events.edges
    )


def _look(operation: Operation, found: _Reads) -> None:
    for ref in refs_in(operation):
        end = end_of_data(ref)
        if end is None or len(ref.path) <= end or ref.path[end] in _METHODS | _HELD:
            continue
        if ref.guarded is not None:
            found.optional.add(ref.path[end])
        elif (place := place_of_read(ref, end, operation.span)) is not None:
            found.places.setdefault(place, ref.path[end])
    for ref in _tried(operation):
        end = end_of_data(ref)
        found.optional.update(ref.path[end : end + 1] if end is not None else ())


def _tried(operation: Operation) -> Iterator[Ref]:
    """What an operation reads only to see if it is there, or with something in its place."""
    for value in values(operation):
        for member in members(value):
            if isinstance(operation, Branch) or (isinstance(member, Opaque) and member.either):
                yield from (ref for ref in members(member) if isinstance(ref, Ref))
