"""Rule: a loop polls and sleeps, where a step could wait."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Body
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.language import Language
from inngest_lint.project import Project
from inngest_lint.project.timing.polling import Poll, Polling
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

# Looking a few times within a second is no waiting.
_SHORT = 1000
_EVENT = {Language.PYTHON: "step.wait_for_event", Language.TYPESCRIPT: "step.waitForEvent"}


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.PERFORMANCE,
    since="0.2.0",
    guideline=Guideline.PRIMITIVES,
)
def busy_wait(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A loop waits for something by looking again and again, and sleeps in between without a step."""
    told: set[Span] = set()
    polling = Polling(context.project)
    for poll, is_inside in _polls(function, context.project, polling):
        span = poll.way[0].head or poll.way[0].span if poll.way else _head(poll)
        # A time that is worked out is put off longer and longer, as one does with what has failed.
        if span in told or (is_inside and (poll.pause.milliseconds or 0) < _SHORT):
            continue
        told.add(span)
        yield _finding(poll, span, context.language, is_inside=is_inside)


def _polls(function: InngestFunction, project: Project, polling: Polling) -> Iterator[tuple[Poll, bool]]:
    for entry in project.entries(function):
        is_inside = not project.is_durable(entry)
        yield from ((poll, is_inside) for body in _outside(entry, project) for poll in polling.reached(body))
        for callback in project.callbacks(entry):
            yield from ((poll, True) for poll in polling.reached(callback.body))


def _outside(entry: Body, project: Project) -> Iterator[Body]:
    """The handler, and the functions it calls that take steps as well."""
    return (body for body in project.reachable(entry) if body is entry or project.steps(body))


def _head(poll: Poll) -> Span:
    loop = poll.loop
    return loop.head or poll.pause.call.span


def _finding(poll: Poll, span: Span, language: Language, *, is_inside: bool) -> Finding:
    between = tuple(Note(call.head or call.span, "called here") for call in poll.way[1:])
    seen = (Note(_head(poll), "polls here"),) if poll.way else ()
    return Finding(
        span,
        "this polls, and sleeps in between without a step",
        help=f"look in a step of its own and `step.sleep` in between, or use `{_EVENT[language]}`",
        label="one long request, which may run out of time" if is_inside else "waited for again in every request",
        notes=(*between, *seen, Note(poll.pause.call.span, "sleeps here")),
    )
