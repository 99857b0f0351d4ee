"""Events: which functions an event starts, and who sends, awaits, invokes and cancels what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from inngest_lint.model.body import StepCall
from inngest_lint.model.events import matches
from inngest_lint.model.function import InngestFunction
from inngest_lint.project.events.course import Entered
from inngest_lint.text import Span


class Tie(Enum):
    """How a function and an event, or two functions, are tied."""

    TRIGGERS = "triggers"
    SENDS = "sends"
    WAITS = "waits"
    INVOKES = "invokes"
    CANCELS = "cancels"


TAKES = frozenset({Tie.TRIGGERS, Tie.WAITS, Tie.CANCELS})
"""The ties by which an event does something."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An Inngest function, under its id or else its name; `app` is the id of the client it is made with."""

    function: InngestFunction
    file: str
    id: str
    app: str | None


@dataclass(frozen=True, slots=True)
class Edge:
    """A tie of a function to an event or to another function, where it stands.

    What no function of the project does is sent outside of any. A tie is under a `condition` where the function
    may end without it, or where an expression picks the events. `inside` is the step that it is, or in whose
    function it stands; `way` are the calls that lead from the handler to it.
    """

    tie: Tie
    function: Node | None
    event: str | None
    target: Node | None
    span: Span
    file: str
    condition: bool
    inside: StepCall | None
    way: tuple[Entered, ...] = ()

    @property
    def stands(self) -> Span:
        """What stands in the handler itself: the send, or the call of a helper that leads to it."""
        span = self.span
        for entered in reversed(self.way):
            # What is written in a step's function stands where the step does.
            if not entered.span.contains(span):
                span = entered.span
        return span


@dataclass(frozen=True, slots=True)
class Unknown:
    """A tie to an event whose name is not known in full, only what it begins with."""

    tie: Tie
    span: Span
    prefix: str


class EventGraph:
    """The functions of a project and the events between them, both languages in one."""

    def __init__(self, functions: tuple[Node, ...], edges: tuple[Edge, ...], unknown: tuple[Unknown, ...]) -> None:
        self.functions = functions
        self.edges = edges
        self.unknown = unknown

    def functions_on(self, event: str) -> tuple[Node, ...]:
        """The functions that an event starts, by its name or by a pattern."""
        return _functions(edge for edge in self.takers(event) if edge.tie is Tie.TRIGGERS)

    def functions_always_on(self, event: str) -> tuple[Node, ...]:
        """The functions that an event starts whatever it holds."""
        takers = self.takers(event)
        return _functions(edge for edge in takers if edge.tie is Tie.TRIGGERS and not edge.condition)

    def senders(self, event: str) -> tuple[Edge, ...]:
        """Where an event is sent; of a pattern, where any of its events is."""
        sends = (edge for edge in self.edges if edge.tie is Tie.SENDS and edge.event is not None)
        return tuple(edge for edge in sends if matches(event, edge.event or ""))

    def takers(self, event: str) -> tuple[Edge, ...]:
        """The triggers, waits and cancellations that an event is for."""
        return tuple(edge for edge in self.edges if edge.tie in TAKES and matches(edge.event or "", event))

    def events(self) -> tuple[str, ...]:
        """The names of all events, patterns among them, in alphabetical order."""
        return tuple(sorted({edge.event for edge in self.edges if edge.event is not None}))

    def node(self, function: InngestFunction) -> Node | None:
        """A function as it is in the graph; None where nothing creates it."""
        return next((node for node in self.functions if node.function is function), None)

    def of(self, node: Node) -> tuple[Edge, ...]:
        """The ties of a function."""
        return self._by_node.get(node, ())

    @cached_property
    def _by_node(self) -> dict[Node, tuple[Edge, ...]]:
        found: dict[Node, list[Edge]] = {}
        for edge in self.edges:
            if edge.function is not None:
                found.setdefault(edge.function, []).append(edge)
        return {node: tuple(edges) for node, edges in found.items()}


def _functions(edges: Iterable[Edge]) -> tuple[Node, ...]:
    return tuple(dict.fromkeys(edge.function for edge in edges if edge.function is not None))
