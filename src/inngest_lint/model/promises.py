"""Promises: what becomes of something that a call gives and that has to be awaited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from inngest_lint.model.function import Language, Module
from inngest_lint.model.value import Origin, Ref, Result, Value
from inngest_lint.model.walk import (
    closures,
    closures_in,
    everywhere,
    members,
    own,
    results,
    results_in,
    step_arguments,
    values,
)

_VOID = ("void",)
_AGGREGATES = frozenset({("Promise", name) for name in ("all", "allSettled", "any", "race")})
_COPIES = frozenset({("list",), ("tuple",), ("Array", "from")})
_LENGTH = "length"

Starts = Callable[[Call], bool]
"""Tells which calls give a promise of steps."""


class Settled(Enum):
    """What becomes of a promise, the surest first."""

    IMMEDIATE = "immediate"  # there is no promise: the call gives the result itself
    AWAITED = "awaited"
    RETURNED = "returned"  # whoever calls the function, or the closure, gets it
    COLLECTED = "collected"  # passed on, or kept where others can get at it
    VOIDED = "voided"  # given up with `void`, which waits for nothing
    DROPPED = "dropped"

    @property
    def is_lost(self) -> bool:
        """Whether nothing waits for it."""
        return self in (Settled.VOIDED, Settled.DROPPED)


@dataclass(frozen=True, slots=True, eq=False)
class Promise:
    """A step, parallel steps or a call that takes some, with the outermost function around it and the innermost."""

    operation: StepCall | Parallel | Call
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


def dropped(module: Module, starts: Starts) -> Iterator[Promise]:
    """The promises in a file that nothing becomes of."""
    for function in module.functions:
        for entry in (function.handler, function.on_failure):
            yield from _dropped(entry, module, starts) if entry is not None else ()
    for body in module.bodies:
        yield from (promise for promise in _dropped(body, module, starts) if not promise.is_decorated)


def _dropped(body: Body, module: Module, starts: Starts) -> Iterator[Promise]:
    if is_partly_read(body, module):
        return
    # Most steps are awaited or returned where they stand; only the others have to be traced.
    taken = {
        id(operation.value.of)
        for operation in everywhere(body.block)
        if isinstance(operation, (Await, Return)) and isinstance(operation.value, Result) and not operation.value.path
    }
    for promise in promises(body, module.language, starts):
        if id(promise.operation) not in taken and promise.fate.is_lost:
            yield promise


def outermost(module: Module) -> Iterator[Body]:
    """The functions of a file that stand in no other one."""
    for function in module.functions:
        yield function.handler
        if function.on_failure is not None:
            yield function.on_failure
    yield from module.bodies


def is_partly_read(body: Body, module: Module) -> bool:
    """Whether a part of a function could not be read, which may hold what seems to be missing elsewhere."""
    # A statement of Python that cannot be parsed is not there at all.
    torn = module.problems if module.language is not Language.PYTHON else ()
    return any(body.span.contains(problem.span) for problem in torn)


def promises(body: Body, language: Language, starts: Starts) -> Iterator[Promise]:
    """The promises of steps written in a function, its closures included, each once.

    Outside Python's asynchronous functions there are none to speak of: whether a step there gives one is its
    caller's affair.
    """
    seen = {id(body)}
    waiting = [(body, body.is_async or language is not Language.PYTHON)]
    while waiting:
        function, is_async = waiting.pop()
        for operation in own(function.block):
            match operation:
                case StepCall() | Parallel() if is_async and not is_immediate(operation):
                    yield Promise(operation, body, function)
                case Call() if is_async and starts(operation):
                    yield Promise(operation, body, function)
            inner = [closure for closure in closures_in(operation) if id(closure) not in seen]
            seen.update(map(id, inner))
            waiting.extend((closure, is_async or closure.is_async) for closure in inner)


def gives_promise(body: Body, language: Language) -> bool:
    """Whether a function gives back the promise of a step without waiting for it."""
    given = [of for o in own(body.block) if isinstance(o, Return) and o.value is not None for of in results(o.value)]
    return language is not Language.PYTHON and any(isinstance(of, (StepCall, Parallel)) for of in given)


def settled(operation: StepCall | Parallel | Call, body: Body) -> Settled:
    """What becomes of what an operation of a body gives, followed through names; the surest thing that happens.

    The body is the outermost function around the operation, so that its closures are seen too.
    Reading an attribute or an item of a promise does nothing for it.
    """
    if is_immediate(operation):
        return Settled.IMMEDIATE
    return _surest(_Trace(operation, body))


def all_settled(call: Call, body: Body) -> Settled:
    """What becomes of the promises in the list that a call of a body gives; awaiting the list does nothing."""
    return _surest(_Trace(call, body, _Grip.LIST))


def takers(operation: StepCall | Parallel | Call, body: Body, *, listed: bool) -> tuple[Call, ...]:
    """The calls that make one promise of what an operation gives, or of those it lists: `Promise.race(promises)`."""
    return tuple(_Trace(operation, body, _Grip.LIST if listed else _Grip.ITSELF).takers)


def _surest(trace: _Trace) -> Settled:
    return next((fate for fate in Settled if fate in trace.fates), Settled.DROPPED)


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


class _Grip(Enum):
    """How a name or a result holds a promise."""

    ITSELF = "itself"
    LIST = "list"
    WITHIN = "within"  # in something that is not known any better


@dataclass
class _Trace:
    """A promise on its way through a body."""

    operation: Operation
    body: Body
    grip: _Grip = _Grip.ITSELF
    names: dict[str, _Grip] = field(default_factory=dict)
    fates: set[Settled] = field(default_factory=set)
    takers: dict[Call, None] = field(default_factory=dict)
    _results: dict[int, _Grip] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._results[id(self.operation)] = self.grip
        operations = tuple(everywhere(self.body.block))
        known = -1
        while known != len(self.names) + len(self._results):
            known = len(self.names) + len(self._results)
            for operation in operations:
                self._see(operation)

    def _see(self, operation: Operation) -> None:
        match operation:
            case Await(value=value) if self._holds(value):
                self._see_await(operation)
            case Return(value=value) if value is not None and self._holds(value):
                self.fates.add(Settled.RETURNED)
            case Assign(value=value, targets=targets) if self._holds(value):
                for target in targets:
                    self._bind(target, self._is(value) or _Grip.WITHIN)
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

    def _see_await(self, waiting: Await) -> None:
        if self._is(waiting.value) is _Grip.LIST:
            self._results.setdefault(id(waiting), _Grip.LIST)
        else:
            self.fates.add(Settled.AWAITED)

    def _see_call(self, call: Call) -> None:
        if call.receiver is not None and self._holds(call.receiver):
            self._see_method(call, self._is(call.receiver) or _Grip.WITHIN)
        if not any(self._holds(argument.value) for argument in call.arguments):
            return
        if call.mutates is not None:
            self._bind(call.mutates, _Grip.WITHIN)
        else:
            self._see_given(call, _of_the_language(call))

    def _see_given(self, call: Call, path: tuple[str, ...]) -> None:
        """A call that is given the promise."""
        if path in _AGGREGATES:
            self.takers[call] = None
            self._results.setdefault(id(call), _Grip.ITSELF)
        elif path in _COPIES and len(call.arguments) == 1:
            self._results.setdefault(id(call), self._is(call.arguments[0].value) or _Grip.WITHIN)
        else:
            self.fates.add(Settled.VOIDED if path == _VOID and not self._goes_on(call) else Settled.COLLECTED)

    def _see_method(self, call: Call, grip: _Grip) -> None:
        """`promise.then(…)` goes on with the promise, `promises.map(…)` hands each one to a function."""
        given = [closure for argument in call.arguments for closure in closures(argument.value)]
        if grip is _Grip.ITSELF:
            self._results.setdefault(id(call), _Grip.ITSELF)
        elif given:
            self.fates.add(Settled.COLLECTED)
        else:
            self._results.setdefault(id(call), _Grip.WITHIN)

    def _goes_on(self, call: Call) -> bool:
        """`void step.sleep(…).then(stop)`: a timer, whose end is seen to by another function."""
        given = [of for argument in call.arguments for of in results(argument.value) if isinstance(of, Call)]
        return any(of.receiver is not None and of is not self.operation for of in given)

    def _see_loop(self, loop: Loop) -> None:
        if loop.over is not None and self._holds(loop.over):
            self.fates.add(Settled.COLLECTED)
        if loop.yields is not None and self._holds(loop.yields):
            self._results.setdefault(id(loop), _Grip.WITHIN)

    def _see_defaults(self, operation: Operation) -> None:
        for closure in closures_in(operation):
            defaults = (parameter.default for parameter in closure.parameters)
            if any(default is not None and self._holds(default) for default in defaults):
                self.fates.add(Settled.COLLECTED)

    def _bind(self, target: Ref, grip: _Grip) -> None:
        parameters = {parameter.name for parameter in self.body.parameters}
        if not target.is_variable or len(target.path) > 1 or target.name in parameters:
            self.fates.add(Settled.COLLECTED)
        else:
            self.names[target.name] = grip if self.names.get(target.name, grip) is grip else _Grip.WITHIN

    def _holds(self, value: Value) -> bool:
        return any(self._is(member) is not None for member in members(value))

    def _is(self, member: Value) -> _Grip | None:
        match member:
            case Result(of=operation, path=hops):
                grip, path = self._results.get(id(operation)), list(hops)
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(name, *path)):
                grip = self.names.get(name)
            case _:
                return None
        if not path or grip is None:
            return grip
        is_lost = grip is _Grip.ITSELF or (grip is _Grip.LIST and path == [_LENGTH])
        return None if is_lost else _Grip.WITHIN


def _of_the_language(call: Call) -> tuple[str, ...]:
    """The path of the function of the language that is called; nothing where it is none."""
    target = call.target
    return target.path if isinstance(target, Ref) and target.origin is Origin.GLOBAL else ()
