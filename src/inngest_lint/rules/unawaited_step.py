"""Rule: nothing waits for a step."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.body import Body, Call, Return
from inngest_lint.model.function import Language, Module
from inngest_lint.model.promises import Promise, promises
from inngest_lint.model.walk import own, results
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule

_LOST = {
    Language.PYTHON: "the step never runs",
    Language.TYPESCRIPT: "nothing waits for the step, so it may never run",
}


@rule(on=Module, severity=Severity.ERROR, category=Category.STEPS, since="0.1.0")
def unawaited_step(module: Module, context: Context) -> Iterator[Finding]:
    """A step is called without `await`, so nothing waits for it and it may never run."""
    for promise in context.project.dropped(module):
        if not promise.holders:
            yield _finding(promise, context)
    for function in module.functions if context.language is Language.PYTHON else ():
        # What another file calls may well give it something to await.
        for entry in context.project.entries(function) if function.created else ():
            yield from _returned(entry, context)


def _finding(promise: Promise, context: Context) -> Finding:
    return Finding(
        promise.operation.span,
        f"`{promise.operation.spelling}` is not awaited",
        help="put `await` before the call",
        label=_LOST[context.language],
        notes=_way(promise, context.project),
        fix=_fix(promise) if promise.is_alone and promise.function.is_async else None,
    )


def _way(promise: Promise, project: Project) -> tuple[Note, ...]:
    """The step that a helper takes."""
    callee = project.callee(promise.operation) if isinstance(promise.operation, Call) else None
    return (Note(project.steps(callee)[0].step.span, "the step is taken here"),) if callee is not None else ()


def _returned(entry: Body, context: Context) -> Iterator[Finding]:
    """`return ctx.step.run(…)`: the SDK does not await what a handler returns, and cannot send a coroutine."""
    given = [of for o in own(entry.block) if isinstance(o, Return) and o.value is not None for of in results(o.value)]
    for promise in promises(entry, context.language, context.project.starts_steps):
        if any(promise.operation is of for of in given):
            yield Finding(
                promise.operation.span,
                f"`{promise.operation.spelling}` is returned without being awaited",
                help="put `await` before the call",
                label="the step never runs, and the function fails",
                notes=_way(promise, context.project),
                fix=_fix(promise),
            )


def _fix(promise: Promise) -> Fix:
    return Fix("Await the step", (Edit(promise.operation.span.at_start(), "await "),), Applicability.SAFE)
