"""Managers: what is open around steps, and is given up at each one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.effects.kinds import Kind, kinds
from inngest_lint.model.body import Await, Body, Call, Scope
from inngest_lint.model.value import Ref, Result, Value
from inngest_lint.model.walk import closures
from inngest_lint.project.calls import Calls, Reached
from inngest_lint.text import Span

_HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Held:
    """Something that is open around a step: where it is opened, what it is known to be, and the first step inside.

    `names` are what it is called, the surest first; `call` opens it, where it is opened by one.
    """

    span: Span
    kind: Kind
    step: Reached
    names: tuple[str, ...]
    call: Call | None


def held(body: Body, calls: Calls) -> Iterator[Held]:
    """What a body and its helpers hold open around steps, as far as it is known to do harm."""
    for operation in calls.running(body):
        match operation:
            case Scope():
                yield from _entered(operation, calls)
            case Call():
                yield from _around(operation, calls)


def _entered(scope: Scope, calls: Calls) -> Iterator[Held]:
    """What is open for a block: `with lock:`."""
    names = tuple(_names(scope.kind or scope.manager, scope.manager, calls, scope.span))
    kind = _kind(names, calls, scope.span)
    steps = calls.steps_in(scope.body) if kind is not None else ()
    if kind is not None and steps:
        yield Held(scope.manager_span, kind, steps[0], names, _call(scope.manager))


def _around(call: Call, calls: Calls) -> Iterator[Held]:
    """What is open while a function that it is given runs: `prisma.$transaction(async (tx) => …)`."""
    given = [body for argument in call.arguments for body in _functions(argument.value, calls, call.span)]
    if not given:
        return
    names = tuple(_names(Result(call), Result(call), calls, call.span))
    kind = _kind(names, calls, call.span)
    steps = [step for body in given for step in calls.steps_in(body.block)] if kind is not None else []
    if kind is not None and steps:
        yield Held(call.span, kind, steps[0], names, call)


def _functions(value: Value, calls: Calls, at: Span) -> Iterator[Body]:
    named = calls.function(value, at.file)
    yield from (named,) if named is not None else closures(value)


def _kind(names: tuple[str, ...], calls: Calls, at: Span) -> Kind | None:
    """What it is, where that does harm."""
    known = kinds("managers", calls.language(at.file))
    kind = next((kind for name in names if (kind := known.of_value(name))), None)
    return kind if kind is not None and kind.name != _HARMLESS else None


def _names(value: Value, manager: Value, calls: Calls, at: Span) -> Iterator[str]:
    known = calls.canonical(value, at.file)
    if known is not None and known.is_foreign:
        yield known.dotted
    match manager:
        case Ref() as ref:
            yield ref.dotted
        case Result(of=Call(target=Ref() as ref)):
            yield f"{ref.dotted}()"


def _call(value: Value) -> Call | None:
    match value:
        case Result(of=Call() as call):
            return call
        case Result(of=Await(value=waited)):
            return _call(waited)
    return None
