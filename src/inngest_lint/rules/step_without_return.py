"""Rule: the result of a step is used, and its function returns nothing."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Body, Operation, StepCall, StepKind
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.walk import everywhere
from inngest_lint.project.outcomes import gives_nothing, use_of
from inngest_lint.rule import Category, Context, rule

_NOTHING = {Language.PYTHON: "None", Language.TYPESCRIPT: "undefined"}


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.STEPS,
    since="0.2.0",
    guideline=Guideline.SERIALIZATION,
)
def step_without_return(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """The result of a step is used, but its function returns nothing."""
    project = context.project
    bodies = (body for entry in project.entries(function) for body in project.reachable(entry))
    for body in bodies:
        for step in everywhere(body.block):
            if not isinstance(step, StepCall) or step.kind is not StepKind.RUN:
                continue
            callback = project.callback(step)
            if callback is not None and not callback.block:
                continue  # what is to do in it is missing, not only its result
            use = use_of(step, body) if callback is not None and gives_nothing(callback, project) else None
            if callback is not None and use is not None:
                yield _finding(step, callback, use, _NOTHING[context.language])


def _finding(step: StepCall, callback: Body, use: Operation, nothing: str) -> Finding:
    place = step.id.span if step.id is not None else step.span
    return Finding(
        place,
        f"the result of this step is used, but its function returns nothing: it is `{nothing}`",
        help="return what is needed of it",
        label=f"gives `{nothing}`",
        notes=(Note(use.span, "used here"), Note(callback.name_span, "returns nothing on any way")),
    )
