"""Callables: steps that are given something else where a function belongs."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.effects import Effect
from inngest_lint.model.bindings import Bindings, bound
from inngest_lint.model.body import Await, Body, Call, Loop, Parallel, Return, StepCall, StepKind
from inngest_lint.model.flow import always_throws
from inngest_lint.model.value import Constant, Items, Origin, Record, Ref, Result, Template, Value
from inngest_lint.model.walk import own
from inngest_lint.project.calls import Calls

_DATA = frozenset(
    {"Array", "Map", "Record", "Set", "bool", "bytes", "dict", "float", "int", "list", "set", "str", "tuple"}
)
_PROMISE = "Promise"
_STEPS = (StepKind.RUN, StepKind.AI_WRAP)


def given_instead(step: StepCall, names: Bindings, calls: Calls) -> Value | None:
    """What a step is given in the place of its function; None where that may be a function."""
    if step.kind not in _STEPS or step.callback is None:
        return None
    given = _meant(step.callback.value, names)
    return given if _is_data(given, names, calls) else None


def called(value: Value) -> Call | None:
    """The call whose result a value is, waited for or not."""
    match value:
        case Result(of=Await(value=Result(of=Call() as call, path=()))) | Result(of=Call() as call):
            return call
    return None


def called_for_steps(body: Body, calls: Calls) -> Iterator[Call]:
    """The calls, in a body and its helpers, whose results are given to steps in the place of functions."""
    for place in (place for reached in calls.reachable(body) for place in bound(reached)):
        step = place.operation
        given = given_instead(step, place.names, calls) if isinstance(step, StepCall) else None
        call = called(given) if given is not None else None
        if call is not None and step.span.contains(call.span):
            yield call


def _meant(value: Value, names: Bindings) -> Value:
    """What a value stands for, through a name that is bound once."""
    if isinstance(value, Ref) and len(value.path) == 1:
        return names.value(value) or value
    return value


def _is_data(value: Value, names: Bindings, calls: Calls) -> bool:
    """Whether a value is known to be something that cannot be called."""
    match value:
        case Constant() | Template() | Record() | Items():
            return True
        case Result(of=StepCall() | Parallel() | Loop(), path=()):
            return True
        case Result(of=Call() as call, path=()):
            return _gives_data(call, calls, awaited=False)
        case Result(of=Await(value=waited), path=()):
            return _is_awaited_data(_meant(waited, names), calls)
    return False


def _is_awaited_data(value: Value, calls: Calls) -> bool:
    match value:
        case Result(of=StepCall() | Parallel(), path=()):
            return True
        case Result(of=Call() as call, path=()):
            return _gives_data(call, calls, awaited=True)
    return False


def _gives_data(call: Call, calls: Calls, *, awaited: bool) -> bool:
    """Whether a call, or waiting for what it gives, gives something that cannot be called."""
    body = calls.callee(call)
    if body is None:
        if not awaited and isinstance(call.target, Ref) and _is_promise(call.target):
            return True
        return calls.classify(call) not in (None, Effect.PURE, Effect.STEP_RUN)
    if body.decorated or body.name == "__init__":
        return False
    if body.generates or (body.is_async and not awaited):
        return True
    return _returns_data(body, calls, awaited=awaited)


def _is_promise(ref: Ref) -> bool:
    return ref.origin is Origin.GLOBAL and ref.name == _PROMISE


def _returns_data(body: Body, calls: Calls, *, awaited: bool) -> bool:
    if body.returns is not None and body.returns.origin is Origin.GLOBAL and body.returns.name in _DATA:
        return True
    if not body.block or always_throws(body.block):
        return False  # a stub, which something else stands in for
    names = next(place.names for place in bound(body))
    returned = [o.value for o in own(body.block) if isinstance(o, Return) and o.value is not None]
    return all(_is_returned_data(_meant(value, names), calls, awaited=awaited) for value in returned)


def _is_returned_data(value: Value, calls: Calls, *, awaited: bool) -> bool:
    match value:
        case Constant() | Template() | Record() | Items():
            return True
        case Result(of=Loop() | Parallel() | StepCall() | Await()):
            return True
        case Result(of=Call() as call):
            # Who waits for a function does so for what it has fetched; `functools.partial` and the like fetch nothing.
            library = calls.canonical(call.target, call.span.file)
            is_plain = library is None or library.path[:1] != ("functools",)
            return awaited and calls.callee(call) is None and is_plain
    return False
