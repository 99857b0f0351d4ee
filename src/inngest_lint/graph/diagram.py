"""Diagrams: nodes and arrows, whatever draws them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from inngest_lint.graph.chart import Chart, Function, Link
from inngest_lint.graph.phrases import started
from inngest_lint.model.events import is_pattern, matches
from inngest_lint.project.events import Tie


class Shape(Enum):
    """What a node stands for."""

    FUNCTION = "function"
    EVENT = "event"
    SCHEDULE = "schedule"
    STEP = "step"
    PAUSE = "pause"
    CHOICE = "choice"
    END = "end"


@dataclass(frozen=True, slots=True)
class Node:
    """A node; `detail` is a second line under its label, `place` says where it is written."""

    key: str
    shape: Shape
    label: str
    detail: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow between nodes; `dashed` where it is not always gone along."""

    start: str
    end: str
    label: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes that belong together."""

    label: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """Nodes, arrows and groups, to be drawn from left to right or `downwards`."""

    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    groups: tuple[Group, ...] = ()
    downwards: bool = False


def of_events(chart: Chart) -> Diagram:
    """The functions of a chart and the events between them."""
    nodes: dict[str, Node] = {}
    for function in chart.functions:
        node = Node(_key(function.key), Shape.FUNCTION, function.key, "", f"{function.file}:{function.line}")
        nodes[node.key] = node
    for event in chart.events:
        nodes[_event(event)] = Node(_event(event), Shape.EVENT, event)
    nodes.update({node.key: node for function in chart.functions for node in _schedules(function)})
    kept = tuple(dict.fromkeys(arrow for arrow in _arrows(chart) if arrow.start in nodes and arrow.end in nodes))
    tied = {key for arrow in kept for key in (arrow.start, arrow.end)}
    shown = tuple(node for node in nodes.values() if node.key in tied or node.shape is Shape.FUNCTION)
    return Diagram("Inngest functions and their events", shown, _firm(kept), tuple(_groups(chart)))


def _firm(arrows: tuple[Arrow, ...]) -> tuple[Arrow, ...]:
    """Arrows without those that another one between the same nodes makes needless."""
    solid = {(arrow.start, arrow.end, arrow.label) for arrow in arrows if not arrow.dashed}
    return tuple(a for a in arrows if not a.dashed or (a.start, a.end, a.label) not in solid)


def _key(function: str) -> str:
    return f"function {function}"


def _event(event: str) -> str:
    return f"event {event}"


def _schedules(function: Function) -> Iterator[Node]:
    for start in function.starts:
        if start.schedule is not None:
            yield Node(f"schedule {function.key} {start.schedule}", Shape.SCHEDULE, " ".join(started(start)[:2]))


def _arrows(chart: Chart) -> Iterator[Arrow]:
    for function in chart.functions:
        yield from (Arrow(schedule.key, _key(function.key)) for schedule in _schedules(function))
    for link in chart.links:
        yield from _arrow(link)
    for pattern in filter(is_pattern, chart.events):
        for event in chart.events:
            if event != pattern and matches(pattern, event):
                yield Arrow(_event(event), _event(pattern))


def _arrow(link: Link) -> Iterator[Arrow]:
    if link.source is None:
        return
    function, event = _key(link.source), _event(link.event or "")
    match link.tie:
        case Tie.TRIGGERS:
            yield Arrow(event, function)
        case Tie.SENDS:
            yield Arrow(function, event, "", link.guarded)
        case Tie.WAITS:
            yield Arrow(event, function, "awaited", dashed=True)
        case Tie.CANCELS:
            yield Arrow(event, function, "cancels", dashed=True)
        case Tie.INVOKES if link.target is not None:
            yield Arrow(function, _key(link.target), "invokes", link.guarded)


def _groups(chart: Chart) -> Iterator[Group]:
    apps = dict.fromkeys(function.app for function in chart.functions)
    if len(apps) > 1:
        for app in apps:
            if app is not None:
                yield Group(app, tuple(_key(f.key) for f in chart.functions if f.app == app))
