"""Rule: an event has only one side in the project."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from inngest_lint.diagnostic import Confidence, Finding, Severity
from inngest_lint.model.events import is_pattern, matches, never_matches
from inngest_lint.model.testing import is_test
from inngest_lint.project import Edge, EventGraph, Project, Tie
from inngest_lint.project.events import TAKES
from inngest_lint.rule import Category, Context, Preset, option, rule

_OF_INNGEST = "inngest/"
_ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class UnknownEventOptions:
    """Settings of the rule."""

    external: tuple[str, ...] = option(
        (), "events that come from elsewhere or go there, by name or by a pattern as triggers have them"
    )


@rule(
    on=Project,
    severity=Severity.INFO,
    category=Category.EVENTS,
    since="0.2.0",
    preset=Preset.ALL,
    confidence=Confidence.LOW,
    options=UnknownEventOptions,
)
def unknown_event(project: Project, context: Context) -> Iterator[Finding]:
    """An event is awaited and never sent, or sent and never taken, anywhere in the project."""
    options = context.options
    assert isinstance(options, UnknownEventOptions)
    graph = project.events
    for edge in _first_of_each(graph, options) if _is_whole(graph) else ():
        name = edge.event or ""
        if edge.tie in TAKES and not graph.senders(name) and not _may_be(name, graph, frozenset({Tie.SENDS})):
            yield _finding(edge, f"nothing in the project sends `{name}`", _like(name, graph, {Tie.SENDS}))
        elif edge.tie is Tie.SENDS and not graph.takers(name) and not _may_be(name, graph, TAKES):
            yield _finding(edge, f"nothing in the project takes `{name}`", _like(name, graph, TAKES))


def _is_whole(graph: EventGraph) -> bool:
    """Whether the project sends any event that it takes: others have their other half elsewhere."""
    return any(edge.tie is Tie.SENDS and edge.event is not None and graph.takers(edge.event) for edge in graph.edges)


def _first_of_each(graph: EventGraph, options: UnknownEventOptions) -> Iterator[Edge]:
    """The first place where an event is sent, and the first where it is taken, tests left out."""
    seen: set[tuple[str, bool]] = set()
    for edge in graph.edges:
        name = edge.event
        key = (name or "", edge.tie is Tie.SENDS)
        if name is None or key in seen or is_test(edge.file):
            continue
        seen.add(key)
        is_elsewhere = name.startswith(_OF_INNGEST) or any(matches(each, name) for each in options.external)
        if not is_elsewhere and name not in options.external and not never_matches(name):
            yield edge


def _may_be(name: str, graph: EventGraph, ties: Collection[Tie]) -> bool:
    """Whether one of the names that are not known in full may be this one."""
    start = name[:-1] if is_pattern(name) else name
    prefixes = (unknown.prefix for unknown in graph.unknown if unknown.tie in ties)
    return any(start.startswith(prefix) or prefix.startswith(start) for prefix in prefixes)


def _like(name: str, graph: EventGraph, ties: Collection[Tie]) -> str | None:
    """The name on the other side that was probably meant."""
    others = sorted({edge.event for edge in graph.edges if edge.tie in ties and edge.event is not None})
    return next(iter(get_close_matches(name, others, 1, _ALIKE)), None)


def _finding(edge: Edge, message: str, like: str | None) -> Finding:
    meant = f"is `{like}` meant; if not, " if like is not None else ""
    return Finding(
        edge.span,
        message,
        help=f"{meant}name it in `external` where it comes from elsewhere or goes there",
    )
