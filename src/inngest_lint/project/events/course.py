"""Courses: what happens on the way through an Inngest function, inside its steps too, and whether it always does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from inngest_lint.effects import Effect
from inngest_lint.model.bindings import Bindings
from inngest_lint.model.body import (
    Block,
    Body,
    Branch,
    Call,
    Hole,
    Jump,
    Loop,
    Operation,
    Parallel,
    Return,
    Scope,
    StepCall,
    Throw,
    Try,
)
from inngest_lint.model.value import Constant, Items, Value
from inngest_lint.model.walk import closures, walk
from inngest_lint.project.calls import Calls

Entered = Call | StepCall
"""What makes a function of the project run."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where an operation is written: the names in force there, the body, and by what that was entered from where."""

    file: str
    names: Bindings
    body: Body | None = None
    entered: Entered | None = None
    around: Place | None = None
    own: frozenset[str] | None = None

    def within(self, body: Body) -> bool:
        """Whether a body is on the way here already."""
        place: Place | None = self
        while place is not None:
            if place.body is body:
                return True
            place = place.around
        return False


@dataclass(frozen=True, slots=True, eq=False)
class Happening:
    """An operation on the course of a function, the place where it is written, and what led there.

    It is `conditional` where the function may end without it. `inside` is the step in whose function it happens,
    `way` are the calls that lead to it, the one in the handler first.
    """

    operation: Operation
    place: Place
    conditional: bool
    inside: StepCall | None = None
    way: tuple[Entered, ...] = ()


@dataclass(slots=True)
class Course:
    """A walk along a function; `names` are those in force in each body."""

    calls: Calls
    names: Callable[[Body], Bindings]
    _ended: bool = False
    _followed: set[int] = field(default_factory=set)

    def of(self, body: Body, own: frozenset[str] | None, *, conditional: bool) -> Iterator[Happening]:
        """What happens when Inngest calls a body, each call of a helper followed once."""
        self._ended = conditional
        place = Place(body.span.file, self.names(body), body, own=own)
        return self._block(body.block, Happening(Hole(body.span, ""), place, conditional=False))

    def _block(self, block: Block, at: Happening) -> Iterator[Happening]:
        for operation in block:
            here = replace(at, operation=operation, conditional=at.conditional or self._ended)
            yield here
            yield from self._parts(operation, here)
            if isinstance(operation, (Return, Throw, Jump, Hole)):
                self._ended = True

    def _parts(self, operation: Operation, at: Happening) -> Iterator[Happening]:
        """What happens inside an operation."""
        perhaps = replace(at, conditional=True)
        match operation:
            case Branch(arms=arms):
                for arm in arms:
                    yield from self._block(arm.block, perhaps)
            case Loop(body=body):
                yield from self._block(body, at if _runs(operation) else perhaps)
            case Scope(body=body):
                yield from self._block(body, at)
            case Try(body=body, catches=catches, otherwise=otherwise, final=final):
                yield from self._block(body, at)
                for catch in catches:
                    yield from self._block(catch.body, perhaps)
                yield from self._block((*otherwise, *final), at)
            case Parallel(branches=branches, over=over):
                for inner in (inner for branch in branches for inner in closures(branch)):
                    yield from self._enter(inner, at if over is None else perhaps)
            case StepCall() as step:
                inside = self.calls.callback(step)
                if inside is not None:
                    yield from self._enter(inside, replace(at, inside=at.inside or step), step)
            case Call() as call:
                yield from self._called(call, at, perhaps)

    def _called(self, call: Call, at: Happening, perhaps: Happening) -> Iterator[Happening]:
        callee = self.calls.callee(call)
        is_step = self.calls.classify(call) is Effect.STEP_RUN
        if callee is not None:
            yield from self._enter(callee, at, call)
        for argument in call.arguments:
            for inner in closures(argument.value):
                yield from self._enter(inner, at if is_step else perhaps)
            if is_step and (named := self.calls.function(argument.value, call.span.file)) is not None:
                yield from self._enter(named, at)

    def _enter(self, body: Body, at: Happening, entered: Entered | None = None) -> Iterator[Happening]:
        key = id(entered if entered is not None else body)
        if key in self._followed or at.place.within(body):
            return
        self._followed.add(key)
        before, way = self._ended, at.way if entered is None else (*at.way, entered)
        place = Place(body.span.file, self.names(body), body, entered, at.place, at.place.own)
        yield from self._block(body.block, replace(at, place=place, way=way))
        # What a function returns early from is that function; an error that is not retried ends the whole.
        self._ended = before or self._ended_by_error(body)

    def _ended_by_error(self, body: Body) -> bool:
        return any(isinstance(o, Throw) and self._is_final(o.value, body.span.file) for o in walk(body.block))

    def _is_final(self, value: Value | None, file: str) -> bool:
        ref = self.calls.canonical(value, file) if value is not None else None
        return ref is not None and ref.path[:2] == ("inngest", "NonRetriableError")


def _runs(loop: Loop) -> bool:
    """Whether the rounds of a loop are run at least once."""
    match loop:
        case Loop(over=Items(values=values)):
            return bool(values)
        case Loop(over=None, test=Constant(value=value)):
            return bool(value)
    return False
