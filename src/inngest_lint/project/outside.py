"""Outside: the effects a function has outside its steps, each chain of calls once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from inngest_lint.diagnostic import Note
from inngest_lint.effects import Effect
from inngest_lint.model.body import Await, Body, Call, Operation
from inngest_lint.model.value import Result, Value
from inngest_lint.model.walk import everywhere, results_in
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


def loudest(body: Body, occurrences: Iterable[Occurrence]) -> Iterator[Occurrence]:
    """The effects of a body, but of what a call does in another file only what matters most: it is one fault.

    What writes to a log and looks at the clock for it is a logger, where nothing is done with what it gives. What
    gives something, and logs on the way, has no logger of the context at hand.
    """
    groups: dict[int, list[Occurrence]] = {}
    for occurrence in occurrences:
        groups.setdefault(id(occurrence.call), []).append(occurrence)
    for group in groups.values():
        if all(found.source.span.file == found.call.span.file for found in group):
            yield from group
            continue
        ranks = sorted({_rank(found.effect) for found in group})
        used = is_used(group[0].call, body)
        if ranks[0] is _Rank.SOURCE and len(ranks) > 1 and not used:
            ranks = ranks[1:]
        if ranks[0] < _Rank.LOG or not used:
            yield from (found for found in group if _rank(found.effect) is ranks[0])


class _Rank(IntEnum):
    """What matters more comes first."""

    OUTER = 0
    SEND = 1
    NETWORK = 2
    SOURCE = 3
    LOG = 4
    PRINT = 5
    LEAST = 6


_RANKS = {
    Effect.SEND: _Rank.SEND,
    Effect.NETWORK: _Rank.NETWORK,
    Effect.CLOCK: _Rank.SOURCE,
    Effect.RANDOM: _Rank.SOURCE,
    Effect.IDENTITY: _Rank.SOURCE,
    Effect.LOG: _Rank.LOG,
    Effect.PRINT: _Rank.PRINT,
    Effect.ENVIRONMENT: _Rank.LEAST,
    Effect.SLEEP: _Rank.LEAST,
}


def _rank(effect: Effect) -> _Rank:
    return _RANKS.get(effect, _Rank.OUTER)


def is_used(operation: Operation, body: Body) -> bool:
    """Whether anything in a body is done with what an operation gives, but to wait for it."""
    given = {id(operation)}
    for other in everywhere(body.block):
        if any(id(of) in given for of in results_in(other)):
            if not isinstance(other, Await):
                return True
            given.add(id(other))
    return False


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
