"""Rule: the step tools are handed to another function."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Argument, Body, Call, Operation
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.value import Origin, Record, Ref
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_STEP = Ref(Origin.CONTEXT, ("step",))
_CONSTRUCTOR = "__init__"


@rule(
    on=InngestFunction, severity=Severity.INFO, category=Category.STEPS, since="0.1.0", guideline=Guideline.STEP_STAYS
)
def step_as_argument(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """The step tools are passed to a helper, which hides the steps of the function."""
    for entry in context.project.entries(function):
        for body in _written_in(entry, context.project):
            for operation in context.project.happening(body.block):
                yield from _passed(operation, context.project)


def _written_in(entry: Body, project: Project) -> Iterator[Body]:
    """The functions in the text of an entry that run with it, those inside its steps included."""
    running = (*project.reachable(entry), *(callback.body for callback in project.callbacks(entry)))
    return (body for body in running if entry.span.contains(body.span))


def _passed(operation: Operation, project: Project) -> Iterator[Finding]:
    if isinstance(operation, Call) and _may_take_steps(operation, project):
        handed = (place for argument in operation.arguments for place in _handed(argument))
        yield from (_finding(place, operation) for place in handed)


def _handed(argument: Argument) -> Iterator[Span]:
    """Where an argument holds the step tools: as they are, or under a key of an object."""
    match argument:
        case Argument(value=Record(entries=entries)):
            yield from (entry.span for entry in entries if entry.value == _STEP)
        case Argument(value=value, span=span) if value == _STEP:
            yield span


def _may_take_steps(call: Call, project: Project) -> bool:
    """Whether a call is of a function that can do something with the step tools."""
    if project.classify(call) is not None:
        return False
    if isinstance(call.target, Ref) and call.target.origin is Origin.GLOBAL:
        return False
    if project.is_made(call.target, None, call.span.file):
        # That an Inngest function is called at all is another fault.
        return False
    callee = project.callee(call)
    return callee is None or callee.name == _CONSTRUCTOR or bool(project.steps(callee))


def _finding(place: Span, call: Call) -> Finding:
    return Finding(
        place,
        f"the step tools are passed to `{call.spelling}`",
        help="take the steps in the function itself, and let helpers do the work of one step",
        label="the steps of this function are hidden in there",
    )
