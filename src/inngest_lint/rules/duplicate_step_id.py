"""Rule: two steps of one function have the same id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.model.function import InngestFunction
from inngest_lint.project.ids.identities import shown
from inngest_lint.project.ids.routes import Meeting, Routes, Taken
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.text import Span


@rule(on=InngestFunction, severity=Severity.WARNING, category=Category.STEPS, since="0.2.0")
def duplicate_step_id(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """Two steps that one run may take have the same id, and only their order tells them apart."""
    for entry in context.project.entries(function):
        met = list(Routes(context.project).meetings(entry))
        # Where the worse is known of a step, that is what is told: the first finding at a place counts.
        for meeting in sorted(met, key=lambda meeting: not meeting.mixed):
            yield from _findings(meeting)


def _findings(meeting: Meeting) -> Iterator[Finding]:
    first, second = meeting.first, meeting.second
    yield _finding(meeting, second, first)
    # Where either may be the first to come, either gets the id that the other one has in another run.
    if meeting.either and not meeting.parallel:
        yield _finding(meeting, first, second)


def _finding(meeting: Meeting, told: Taken, other: Taken) -> Finding:
    at, elsewhere = _place(told, other), _place(other, told)
    is_named = any(isinstance(part, str) for part in told.known)
    message = f"the id `{shown(told.known)}` is given to two steps" if is_named else "two steps have the same id"
    if meeting.parallel and told is other:
        message = f"the id `{shown(told.known)}` is given to a step in each parallel branch"
    return Finding(
        at,
        message,
        help="give each step an id of its own",
        label=_harm(meeting),
        notes=(Note(elsewhere, "the other step with this id"),) if elsewhere != at else (),
        severity=Severity.ERROR if meeting.mixed else None,
    )


def _harm(meeting: Meeting) -> str:
    if meeting.mixed:
        return "the step that is over first takes the result of the other one"
    return "only the order of the steps tells them apart"


def _place(taken: Taken, other: Taken) -> Span:
    """Where the id of a step is given; the call in the function, where a helper takes the step for it."""
    for call, beside in zip(taken.path, (*other.path, None), strict=False):
        if call is not beside:
            return call.span
    if len(taken.path) > len(other.path):
        return taken.path[len(other.path)].span
    url = taken.step.argument("url")
    given = taken.step.id or url
    # What a decorator makes a step has its id elsewhere.
    return given.span if given is not None and taken.step.span.contains(given.span) else taken.step.span
