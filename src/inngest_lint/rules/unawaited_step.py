"""Rule: nothing waits for a step."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.body import Body, Return, StepCall
from inngest_lint.model.function import Language, Module
from inngest_lint.model.promises import Promise, promises
from inngest_lint.model.walk import own, results
from inngest_lint.rule import Category, Context, rule

_GROUP = "group.parallel"


@rule(on=Module, severity=Severity.ERROR, category=Category.STEPS, since="0.1.0")
def unawaited_step(module: Module, context: Context) -> Iterator[Finding]:
    """A step is called without `await`, so it never runs."""
    for promise in context.project.dropped(module):
        if not promise.holders:
            yield Finding(
                promise.operation.span,
                f"`{_spelling(promise)}` is not awaited",
                help="put `await` before the call",
                label="the step never runs",
                fix=_fix(promise) if promise.is_alone and promise.function.is_async else None,
            )
    for function in module.functions if context.language is Language.PYTHON else ():
        # What another file calls may well give it something to await.
        for entry in context.project.entries(function) if function.created else ():
            yield from _returned(entry)


def _returned(entry: Body) -> Iterator[Finding]:
    """`return ctx.step.run(…)`: the SDK does not await what a handler returns, and cannot send a coroutine."""
    given = [of for o in own(entry.block) if isinstance(o, Return) and o.value is not None for of in results(o.value)]
    for promise in promises(entry):
        if any(promise.operation is of for of in given):
            yield Finding(
                promise.operation.span,
                f"`{_spelling(promise)}` is returned without being awaited",
                help="put `await` before the call",
                label="the step never runs, and the function fails",
                fix=_fix(promise),
            )


def _spelling(promise: Promise) -> str:
    step = promise.operation
    return step.spelling if isinstance(step, StepCall) else _GROUP


def _fix(promise: Promise) -> Fix:
    return Fix("Await the step", (Edit(promise.operation.span.at_start(), "await "),), Applicability.SAFE)
