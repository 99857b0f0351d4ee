"""Promises: what becomes of something that a call gives and that has to be awaited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from inngest_lint.model.body import (
    Assign,
    Await,
    Body,
    Call,
    Hole,
    Loop,
    Operation,
    Parallel,
    Return,
    Scope,
    StepCall,
    Throw,
)
from inngest_lint.model.function import Module
from inngest_lint.model.value import Origin, Ref, Result, Value
from inngest_lint.model.walk import closures_in, everywhere, members, own, results_in, step_arguments, values


class Settled(Enum):
    """What becomes of a promise, the surest first."""

    IMMEDIATE = "immediate"  # there is no promise: the call gives the result itself
    AWAITED = "awaited"
    RETURNED = "returned"  # whoever calls the function, or the closure, gets it
    COLLECTED = "collected"  # passed on, or kept where others can get at it
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, eq=False)
class Promise:
    """A step, or parallel steps, to be awaited, with the outermost function around it and the innermost."""

    operation: StepCall | Parallel
    outer: Body
    function: Body

    @property
    def fate(self) -> Settled:
        """What becomes of it."""
        return settled(self.operation, self.outer)

    @property
    def holders(self) -> tuple[str, ...]:
        """The local names it is bound to, by itself or in a collection."""
        return tuple(_Trace(self.operation, self.outer).names)

    @property
    def is_decorated(self) -> bool:
        """Whether it is the call of a function that a decorator makes a step: outside Inngest a call like any other."""
        step = self.operation
        return isinstance(step, StepCall) and step.callback is not None and step.callback.span.start == step.span.start

    @property
    def is_alone(self) -> bool:
        """Whether nothing at all is done with what it gives."""
        operations = everywhere(self.outer.block)
        return not any(self.operation is of for other in operations for of in results_in(other))


def dropped(module: Module) -> Iterator[Promise]:
    """The promises in a file that nothing becomes of."""
    for function in module.functions:
        for entry in (function.handler, function.on_failure):
            yield from _dropped(entry) if entry is not None else ()
    for body in module.bodies:
        yield from (promise for promise in _dropped(body) if not promise.is_decorated)


def _dropped(body: Body) -> Iterator[Promise]:
    # Most steps are awaited or returned where they stand; only the others have to be traced.
    taken = {
        id(operation.value.of)
        for operation in everywhere(body.block)
        if isinstance(operation, (Await, Return)) and isinstance(operation.value, Result) and not operation.value.path
    }
    for promise in promises(body):
        if id(promise.operation) not in taken and promise.fate is Settled.DROPPED:
            yield promise


def promises(body: Body) -> Iterator[Promise]:
    """The promises of steps written in a function, its closures included, each once.

    Outside asynchronous functions there are none to speak of: whether a step there gives one is its caller's affair.
    """
    seen = {id(body)}
    waiting = [(body, body.is_async)]
    while waiting:
        function, is_async = waiting.pop()
        for operation in own(function.block):
            if is_async and isinstance(operation, (StepCall, Parallel)) and not is_immediate(operation):
                yield Promise(operation, body, function)
            inner = [closure for closure in closures_in(operation) if id(closure) not in seen]
            seen.update(map(id, inner))
            waiting.extend((closure, is_async or closure.is_async) for closure in inner)


def settled(operation: StepCall | Parallel | Call, body: Body) -> Settled:
    """What becomes of what an operation of a body gives, followed through names; the surest thing that happens.

    The body is the outermost function around the operation, so that its closures are seen too.
    Reading an attribute or an item of a promise does nothing for it.
    """
    if is_immediate(operation):
        return Settled.IMMEDIATE
    fates = _Trace(operation, body).fates
    return next((fate for fate in Settled if fate in fates), Settled.DROPPED)


def is_immediate(operation: StepCall | Parallel | Call) -> bool:
    """Whether an operation gives its result with nothing to await.

    Parallel steps are what their steps are; where none is known, nothing is said of them.
    """
    match operation:
        case StepCall(immediate=immediate):
            return immediate
        case Parallel():
            steps = [step for step in everywhere((operation,)) if isinstance(step, StepCall)]
            return not steps or any(step.immediate for step in steps)
        case Call():
            return False


@dataclass
class _Trace:
    """A promise on its way through a body."""

    operation: Operation
    body: Body
    # Each name with whether it is bound to the promise itself, or to something around it.
    names: dict[str, bool] = field(default_factory=dict)
    fates: set[Settled] = field(default_factory=set)
    _results: dict[int, bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._results[id(self.operation)] = True
        operations = tuple(everywhere(self.body.block))
        known = -1
        while known != len(self.names) + len(self._results):
            known = len(self.names) + len(self._results)
            for operation in operations:
                self._see(operation)

    def _see(self, operation: Operation) -> None:
        match operation:
            case Await(value=value) if self._holds(value):
                self.fates.add(Settled.AWAITED)
            case Return(value=value) if value is not None and self._holds(value):
                self.fates.add(Settled.RETURNED)
            case Assign(value=value, targets=targets) if self._holds(value):
                for target in targets:
                    self._bind(target, itself=isinstance(value, (Result, Ref)))
            case Call():
                self._see_call(operation)
            case Loop():
                self._see_loop(operation)
            case StepCall() if any(self._holds(argument.value) for argument in step_arguments(operation)):
                self.fates.add(Settled.COLLECTED)
            case Parallel() | Throw() | Scope() if any(map(self._holds, values(operation))):
                self.fates.add(Settled.COLLECTED)
            case Hole(span=span) if self.names or span.contains(self.operation.span):
                self.fates.add(Settled.COLLECTED)
        self._see_defaults(operation)

    def _see_call(self, call: Call) -> None:
        if call.receiver is not None and self._holds(call.receiver):
            # `promise.then(…)` goes on with the promise; `promises.pop()` takes one out.
            self._results.setdefault(id(call), True)
        if not any(self._holds(argument.value) for argument in call.arguments):
            return
        if call.mutates is not None:
            self._bind(call.mutates, itself=False)
        else:
            self.fates.add(Settled.COLLECTED)

    def _see_loop(self, loop: Loop) -> None:
        if loop.over is not None and self._holds(loop.over):
            self.fates.add(Settled.COLLECTED)
        if loop.yields is not None and self._holds(loop.yields):
            self._results.setdefault(id(loop), False)

    def _see_defaults(self, operation: Operation) -> None:
        for closure in closures_in(operation):
            defaults = (parameter.default for parameter in closure.parameters)
            if any(default is not None and self._holds(default) for default in defaults):
                self.fates.add(Settled.COLLECTED)

    def _bind(self, target: Ref, *, itself: bool) -> None:
        parameters = {parameter.name for parameter in self.body.parameters}
        if not target.is_variable or len(target.path) > 1 or target.name in parameters:
            self.fates.add(Settled.COLLECTED)
        else:
            self.names[target.name] = itself and self.names.get(target.name, True)

    def _holds(self, value: Value) -> bool:
        return any(self._is(member) for member in members(value))

    def _is(self, member: Value) -> bool:
        match member:
            case Result(of=operation, path=path):
                itself = self._results.get(id(operation))
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(name, *path)):
                itself = self.names.get(name)
            case _:
                return False
        return itself is not None and not (itself and path)
