"""Places: what the code that stands there has to do with events and with other functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inngest_lint.model.body import StepCall
from inngest_lint.project.events import Edge, Tie
from inngest_lint.text import Span


class Places:
    """The edges of the event graph, by where they are written."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._by_file: dict[str, list[Edge]] = {}
        self._inside: dict[int, list[Edge]] = {}
        for edge in edges:
            self._by_file.setdefault(edge.span.file, []).append(edge)
            if edge.inside is not None:
                self._inside.setdefault(id(edge.inside), []).append(edge)

    def _within(self, span: Span, tie: Tie) -> Iterator[Edge]:
        for edge in self._by_file.get(span.file, ()):
            if edge.tie is tie and span.contains(edge.span):
                yield edge

    def triggered(self, span: Span) -> tuple[str, ...]:
        """The events that a trigger names."""
        return _events(self._within(span, Tie.TRIGGERS))

    def sent(self, span: Span) -> tuple[str, ...]:
        """The events that a call sends, outside of any step."""
        return _events(edge for edge in self._within(span, Tie.SENDS) if edge.inside is None)

    def sent_in(self, step: StepCall) -> tuple[str, ...]:
        """The events that leave with a step, by what it runs or by what it is."""
        inside = (edge for edge in self._inside.get(id(step), ()) if edge.tie is Tie.SENDS)
        return _events((*self._within(step.span, Tie.SENDS), *inside))

    def awaited(self, span: Span) -> str | None:
        """The event that a step waits for; None where its name is not known."""
        return next(iter(_events(self._within(span, Tie.WAITS))), None)

    def invoked(self, span: Span) -> str | None:
        """The function that a step invokes; None where it is not known."""
        found = (edge.target.id for edge in self._within(span, Tie.INVOKES) if edge.target is not None)
        return next(found, None)


def _events(edges: Iterable[Edge]) -> tuple[str, ...]:
    """The names of the events of some edges, each once."""
    return tuple(dict.fromkeys(edge.event for edge in edges if edge.event is not None))
