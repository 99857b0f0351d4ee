"""Rule: a step without an id that its result could be kept under."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.body import Argument, StepCall, StepKind
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.model.value import Closure, Constant, Items, Record, Ref, Template, Value
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from inngest_lint.model.bindings import Bindings

_ID = "id"
# A request makes its id from the host.
_NAMED_BY_ITSELF = (StepKind.FETCH,)
# Before this release of the TypeScript SDK, steps had no ids.
_WITH_IDS = (3,)


@rule(on=Module, severity=Severity.ERROR, category=Category.STEPS, since="0.2.0")
def missing_step_id(module: Module, context: Context) -> Iterator[Finding]:
    """A step has no id, or one that is no text."""
    sdk = context.project.sdk(module.file) if context.language is Language.TYPESCRIPT else None
    if sdk is not None and sdk.release < _WITH_IDS:
        return
    told: set[int] = set()
    for bound in context.project.written(module):
        step = bound.operation
        if isinstance(step, StepCall) and step.kind not in _NAMED_BY_ITSELF and id(step) not in told:
            told.add(id(step))
            yield from _told(step, bound.names, context)


def _told(step: StepCall, names: Bindings, context: Context) -> Iterator[Finding]:
    given = (step.id, step.callback, *step.arguments)
    if any(argument is not None and argument.spread for argument in given):
        return
    if step.id is None:
        yield _without(step, context)
        return
    value = _meant(step.id.value, names)
    if value in (Constant(""), Template(())):
        yield _finding(step.id, "the id of a step is empty", "all steps like it share one id", Severity.WARNING)
    elif context.project.function(value, step.span.file) is not None or isinstance(value, Closure):
        yield _finding(step.id, f"`{step.spelling}` is given a function for its id", "the id goes before the function")
    elif isinstance(value, Record) and context.language is Language.TYPESCRIPT:
        if value.complete and value.get(_ID) is None:
            yield _finding(step.id, f"`{step.spelling}` is given options without an `id`", "its id is `undefined`")
    elif isinstance(value, (Record, Items)) or _is_other_literal(value):
        yield _finding(step.id, f"the id of `{step.spelling}` is no text", _harm(context))


def _meant(value: Value, names: Bindings) -> Value:
    """What a value stands for, through a name that is bound once."""
    if isinstance(value, Ref) and len(value.path) == 1 and value.is_variable:
        return names.value(value) or value
    return value


def _is_other_literal(value: Value) -> bool:
    return isinstance(value, Constant) and not isinstance(value.value, str)


def _without(step: StepCall, context: Context) -> Finding:
    given = [argument.span for argument in (step.callback, *step.arguments) if argument is not None]
    return Finding(
        min(given) if given else step.span,
        f"`{step.spelling}` is called without an id",
        help="give it an id first, a text that no other step of the function has",
        label="the id goes before this" if given else _harm(context),
    )


def _finding(given: Argument, message: str, label: str, severity: Severity | None = None) -> Finding:
    return Finding(
        given.span,
        message,
        help="give it an id first, a text that no other step of the function has",
        label=label,
        severity=severity,
    )


def _harm(context: Context) -> str:
    is_python = context.language is Language.PYTHON
    return "raises an error when it is hashed" if is_python else "its id is `undefined`"
