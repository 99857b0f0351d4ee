"""Rule: a step does nothing that a step is for."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Assign, Body, Branch, Operation, Return, StepCall, StepKind
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.testing import is_test
from inngest_lint.model.value import Origin, Ref, Value
from inngest_lint.model.walk import everywhere, members, values, walk
from inngest_lint.project.outcomes import gives_nothing, use_of
from inngest_lint.rule import Category, Context, Preset, rule

# What these stand for is the same in every request.
_STABLE = frozenset({Origin.LOCAL, Origin.ENCLOSING, Origin.CONTEXT})
_GIVEN_ANEW = "attempt"


@rule(
    on=InngestFunction,
    severity=Severity.INFO,
    category=Category.STEPS,
    since="0.2.0",
    preset=Preset.ALL,
    guideline=Guideline.GRANULARITY,
)
def micro_step(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A step does nothing that a step is for: it is empty, or only puts together what is known already."""
    project = context.project
    if is_test(function.span.file):
        return
    for entry in project.entries(function):
        for body in project.reachable(entry):
            # A function that is handed on may have to take a step: a variant of `group.experiment`.
            for step in walk(body.block):
                if not isinstance(step, StepCall) or step.kind is not StepKind.RUN or step.arguments:
                    continue
                callback = project.callback(step)
                if callback is None or not _is_trivial(callback, step):
                    continue
                is_lost = bool(callback.block) and gives_nothing(callback, project)
                if not (is_lost and use_of(step, body) is not None):
                    yield _finding(step)


def _is_trivial(callback: Body, step: StepCall) -> bool:
    """Whether a function that is written in its step does nothing but choose and put together."""
    is_inline = callback.name is None and step.span.contains(callback.span)
    if not is_inline or callback.generates or callback.decorated or callback.parameters:
        return False
    return all(_is_plain(operation) for operation in everywhere(callback.block))


def _is_plain(operation: Operation) -> bool:
    match operation:
        case Assign(targets=targets) if any(target.origin is not Origin.LOCAL for target in targets):
            return False
        case Assign() | Branch() | Return():
            return all(_is_stable(part) for value in values(operation) for part in members(value))
    return False


def _is_stable(value: Value) -> bool:
    if not isinstance(value, Ref):
        return True
    return value.origin in _STABLE and value.path != (_GIVEN_ANEW,)


def _finding(step: StepCall) -> Finding:
    return Finding(
        step.id.span if step.id is not None else step.span,
        "this step does nothing that has to be recorded",
        help="do it outside of a step, or as part of the one that needs it",
        label="a request of its own",
    )
