"""Rule: a step is given what a function gave instead of the function."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.body import Argument, Call, StepCall
from inngest_lint.model.function import Language, Module
from inngest_lint.model.value import Closure, Result, Value
from inngest_lint.model.walk import waits
from inngest_lint.project import called
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

# What makes a function of an expression.
_FUNCTIONS = {Language.PYTHON: "lambda: ", Language.TYPESCRIPT: "() => "}
_NO_FUNCTION = "the step is given a value instead of a function"


@rule(on=Module, severity=Severity.ERROR, category=Category.STEPS, since="0.1.0")
def step_handler_called(module: Module, context: Context) -> Iterator[Finding]:
    """A step is given the result of calling its function, not the function."""
    for place in context.project.written(module):
        step = place.operation
        given = context.project.given_instead(step, place.names) if isinstance(step, StepCall) else None
        if isinstance(step, StepCall) and step.callback is not None and given is not None:
            yield _finding(step, step.callback, given, _FUNCTIONS[module.language])


def _finding(step: StepCall, callback: Argument, given: Value, function: str) -> Finding:
    call = called(given)
    return Finding(
        callback.span,
        f"{_named(call)} is called instead of passed to the step" if call else _NO_FUNCTION,
        help="pass the function, and its arguments after it" if call else "pass a function that does the work",
        label="this happens before the step, each time the function is run" if call else "not a function",
        fix=_fix(step, given, call, function) if call is not None else None,
    )


def _named(call: Call) -> str:
    is_nameless = isinstance(call.target, Closure) and call.target.body.name is None
    return "a function" if is_nameless else f"`{call.spelling}`"


def _fix(step: StepCall, given: Value, call: Call, function: str) -> Fix | None:
    """`await load(a)` becomes `lambda: load(a)`, where nothing else is passed along."""
    if step.arguments or not isinstance(given, Result) or not step.span.contains(given.of.span) or waits(call):
        return None
    before = Span(call.span.file, given.of.span.start, call.span.start)
    return Fix("Pass a function that makes the call", (Edit(before, function),), Applicability.UNSAFE)
