"""Managers: what is open around steps, and is given up at each one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.effects.kinds import Kind, kinds
from inngest_lint.model.body import Await, Body, Call, Scope
from inngest_lint.model.value import Ref, Result, Value
from inngest_lint.project.calls import Calls, Reached

_HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Held:
    """A context manager that is open around a step, what it is known to be, and the first step inside.

    `names` are what it is called, the surest first.
    """

    scope: Scope
    kind: Kind
    step: Reached
    names: tuple[str, ...]

    @property
    def call(self) -> Call | None:
        """The call that opens it, where it is opened by one."""
        return _call(self.scope.manager)


def held(body: Body, calls: Calls) -> Iterator[Held]:
    """The managers that a body and its helpers hold open around steps, as far as they are known to do harm."""
    for operation in calls.running(body):
        if isinstance(operation, Scope):
            yield from _held(operation, calls)


def _held(scope: Scope, calls: Calls) -> Iterator[Held]:
    names = tuple(_names(scope, calls))
    known = kinds("managers", calls.language(scope.span.file))
    kind = next((kind for name in names if (kind := known.of_value(name))), None)
    if kind is None or kind.name == _HARMLESS:
        return
    steps = calls.steps_in(scope.body)
    if steps:
        yield Held(scope, kind, steps[0], names)


def _names(scope: Scope, calls: Calls) -> Iterator[str]:
    known = calls.canonical(scope.kind or scope.manager, scope.span.file)
    if known is not None and known.is_foreign:
        yield known.dotted
    match scope.manager:
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
