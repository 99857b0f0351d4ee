"""Rule: a function sleeps, and not in a step."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Body, Loop, Try
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.walk import walk
from inngest_lint.project import Project
from inngest_lint.project.timing.pauses import Pause
from inngest_lint.project.timing.polling import Polling
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

# What is shorter spaces calls out, within a step.
_LONG = 5000


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.PERFORMANCE,
    since="0.2.0",
    guideline=Guideline.PRIMITIVES,
)
def blocking_sleep(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function sleeps without a step: its request stays open meanwhile, and may sleep again later."""
    project, polling, told = context.project, Polling(context.project), set[Span]()
    for entry in project.entries(function):
        is_durable = project.is_durable(entry)
        found = [*_within(entry, project, polling, is_inside=not is_durable)]
        for callback in project.callbacks(entry):
            found += [(pause, True) for pause in _pauses(callback.body, polling)]
        for pause, is_inside in found:
            if pause.call.span not in told and _is_wrong(pause, is_inside=is_inside):
                told.add(pause.call.span)
                where = "in a function without steps" if not is_durable else "within a step"
                yield _finding(pause, where if is_inside else "outside a step", is_inside=is_inside)


def _within(entry: Body, project: Project, polling: Polling, *, is_inside: bool) -> Iterator[tuple[Pause, bool]]:
    """The pauses of a handler, and of the functions it calls that take steps as well."""
    for body in project.reachable(entry):
        if body is entry or project.steps(body):
            yield from ((pause, is_inside) for pause in _pauses(body, polling))


def _pauses(body: Body, polling: Polling) -> Iterator[Pause]:
    """The pauses of a body that are no part of a loop that polls, or that tries something again."""
    loops = [poll.loop for poll in polling.of(body)]
    loops += [operation for operation in walk(body.block) if isinstance(operation, Loop) and _tries(operation)]
    for pause in polling.pauses.of(body):
        if not any(loop.span.contains(pause.call.span) for loop in loops):
            yield pause


def _tries(loop: Loop) -> bool:
    return any(isinstance(operation, Try) and operation.catches for operation in walk(loop.body))


def _is_wrong(pause: Pause, *, is_inside: bool) -> bool:
    if not is_inside:
        return pause.milliseconds is None or pause.milliseconds > 0
    return pause.milliseconds is not None and pause.milliseconds >= _LONG


def _finding(pause: Pause, where: str, *, is_inside: bool) -> Finding:
    help_ = "use `step.sleep`, for which nothing has to run"
    return Finding(
        pause.call.span,
        f"`{pause.call.spelling}` sleeps {where}",
        help="end the step here and use `step.sleep`" if is_inside else help_,
        label="the request stays open meanwhile" if is_inside else "slept again in every request that gets this far",
        notes=tuple(Note(call.span, "sleeps here") for call in pause.way[-1:]),
    )
