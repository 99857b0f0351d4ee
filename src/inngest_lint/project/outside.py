"""Outside: the effects a function has outside its steps, each chain of calls once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.diagnostic import Note
from inngest_lint.model.body import Await, Body, Call
from inngest_lint.model.value import Result, Value
from inngest_lint.project.calls import Occurrence


@dataclass(frozen=True, slots=True)
class Outside:
    """A call outside any step, and the effects it has, itself or through helpers; at least one."""

    body: Body
    occurrences: tuple[Occurrence, ...]

    @property
    def first(self) -> Occurrence:
        """The effect that comes first."""
        return self.occurrences[0]

    @property
    def call(self) -> Call:
        """The call in the body."""
        return self.first.call


def grouped(body: Body, occurrences: Iterator[Occurrence]) -> Iterator[Outside]:
    """The occurrences by their call; a call on what another one of them gave belongs to that one."""
    groups: dict[int, list[Occurrence]] = {}
    for occurrence in occurrences:
        groups.setdefault(id(occurrence.call), []).append(occurrence)
    for group in groups.values():
        if not any(id(inner) in groups for inner in _receivers(group[0].call)):
            yield Outside(body, tuple(group))


def _receivers(call: Call) -> Iterator[Call]:
    """The calls a chain is made of, the last one left out: `connect(…).cursor().execute(…)`."""
    given: Value | None = call.receiver
    while isinstance(given, Result):
        match given.of:
            case Call() as inner:
                yield inner
                given = inner.receiver
            case Await(value=value):
                given = value
            case _:
                return


def way(occurrence: Occurrence, seen: str) -> tuple[Note, ...]:
    """Notes on the calls that lead from a helper to the effect, which is told as `seen`."""
    if len(occurrence.path) == 1:
        return ()
    between = (Note(call.span, "called here") for call in occurrence.path[1:-1])
    return (*between, Note(occurrence.source.span, seen))
