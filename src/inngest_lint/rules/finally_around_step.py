"""Rule: a `finally` around steps does something, and does it on every request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.model.body import Call, StepCall, Try
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import CALLED, CALLED_WITH_ARGUMENTS, Constant, Origin, Ref, Template
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Block, Body
    from inngest_lint.project import Project

# Reading these once more changes nothing, and rules of their own speak of logging.
_HARMLESS = frozenset({Effect.PURE, Effect.CLOCK, Effect.RANDOM, Effect.IDENTITY, Effect.LOG, Effect.PRINT})
_OWN = (Origin.LOCAL, Origin.ENCLOSING)
_KEYWORD = len("finally")
# A value that is set at the start of each request is put back at its end.
_RESTORED = ("contextvars", "ContextVar")


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.STEPS,
    since="0.1.0",
    languages=frozenset({Language.PYTHON}),
)
def finally_around_step(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A `finally` around a step runs on every request, not once at the end."""
    project = context.project
    for entry in project.entries(function):
        for body in project.reachable(entry):
            for operation in project.happening(body.block):
                if isinstance(operation, Try) and operation.final_span is not None:
                    yield from _final(operation, operation.final_span, project)


def _final(guarded: Try, final: Span, project: Project) -> Iterator[Finding]:
    guarded_blocks = (guarded.body, guarded.otherwise, *(catch.body for catch in guarded.catches))
    step = next((reached for block in guarded_blocks for reached in project.steps_in(block)), None)
    done = _done(guarded.final, project) if step is not None else None
    if step is None or done is None:
        return
    stands = step.path[0] if step.path else step.step
    is_step = isinstance(done, StepCall)
    yield Finding(
        Span(final.file, final.start, final.start + _KEYWORD),
        "a step in `finally` is taken before the steps it follows"
        if is_step
        else f"`{done.spelling}` in `finally` runs on every request",
        help="take it after the `try`, and in an `except Exception` for the failing case"
        if is_step
        else "do it in a step after the `try`, or in the function's `on_failure`",
        label="runs each time a step ends the request",
        notes=(Note(stands.span, "this step ends the request by an interrupt"), Note(done.span, "this is repeated")),
        severity=Severity.ERROR if is_step else None,
    )


def _done(block: Block, project: Project) -> Call | StepCall | None:
    """The first thing in a block that doing it again would show."""
    if project.steps_in(block):
        return next(
            operation
            for operation in project.happening(block)
            if isinstance(operation, StepCall) or (isinstance(operation, Call) and _takes_step(operation, project))
        )
    return next((call for call in _calls(block, project) if not _is_harmless(call, project, frozenset())), None)


def _takes_step(call: Call, project: Project) -> bool:
    body = project.callee(call)
    return body is not None and bool(project.steps(body))


def _calls(block: Block, project: Project) -> Iterator[Call]:
    return (operation for operation in project.happening(block) if isinstance(operation, Call))


def _is_harmless(call: Call, project: Project, running: frozenset[Body]) -> bool:
    effect = project.classify(call)
    if effect is not None:
        return effect in _HARMLESS
    if isinstance(call.receiver, (Constant, Template)) or (call.mutates and call.mutates.origin in _OWN):
        return True
    body = project.callee(call)
    if body is not None:
        inside = running | {body}
        return body in running or all(_is_harmless(inner, project, inside) for inner in _calls(body.block, project))
    return isinstance(call.target, Ref) and _is_known_harmless(call.target)


def _is_known_harmless(target: Ref) -> bool:
    if target.origin is Origin.CONTEXT:
        return True
    if target.origin is Origin.GLOBAL:
        # `len(rows)` and `dict(rows).get(key)`, but not what an unknown name holds.
        return len(target.path) == 1 or target.path[1] in (CALLED, CALLED_WITH_ARGUMENTS)
    return target.origin is Origin.IMPORT and target.starts_with(*_RESTORED)
