"""Pauses: the calls that do nothing but let time pass, and the loops that wait for something that way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inngest_lint.effects import Effect
from inngest_lint.effects.kinds import Kind, kinds
from inngest_lint.model.bindings import Bindings, bound
from inngest_lint.model.body import Await, Body, Call, Loop, Operation, Parallel, Return, StepCall
from inngest_lint.model.value import Closure, Constant, Origin, Ref, Result, Value
from inngest_lint.model.walk import everywhere

if TYPE_CHECKING:
    from inngest_lint.project import Project

_TABLE = "sleeps"
_FACTORS = {"milliseconds": 1.0, "seconds": 1000.0, "milliseconds-at-once": 1.0, "seconds-at-once": 1000.0}
_AT_ONCE = "-at-once"
_TIMER, _PROMISE, _PROMISED = "timer", "promise", "promised"
_AMOUNTS = ("delay", "secs", "seconds")
# What a function may do besides pausing, and still be one for pausing.
_BESIDE = (Effect.SLEEP, Effect.PURE, Effect.LOG, Effect.PRINT, Effect.CLOCK)
_DEEPEST = 4


@dataclass(frozen=True, slots=True, eq=False)
class Pause:
    """A call that does nothing but let time pass, and how long that is, as far as it is known.

    `way` are the calls of the project's own functions that lead to what does, this one not among them; `is_late`
    where the time has passed only for who waits for what it gives.
    """

    call: Call
    milliseconds: float | None
    way: tuple[Call, ...] = ()
    is_late: bool = True


@dataclass(frozen=True, slots=True)
class _Time:
    """How long a pause is: a number of units, or the parameter that says it."""

    amount: float | str | None
    factor: float

    @property
    def milliseconds(self) -> float | None:
        return self.amount * self.factor if isinstance(self.amount, (int, float)) else None


class Pauses:
    """The pauses of a project's functions."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names: dict[int, dict[int, Bindings]] = {}

    def of(self, body: Body) -> tuple[Pause, ...]:
        """The pauses that a body makes itself and waits for, or makes through a function that does nothing else."""
        happening = tuple(self._project.happening(body.block))
        waited = _waited(everywhere(body.block))
        found = filter(None, (self._pause(o, body, _DEEPEST) for o in happening if isinstance(o, Call)))
        return tuple(
            replace(pause, milliseconds=self._unless_given(time, body).milliseconds)
            for time, pause in found
            if not pause.is_late or id(pause.call) in waited
        )

    def _unless_given(self, time: _Time, body: Body) -> _Time:
        """A time that is a parameter of the body, as long as it is where nothing is given for it."""
        default = next((p.default for p in body.parameters if p.name == time.amount), None)
        known = self._known(default, Bindings(), body.span.file) if default is not None else time.amount
        return replace(time, amount=known)

    def _pause(self, call: Call, body: Body, left: int) -> tuple[_Time, Pause] | None:
        kind = self._kind(call)
        callee = self._project.callee(call) if kind is None and left else None
        if kind is None:
            return self._through(call, callee, body, left) if callee is not None else None
        time = self._time(call, kind, body)
        is_late = not kind.name.endswith(_AT_ONCE)
        return (time, Pause(call, time.milliseconds, is_late=is_late)) if time is not None else None

    def _kind(self, call: Call) -> Kind | None:
        dotted = self._project.dotted(call)
        language = self._project.module(call.span.file).language
        return kinds(_TABLE, language).of_value(dotted) if dotted is not None else None

    def _time(self, call: Call, kind: Kind, body: Body) -> _Time | None:
        if kind.name == _PROMISE:
            return self._promised(call, body)
        if kind.name == _PROMISED and not self._makes_timer(call):
            return None
        factor = 1.0 if kind.name == _PROMISED else _FACTORS.get(kind.name)
        return _Time(self._amount(call, 0, body), factor) if factor is not None else None

    def _makes_timer(self, call: Call) -> bool:
        """`const sleep = promisify(setTimeout)`."""
        match self._project.module(call.span.file).binding(call.spelling):
            case Result(of=Call(arguments=(argument,))):
                traced = self._project.traced(argument.value, call.span.file)
                return traced is not None and traced.dotted == "setTimeout"
        return False

    def _promised(self, call: Call, body: Body) -> _Time | None:
        """`new Promise((resolve) => setTimeout(resolve, 1000))`."""
        executor = call.arguments[0].value if len(call.arguments) == 1 else None
        if not isinstance(executor, Closure) or not executor.body.parameters:
            return None
        resolve = executor.body.parameters[0].name
        calls = [o for o in everywhere(executor.body.block) if isinstance(o, Call) and o.spelling != resolve]
        if len(calls) != 1 or not _settles(calls[0], resolve):
            return None
        kind = self._kind(calls[0])
        is_timer = kind is not None and kind.name == _TIMER
        return _Time(self._amount(calls[0], 1, body), 1.0) if is_timer else None

    def _through(self, call: Call, callee: Body, body: Body, left: int) -> tuple[_Time, Pause] | None:
        """The pause of a function that does nothing else."""
        happening = tuple(self._project.happening(callee.block))
        if callee.generates or callee.decorated or any(isinstance(o, (StepCall, Parallel, Loop)) for o in happening):
            return None
        calls = [operation for operation in happening if isinstance(operation, Call)]
        found = [(inner, self._pause(inner, callee, left - 1)) for inner in calls]
        pauses = [(inner, pause) for inner, pause in found if pause is not None]
        others = (inner for inner, pause in found if pause is None)
        if len(pauses) != 1 or not all(self._is_beside(other) for other in others):
            return None
        (inner, (time, pause)) = pauses[0]
        if pause.is_late and id(inner) not in _waited(everywhere(callee.block)):
            return None
        own = replace(time, amount=self._handed(time.amount, call, callee, body))
        is_late = callee.is_async or pause.is_late
        return own, Pause(call, own.milliseconds, (inner, *pause.way), is_late=is_late)

    def _is_beside(self, call: Call) -> bool:
        is_own = isinstance(call.target, Ref) and call.target.origin in (Origin.GLOBAL, Origin.LOCAL, Origin.ENCLOSING)
        return is_own or self._project.classify(call) in _BESIDE

    # How long

    def _amount(self, call: Call, position: int, body: Body) -> float | str | None:
        given = next(filter(None, (call.argument(name, position) for name in _AMOUNTS)), None)
        return self._known(given.value, self._names_at(call, body), call.span.file) if given is not None else 0.0

    def _names_at(self, call: Call, body: Body) -> Bindings:
        if id(body) not in self._names:
            self._names[id(body)] = {id(place.operation): place.names for place in bound(body)}
        return self._names[id(body)].get(id(call), Bindings())

    def _known(self, value: Value | None, names: Bindings, file: str) -> float | str | None:
        for _ in range(_DEEPEST):
            match value:
                case Constant(value=int(number) | float(number)) if not isinstance(number, bool):
                    return number
                case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(name,)) as ref:
                    value = names.value(ref)
                    if value is None and len(names.values(ref)) == 1:
                        return name
                case Ref(origin=Origin.MODULE | Origin.IMPORT) as ref:
                    found = self._project.bound(ref, file)
                    value = found if found != ref else None
                case _:
                    return None
        return None

    def _handed(self, amount: float | str | None, call: Call, callee: Body, body: Body) -> float | str | None:
        """The amount that a function was given for the parameter that says it."""
        names = [parameter.name for parameter in callee.parameters]
        if not isinstance(amount, str) or amount not in names:
            return None if isinstance(amount, str) else amount
        parameter = callee.parameters[names.index(amount)]
        given = call.argument(amount, names.index(amount) - (names[0] in ("self", "cls")))
        value = given.value if given is not None else parameter.default
        return self._known(value, self._names_at(call, body), call.span.file)


def _settles(timer: Call, resolve: str) -> bool:
    """Whether what a timer runs does no more than to settle a promise."""
    given = timer.arguments[0].value if timer.arguments else None
    match given:
        case Ref(path=(name,)):
            return name == resolve
        case Closure(body=body):
            return any(isinstance(o, Call) and o.spelling == resolve for o in everywhere(body.block))
    return False


def _waited(operations: Iterable[Operation]) -> frozenset[int]:
    """The operations, by identity, that are waited for, or handed to who waits."""
    return frozenset(_waits(operations))


def _waits(operations: Iterable[Operation]) -> Iterator[int]:
    for operation in operations:
        match operation:
            case Await(value=Result(of=of, path=())) | Return(value=Result(of=of, path=())):
                yield id(of)
