"""Rule: a step is given what a function gave instead of the function."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects import Effect
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.bindings import Bindings, bound, written
from inngest_lint.model.body import (
    Argument,
    Await,
    Body,
    Call,
    Loop,
    Parallel,
    Return,
    StepCall,
    StepKind,
)
from inngest_lint.model.flow import always_throws
from inngest_lint.model.function import Module
from inngest_lint.model.promises import own
from inngest_lint.model.value import Constant, Items, Origin, Record, Ref, Result, Template, Value
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_NO_FUNCTION = "the step is given a value instead of a function"
_DATA = frozenset({"bool", "bytes", "dict", "float", "int", "list", "set", "str", "tuple"})


@rule(on=Module, severity=Severity.ERROR, category=Category.STEPS, since="0.1.0")
def step_handler_called(module: Module, context: Context) -> Iterator[Finding]:
    """A step is given the result of calling its function, not the function."""
    for place in written(module):
        step = place.operation
        if not isinstance(step, StepCall) or step.kind is not StepKind.RUN or step.callback is None:
            continue
        given = _meant(step.callback.value, place.names)
        if _is_data(given, place.names, context.project):
            yield _finding(step, step.callback, given)


def _meant(value: Value, names: Bindings) -> Value:
    """What a value stands for, through a name that is bound once."""
    if isinstance(value, Ref) and len(value.path) == 1:
        return names.value(value) or value
    return value


def _is_data(value: Value, names: Bindings, project: Project) -> bool:
    """Whether a value is known to be something that cannot be called."""
    match value:
        case Constant() | Template() | Record() | Items():
            return True
        case Result(of=StepCall() | Parallel() | Loop(), path=()):
            return True
        case Result(of=Call() as call, path=()):
            return _gives_data(call, project, awaited=False)
        case Result(of=Await(value=waited), path=()):
            return _is_awaited_data(_meant(waited, names), project)
    return False


def _is_awaited_data(value: Value, project: Project) -> bool:
    match value:
        case Result(of=StepCall() | Parallel(), path=()):
            return True
        case Result(of=Call() as call, path=()):
            return _gives_data(call, project, awaited=True)
    return False


def _gives_data(call: Call, project: Project, *, awaited: bool) -> bool:
    """Whether a call, or waiting for what it gives, gives something that cannot be called."""
    body = project.callee(call)
    if body is None:
        return project.classify(call) not in (None, Effect.PURE, Effect.STEP_RUN)
    if body.decorated or body.name == "__init__":
        return False
    if body.generates or (body.is_async and not awaited):
        return True
    return _returns_data(body, project, awaited=awaited)


def _returns_data(body: Body, project: Project, *, awaited: bool) -> bool:
    if body.returns is not None and body.returns.origin is Origin.GLOBAL and body.returns.name in _DATA:
        return True
    if not body.block or always_throws(body.block):
        return False  # a stub, which something else stands in for
    names = next(place.names for place in bound(body))
    returned = [o.value for o in own(body.block) if isinstance(o, Return) and o.value is not None]
    return all(_is_returned_data(_meant(value, names), project, awaited=awaited) for value in returned)


def _is_returned_data(value: Value, project: Project, *, awaited: bool) -> bool:
    match value:
        case Constant() | Template() | Record() | Items():
            return True
        case Result(of=Loop() | Parallel() | StepCall() | Await()):
            return True
        case Result(of=Call() as call):
            # Who waits for a function does so for what it has fetched; `functools.partial` and the like fetch nothing.
            library = project.dotted(call) or ""
            return awaited and project.callee(call) is None and not library.startswith("functools.")
    return False


def _finding(step: StepCall, callback: Argument, given: Value) -> Finding:
    called = _called(given)
    message = f"`{called.spelling}` is called instead of passed to the step" if called else _NO_FUNCTION
    return Finding(
        callback.span,
        message,
        help="pass the function, and its arguments after it" if called else "pass a function that does the work",
        label="this happens before the step, each time the function is run" if called else "not a function",
        fix=_fix(step, given, called) if called is not None else None,
    )


def _called(value: Value) -> Call | None:
    match value:
        case Result(of=Await(value=Result(of=Call() as call, path=()))) | Result(of=Call() as call):
            return call
    return None


def _fix(step: StepCall, given: Value, call: Call) -> Fix | None:
    """`await load(a)` becomes `lambda: load(a)`, where nothing else is passed along."""
    if step.arguments or not isinstance(given, Result) or not step.span.contains(given.of.span):
        return None
    before = Span(call.span.file, given.of.span.start, call.span.start)
    return Fix("Pass a function that makes the call", (Edit(before, "lambda: "),), Applicability.UNSAFE)
