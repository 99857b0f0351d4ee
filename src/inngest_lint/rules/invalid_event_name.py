"""Rule: an event has a name that Inngest does not take."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.events import is_pattern
from inngest_lint.model.testing import is_test
from inngest_lint.model.value import Constant
from inngest_lint.platform.limits import limit
from inngest_lint.project import Project, Tie
from inngest_lint.project.events import Edge
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_OWN = "inngest/"
# What Inngest sends itself when a run of a function is at an end.
_FUNCTION = "inngest/function."
_SENT = ("failed", "finished", "cancelled", "invoked")
_NAMES = frozenset({"event", "name"})


@rule(on=Project, severity=Severity.ERROR, category=Category.EVENTS, since="0.2.0")
def invalid_event_name(project: Project, _context: Context) -> Iterator[Finding]:
    """An event has a name that Inngest does not take, or keeps for itself."""
    told: set[tuple[Span, str]] = set()
    for edge in project.events.edges:
        if edge.event is None or edge.tie is Tie.INVOKES or is_test(edge.file):
            continue
        for span in _places(edge, project):
            # What several functions do by one helper is told once.
            if (span, edge.event) not in told:
                told.add((span, edge.event))
                yield from _wrong(edge, edge.event, span)


def _places(edge: Edge, project: Project) -> tuple[Span, ...]:
    """Where the name stands: each place in what sends or takes the event, or else that itself."""
    named = Constant(edge.event)
    written = tuple(
        argument.span
        for options in project.module(edge.file).options
        if edge.span.contains(options.span)
        for argument in options.arguments
        if argument.name in _NAMES and argument.value == named
    )
    return written or (edge.span,)


def _wrong(edge: Edge, name: str, span: Span) -> Iterator[Finding]:
    most = limit("trigger-event-name" if edge.tie is Tie.TRIGGERS else "event-name")
    if not name:
        yield Finding(
            span,
            "an event has no name",
            help="give it the name of what has happened: `shop/order.placed`",
            label=_outcome(edge),
        )
    elif len(name.encode()) > most:
        yield Finding(
            span,
            f"the name of an event is longer than {most} characters",
            help="shorten it, and put what changes from event to event into the data",
            label=_outcome(edge),
        )
    elif name.lower().startswith(_OWN):
        yield from _own(edge, name, span)


def _own(edge: Edge, name: str, span: Span) -> Iterator[Finding]:
    if edge.tie is Tie.SENDS:
        yield Finding(
            span,
            f"`{name}` begins with `{_OWN}`, which Inngest keeps for its own events",
            help="give the event another name: `shop/order.placed`",
            label="refused, so nothing is sent",
        )
    elif name.startswith(_FUNCTION) and not is_pattern(name) and name.removeprefix(_FUNCTION) not in _SENT:
        yield Finding(
            span,
            f"`{name}` is no event that Inngest sends",
            help="write " + ", ".join(f"`{_FUNCTION}{word}`" for word in _SENT[:-1]) + f" or `{_FUNCTION}invoked`",
            label="never comes",
        )


def _outcome(edge: Edge) -> str:
    return "refused, so nothing is sent" if edge.tie is Tie.SENDS else "refused when the app is synced"
