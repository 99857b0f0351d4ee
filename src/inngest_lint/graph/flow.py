"""Flows: the steps of a function, in the order and under the conditions in which they are taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from inngest_lint.model.body import StepKind
from inngest_lint.text import Span


@dataclass(frozen=True, slots=True)
class Step:
    """A step; `sends` are the events that leave with it, `awaits` is the one it waits for.

    `takes` is how long it sleeps or waits at most, `condition` what an event that it waits for has to fulfil,
    `target` the function that it invokes.
    """

    kind: StepKind
    id: str
    span: Span
    sends: tuple[str, ...] = ()
    awaits: str | None = None
    target: str | None = None
    takes: str | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Events that are sent outside of any step."""

    events: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Together:
    """Flows that are begun together; `over` gives one for each item, `first` where one that ends is enough."""

    branches: tuple[Flow, ...]
    over: str | None = None
    first: bool = False


@dataclass(frozen=True, slots=True)
class Repeat:
    """A flow that is gone through again and again; `over` says for what."""

    over: str
    flow: Flow


@dataclass(frozen=True, slots=True)
class Way:
    """A flow that is taken under a condition; None where nothing else was met."""

    test: str | None
    flow: Flow


@dataclass(frozen=True, slots=True)
class Choice:
    """The first of some ways whose condition is met."""

    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """A flow that may fail, what is done about each kind of error, and what is done in any case."""

    flow: Flow
    failures: tuple[Way, ...]
    final: Flow


@dataclass(frozen=True, slots=True)
class Helper:
    """A call of a function that takes steps, not gone into: it is gone through already, or would be too long."""

    name: str


class Leaving(Enum):
    """How control leaves the run, or the round of a repetition."""

    RETURNS = "return"
    FAILS = "fail"
    BREAKS = "break"
    CONTINUES = "continue"


@dataclass(frozen=True, slots=True)
class End:
    """Where control goes no further."""

    how: Leaving


Part = Step | Send | Together | Repeat | Choice | Guard | Helper | End
Flow = tuple[Part, ...]


def inner(part: Part) -> Iterator[Flow]:
    """The flows that a part is made of."""
    match part:
        case Together(branches=branches):
            yield from branches
        case Repeat(flow=flow):
            yield flow
        case Choice(ways=ways):
            yield from (way.flow for way in ways)
        case Guard():
            yield part.flow
            yield from (way.flow for way in part.failures)
            yield part.final


def parts(flow: Flow) -> Iterator[Part]:
    """Each part of a flow, outermost first."""
    for part in flow:
        yield part
        for below in inner(part):
            yield from parts(below)


def steps(flow: Flow) -> Iterator[Step]:
    """Each step of a flow."""
    return (part for part in parts(flow) if isinstance(part, Step))
