"""Steps as a diagram: the flow of one function, drawn downwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath

from inngest_lint.graph.chart import Chart, Function
from inngest_lint.graph.diagram import Arrow, Diagram, Node, Shape, of_events
from inngest_lint.graph.flow import (
    Choice,
    End,
    Flow,
    Guard,
    Helper,
    Leaving,
    Part,
    Repeat,
    Send,
    Step,
    Together,
    Way,
)
from inngest_lint.graph.phrases import about, is_pause, started, title


@dataclass(frozen=True, slots=True)
class _Tail:
    """Where an arrow begins whose end is not drawn yet."""

    start: str
    label: str = ""
    dashed: bool = False


_Tails = tuple[_Tail, ...]


def diagram(chart: Chart) -> Diagram:
    """The diagram of a chart: the steps of the function that it was cut down to, or else the events."""
    return of_steps(chart.functions[0]) if chart.cut and len(chart.functions) == 1 else of_events(chart)


def of_steps(function: Function) -> Diagram:
    """The steps of a function, with what starts it and the events that it sends."""
    drawing = _Drawing()
    tails: _Tails = ()
    for start in function.starts:
        word, name, condition = started(start)
        shape = Shape.SCHEDULE if start.schedule is not None else Shape.EVENT
        label = f"{word} {name}" if start.schedule is not None else name
        tails = (*tails, _Tail(drawing.node(shape, label), condition.removeprefix(", ")))
    head = drawing.node(Shape.FUNCTION, function.id, f"{PurePath(function.file).name}:{function.line}", tails)
    drawing.flow(function.flow, (_Tail(head),))
    if function.failure:
        drawing.flow(function.failure, (_Tail(head, "when it fails", dashed=True),))
    return Diagram(function.id, tuple(drawing.nodes), tuple(dict.fromkeys(drawing.arrows)), (), downwards=True)


@dataclass(slots=True)
class _Drawing:
    nodes: list[Node] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    # Where the rounds of the repetition at hand end, by going on and by leaving it.
    _continued: list[_Tail] = field(default_factory=list)
    _broken: list[_Tail] = field(default_factory=list)

    def node(self, shape: Shape, label: str, detail: str = "", tails: _Tails = ()) -> str:
        """The key of a node to which the tails lead."""
        key = f"node {len(self.nodes)}"
        self.nodes.append(Node(key, shape, label, detail))
        self._lead(tails, key)
        return key

    def _lead(self, tails: Iterable[_Tail], key: str) -> None:
        self.arrows.extend(Arrow(tail.start, key, tail.label, tail.dashed) for tail in tails)

    def flow(self, flow: Flow, tails: _Tails) -> _Tails:
        """Draw a flow, and give where it ends."""
        for part in flow:
            tails = self._part(part, tails)
        return tails

    def _part(self, part: Part, tails: _Tails) -> _Tails:
        match part:
            case Step():
                shape = Shape.PAUSE if is_pause(part) else Shape.STEP
                return self._sending(
                    self.node(shape, f"{title(part)} {part.id}", about(part).strip(), tails), part.sends
                )
            case Send(events=events):
                return self._sending(self.node(Shape.STEP, "send", "", tails), events)
            case Helper(name=name):
                return (_Tail(self.node(Shape.STEP, f"as in {name}", "", tails)),)
            case Together():
                return self._together(part, tails)
            case Repeat():
                return self._repeat(part, tails)
            case Choice(ways=ways):
                return self._choice(ways, tails)
            case Guard():
                return self._guard(part, tails)
            case End():
                return self._end(part, tails)
        raise AssertionError(part)

    def _sending(self, key: str, events: Iterable[str]) -> _Tails:
        for event in events:
            self.node(Shape.EVENT, event, "", (_Tail(key, "", dashed=True),))
        return (_Tail(key),)

    def _together(self, part: Together, tails: _Tails) -> _Tails:
        word = "the first of" if part.first else "together"
        label = f"{word}, for each of {part.over}" if part.over is not None else word
        fork = self.node(Shape.CHOICE, label, "", tails)
        return tuple(tail for branch in part.branches for tail in self.flow(branch, (_Tail(fork),)))

    def _repeat(self, part: Repeat, tails: _Tails) -> _Tails:
        outer = self._continued, self._broken
        self._continued, self._broken = [], []
        head = self.node(Shape.CHOICE, f"for {part.over}", "", tails)
        ends = self.flow(part.flow, (_Tail(head),))
        self._lead((_Tail(tail.start, "next", dashed=True) for tail in (*ends, *self._continued)), head)
        broken = tuple(self._broken)
        self._continued, self._broken = outer
        return (_Tail(head, "then"), *broken)

    def _choice(self, ways: tuple[Way, ...], tails: _Tails) -> _Tails:
        ends: list[_Tail] = []
        for way in ways:
            if way.test is None:
                return (*ends, *self.flow(way.flow, tails))
            key = self.node(Shape.CHOICE, f"{way.test}?", "", tails)
            ends.extend(self.flow(way.flow, (_Tail(key, "yes"),)))
            tails = (_Tail(key, "no"),)
        return (*ends, *tails)

    def _guard(self, part: Guard, tails: _Tails) -> _Tails:
        before = len(self.nodes)
        ends = self.flow(part.flow, tails)
        guarded = self.nodes[before:]
        steps = [node.key for node in guarded if node.shape in (Shape.STEP, Shape.PAUSE)]
        for way in part.failures:
            label = f"fails with {way.test}" if way.test else "fails"
            if way.flow and steps:
                ends = (*ends, *self.flow(way.flow, (_Tail(steps[-1], label, dashed=True),)))
        return self.flow(part.final, ends)

    def _end(self, part: End, tails: _Tails) -> _Tails:
        match part.how:
            case Leaving.CONTINUES:
                self._continued.extend(tails)
            case Leaving.BREAKS:
                self._broken.extend(tails)
            case Leaving.FAILS | Leaving.RETURNS:
                self.node(Shape.END, part.how.value, "", tails)
        return ()
