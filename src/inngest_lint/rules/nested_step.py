"""Rule: a step inside a step."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Body, Call, StepCall, StepKind
from inngest_lint.model.function import InngestFunction
from inngest_lint.project import Callback, Project, Reached
from inngest_lint.rule import Category, Context, rule


@rule(
    on=InngestFunction, severity=Severity.ERROR, category=Category.STEPS, since="0.1.0", guideline=Guideline.NO_NESTING
)
def nested_step(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A step runs inside another step's callback."""
    for entry in context.project.entries(function):
        for callback in _callbacks(entry, context.project):
            yield from _nested(callback, context.project)


def _callbacks(body: Body, project: Project) -> Iterator[Callback]:
    """What runs inside the steps of a body, and inside the steps in there."""
    seen: set[int] = set()
    waiting = [body]
    while waiting:
        for callback in project.callbacks(waiting.pop()):
            if id(callback.body) not in seen:
                seen.add(id(callback.body))
                waiting.append(callback.body)
                yield callback


def _nested(callback: Callback, project: Project) -> Iterator[Finding]:
    told: set[StepCall | Call] = set()
    for reached in project.steps(callback.body):
        # Inside a step, `step.fetch` sends a request like any other `fetch`.
        if reached.step.kind is not StepKind.FETCH and reached.stands not in told:
            told.add(reached.stands)
            yield _finding(reached.stands, callback, reached)
    for operation in project.happening(callback.body.block):
        if isinstance(operation, Call) and project.classify(operation) is Effect.STEP_RUN:
            yield _finding(operation, callback, None)


def _finding(at: StepCall | Call, callback: Callback, reached: Reached | None) -> Finding:
    helpers = reached.path if reached is not None else ()
    return Finding(
        at.span,
        f"`{at.spelling}` takes a step inside a step" if helpers else f"`{at.spelling}` is called inside a step",
        help="take one step after the other, or call the function itself in here",
        label="a step cannot run inside another one",
        notes=(
            Note(callback.step.span, "inside this step"),
            *(Note(call.span, "called here") for call in helpers[1:]),
            *((Note(reached.step.span, "takes a step here"),) if reached is not None and helpers else ()),
        ),
    )
