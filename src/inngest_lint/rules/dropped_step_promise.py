"""Rule: a step is kept in a name, and nothing waits for it."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.body import StepCall
from inngest_lint.model.function import Language, Module
from inngest_lint.model.promises import Promise
from inngest_lint.rule import Category, Context, rule

_LOST = {
    Language.PYTHON: "the step never runs",
    Language.TYPESCRIPT: "nothing waits for the step, so it may never run",
}
_ALL_LOST = {
    Language.PYTHON: "the steps never run",
    Language.TYPESCRIPT: "nothing waits for the steps, so they may never run",
}


@rule(on=Module, severity=Severity.ERROR, category=Category.STEPS, since="0.1.0")
def dropped_step_promise(module: Module, context: Context) -> Iterator[Finding]:
    """A step is assigned to a name that is never awaited, returned or passed on."""
    for promise in context.project.dropped(module):
        for name in promise.holders[:1]:
            yield _finding(promise, name, context)


def _finding(promise: Promise, name: str, context: Context) -> Finding:
    step = promise.operation
    return Finding(
        step.span,
        f"`{name}` holds a step that is never awaited",
        help="put `await` before the call",
        label=_LOST[context.language] if isinstance(step, StepCall) else _ALL_LOST[context.language],
    )
