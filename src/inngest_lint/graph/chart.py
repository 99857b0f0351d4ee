"""Charts: the functions and events of a project and how they are tied, free of any format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from inngest_lint.graph.flow import Flow
from inngest_lint.graph.places import Places
from inngest_lint.graph.reading import Reader
from inngest_lint.graph.words import Words
from inngest_lint.model.events import matches
from inngest_lint.model.function import InngestFunction
from inngest_lint.project import Project
from inngest_lint.project.events import Edge, Node, Tie
from inngest_lint.text import Source


@dataclass(frozen=True, slots=True)
class Start:
    """What starts a function: events or a schedule, under a condition perhaps."""

    events: tuple[str, ...] = ()
    schedule: str | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the chart; its key is like no other's. `failure` is the flow of its failure handler."""

    key: str
    id: str
    app: str | None
    file: str
    line: int
    language: str
    starts: tuple[Start, ...]
    flow: Flow
    failure: Flow


@dataclass(frozen=True, slots=True)
class Link:
    """A tie of a function to an event, or of a function to another one; a `source` of None is code outside of any.

    `guarded` where it depends on a condition, `step` is the id of the step it happens in.
    """

    tie: Tie
    source: str | None
    event: str | None
    target: str | None
    file: str
    line: int
    guarded: bool
    step: str | None


@dataclass(frozen=True, slots=True)
class Chart:
    """The functions, the names of the events and the links of a project; `cut` where some functions were chosen."""

    functions: tuple[Function, ...]
    events: tuple[str, ...]
    links: tuple[Link, ...]
    cut: bool = False

    def only(self, id_: str) -> Chart:
        """The functions of this id, and all that has to do with them or with their events."""
        kept = tuple(function for function in self.functions if id_ in (function.id, function.key))
        keys = {function.key for function in kept}
        own = {link for link in self.links if link.source in keys or link.target in keys}
        named = {link.event for link in own if link.event is not None}
        links = tuple(link for link in self.links if link in own or link.event in named)
        return Chart(kept, tuple(event for event in self.events if event in named), links, cut=True)

    def started_by(self, event: str) -> tuple[str, ...]:
        """The keys of the functions that an event triggers, wildcards included."""
        links = (link for link in self.links if link.tie is Tie.TRIGGERS and link.event is not None)
        return tuple(dict.fromkeys(link.source for link in links if link.source and matches(link.event or "", event)))


def chart(project: Project, sources: Mapping[str, Source]) -> Chart:
    """The chart of a project."""
    words, events = Words(sources), project.events
    nodes = tuple(node for node in events.functions if node.function.created)
    keys = _keys(nodes)
    reader = Reader(project, words, Places(events.edges))
    functions = tuple(_function(node, keys[id(node)], reader) for node in nodes)
    links = tuple(dict.fromkeys(_links(events.edges, keys, words)))
    return Chart(functions, tuple(sorted({link.event for link in links if link.event is not None})), links)


def _keys(nodes: tuple[Node, ...]) -> dict[int, str]:
    """A key for each function: its id, with as much of its app and its file as tells it from others."""
    names = {id(node): tuple(_names(node)) for node in nodes}
    counts = Counter(name for known in names.values() for name in dict.fromkeys(known))
    return {number: next((n for n in known if counts[n] == 1), known[-1]) for number, known in names.items()}


def _names(node: Node) -> Iterator[str]:
    yield node.id
    yield f"{node.app}/{node.id}"
    path = PurePath(node.file).parts
    for length in range(1, len(path) + 1):
        yield f"{node.id} ({'/'.join(path[-length:])})"
    yield f"{node.id} ({node.file}@{node.function.span.start})"


def _function(node: Node, key: str, reader: Reader) -> Function:
    function = node.function
    return Function(
        key=key,
        id=node.id,
        app=node.app,
        file=node.file,
        line=reader.words.line(function.span),
        language=reader.project.module(node.file).language.value,
        starts=tuple(_starts(function, reader)),
        flow=reader.flow(function.handler),
        failure=reader.flow(function.on_failure) if function.on_failure is not None else (),
    )


def _starts(function: InngestFunction, reader: Reader) -> Iterator[Start]:
    words = reader.words
    for trigger in function.triggers:
        condition = words.text(trigger.condition) if trigger.condition is not None else None
        if trigger.event is not None:
            events = reader.places.triggered(trigger.span) or (words.written(trigger.event, trigger.span),)
            yield Start(events=events, condition=condition)
        if trigger.cron is not None:
            yield Start(schedule=words.text(trigger.cron), condition=condition)


def _links(edges: tuple[Edge, ...], keys: Mapping[int, str], words: Words) -> Iterator[Link]:
    for edge in edges:
        source = keys.get(id(edge.function)) if edge.function is not None else None
        target = keys.get(id(edge.target)) if edge.target is not None else None
        if (edge.function is not None and source is None) or (edge.event is None and target is None):
            continue
        step = words.id(edge.inside.id) if edge.inside is not None else None
        line = words.line(edge.span)
        yield Link(edge.tie, source, edge.event, target, edge.file, line, edge.condition, step)
