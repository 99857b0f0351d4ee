"""Rounds: how often a loop is run, as far as the code says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeGuard

from inngest_lint.effects import Effect
from inngest_lint.effects.kinds import kinds
from inngest_lint.model.body import (
    Assign,
    Await,
    Block,
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
from inngest_lint.model.value import EACH, Constant, Origin, Ref, Result, Value
from inngest_lint.model.walk import closures, everywhere, members, refs, refs_in, walk

if TYPE_CHECKING:
    from inngest_lint.model.bindings import Bindings
    from inngest_lint.project import Project

_ENDLESS = "endless"
_COUNTING = "counting"
_LENGTHS = frozenset({"length", "size"})
# What a way out through a `catch` is tested for, which bounds nothing.
_FAILED = Constant(None)


class _Number(Protocol):
    """A constant that is a whole number."""

    value: int


class Bound(Enum):
    """What keeps a loop from going on."""

    NOTHING = "nothing"  # it never ends
    DATA = "data"  # only what its own rounds find out
    KNOWN = "known"  # a count, a list, or something that is not known


class _Says(Enum):
    """What a test of a loop says of its end."""

    NOTHING = "nothing"
    DATA = "data"
    MORE = "more"


@dataclass(frozen=True)
class Rounds:
    """A loop, and the names in force around it."""

    loop: Loop
    names: Bindings
    project: Project

    @property
    def bound(self) -> Bound:
        """What keeps the loop from going on."""
        if self.loop.over is not None and not self._is(self.loop.over, _ENDLESS):
            return Bound.KNOWN
        if any(isinstance(operation, Hole) for operation in walk(self.loop.body)):
            return Bound.KNOWN
        ways = list(self._ways_out())
        if not ways:
            return Bound.NOTHING
        says = {self._says(tests) for tests in ways}
        return Bound.DATA if _Says.MORE not in says and _Says.DATA in says else Bound.KNOWN

    @property
    def can_be_left(self) -> bool:
        """Whether something in the loop ends it before its time."""
        return any(True for _ in _exits(self.loop.body, ()))

    def hands_on(self, step: StepCall) -> bool:
        """Whether a step works with what the rounds before have found: the next page, and not the same question."""
        given = [argument.value for argument in (step.callback, *step.arguments) if argument is not None]
        read = [ref for value in given for ref in refs(value)]
        for body in (body for value in given for body in closures(value)):
            read.extend(ref for operation in everywhere(body.block) for ref in refs_in(operation))
        return any(ref.is_variable and ref.name in self._found | self._counters for ref in read)

    @cached_property
    def count(self) -> int | None:
        """How many rounds there are, where the code counts them."""
        match self.loop:
            case Loop(over=Result(of=Call() as call)) if self._is(Result(call), _COUNTING):
                given = [self._number(argument.value) for argument in call.arguments]
                known = [number for number in given if number is not None]
                return len(range(*known)) if 0 < len(known) == len(given) <= 3 and 0 not in known[2:] else None
            case Loop(over=None, test=test) if test is not None:
                return self._counted(test)
        return None

    @cached_property
    def goes_through(self) -> Value | None:
        """The list that the loop goes through, item by item, with a counter or without one."""
        if self.loop.over is not None or self.loop.test is None:
            return self.loop.over
        read = [member for member in members(self.loop.test) if isinstance(member, Ref)]
        lists = [ref for ref in read if len(ref.path) > 1 and ref.path[-1] in _LENGTHS]
        counters = [ref for ref in read if ref.path == (ref.name,) and self._steps_of(ref) == 1]
        if len(read) != 2 or len(lists) != 1 or len(counters) != 1:
            return None
        return Ref(lists[0].origin, lists[0].path[:-1])

    # Counting

    def _is(self, over: Value, kind: str) -> bool:
        match over:
            case Result(of=Call() as call, path=()):
                dotted = self.project.dotted(call)
                file = call.span.file
                known = kinds("rounds", self.project.module(file).language).named(kind)
                return dotted is not None and known is not None and dotted in known.values
        return False

    def _counted(self, test: Value) -> int | None:
        """`for (let i = 0; i < 2000; i++)`."""
        found = [member for member in members(test) if member is not test]
        counters = [ref for ref in found if isinstance(ref, Ref) and ref.path == (ref.name,) and self._steps_of(ref)]
        if len(found) != 2 or len(counters) != 1:
            return None
        (counter,) = counters
        end = next((self._number(value) for value in found if value != counter), None)
        step = self._steps_of(counter)
        # Loops share the name of their counter: the shortest of what may be meant is taken.
        starts = [value.value for value in self.names.values(counter) if _is_number(value)]
        if end is None or not step or not starts:
            return None
        return min(-(-abs(end - start) // abs(step)) for start in starts)

    def _steps_of(self, counter: Ref) -> int | None:
        """By how much each round moves a counter, where nothing else does."""
        found = [o for o in self._assigns if o.targets == (counter,)]
        if len(found) != 1 or found[0] not in self.loop.body:
            return None
        rest = [member for member in members(found[0].value) if member not in (found[0].value, counter)]
        if not rest:
            return 1
        return self._number(rest[0]) if len(rest) == 1 else None

    def _number(self, value: Value | None) -> int | None:
        if isinstance(value, Ref):
            value = self.names.value(value) if value.is_variable else self.project.bound(value, self._file)
        return value.value if _is_number(value) else None

    # Ways out

    def _ways_out(self) -> Iterator[tuple[Value, ...]]:
        test = self.loop.test
        if test is not None and not (isinstance(test, Constant) and test.value):
            yield (test,)
        yield from _exits(self.loop.body, ())

    def _says(self, tests: tuple[Value, ...]) -> _Says:
        found = {self._says_of(member) for test in tests for member in members(test)}
        if not tests or _Says.MORE in found:
            return _Says.MORE
        return _Says.DATA if _Says.DATA in found else _Says.NOTHING

    def _says_of(self, member: Value) -> _Says:
        match member:
            case Result(of=Await(value=value)) if value != member:
                return self._says_of(value)
            case Result(of=StepCall() | Parallel()):
                return _Says.DATA
            case Result(of=Call() as call):
                return self._says_of_call(call)
            case Result():
                return _Says.MORE
            case Ref() if member.is_variable:
                return self._says_of_name(member)
        return _Says.NOTHING

    def _says_of_call(self, call: Call) -> _Says:
        """`done(status)` is about what the round found, `queue.empty()` and `late()` are about something else."""
        given = [argument.value for argument in call.arguments]
        about = given if call.receiver is None else [*given, call.receiver]
        found = {self._says((value,)) for value in about}
        is_clock = self.project.classify(call) is Effect.CLOCK
        return _Says.DATA if found == {_Says.DATA} and not is_clock else _Says.MORE

    def _says_of_name(self, ref: Ref) -> _Says:
        if ref.name in self._counters or ref.name in self._changed:
            return _Says.MORE
        if ref.name in self._found:
            return _Says.DATA
        return _Says.MORE if ref.path[-1] in _LENGTHS else _Says.NOTHING

    @property
    def _file(self) -> str:
        return self.loop.span.file

    @cached_property
    def _assigns(self) -> tuple[Assign, ...]:
        return tuple(operation for operation in walk(self.loop.body) if isinstance(operation, Assign))

    @cached_property
    def _changed(self) -> frozenset[str]:
        """The names of collections that the rounds change: worklists, and what is collected up to a number."""
        calls = (operation for operation in walk(self.loop.body) if isinstance(operation, Call))
        return frozenset(call.mutates.name for call in calls if call.mutates is not None)

    @cached_property
    def _found(self) -> frozenset[str]:
        """The names that each round gives another value."""
        return frozenset(t.name for assign in self._assigns for t in assign.targets if t.path == (t.name,))

    @cached_property
    def _counters(self) -> frozenset[str]:
        """The names that each round moves: `page += 1`, `offset = offset + SIZE`."""
        return frozenset(
            target.name
            for assign in self._assigns
            for target in assign.targets
            if target.path == (target.name,) and self._moves(assign, target)
        )

    def _moves(self, assign: Assign, target: Ref) -> bool:
        read = [member for member in members(assign.value) if member is not assign.value]
        rest = [member for member in read if member != target]
        is_own = len(rest) < len(read) or assign.updates
        return is_own and not any(isinstance(member, Result) or self._is_found(member) for member in rest)

    def _is_found(self, member: Value) -> bool:
        return isinstance(member, Ref) and member.origin is Origin.LOCAL and member.name in self._found


def _is_number(value: Value | None) -> TypeGuard[_Number]:
    return isinstance(value, Constant) and isinstance(value.value, int) and not isinstance(value.value, bool)


def _exits(block: Block, tests: tuple[Value, ...]) -> Iterator[tuple[Value, ...]]:
    """The tests that lead to each way out of a loop whose body a block is part of."""
    for operation in block:
        match operation:
            case Return() | Throw() | Jump(kind="break"):
                yield tests
            case Branch(arms=arms):
                for number, arm in enumerate(arms):
                    on_the_way = (before.test for before in arms[: number + 1] if before.test is not None)
                    yield from _exits(arm.block, (*tests, *on_the_way))
            case Loop(body=body):
                yield from (way for way in _left(body, tests))
            case Scope(body=body):
                yield from _exits(body, tests)
            case Try():
                for inner in (operation.body, operation.otherwise, operation.final):
                    yield from _exits(inner, tests)
                for catch in operation.catches:
                    yield from _exits(catch.body, (*tests, _FAILED))


def _left(block: Block, tests: tuple[Value, ...]) -> Iterator[tuple[Value, ...]]:
    """The ways out of the function within a loop inside the loop; what it goes through is not counted."""
    if any(isinstance(operation, (Return, Throw)) for operation in walk(block)):
        yield (*tests, Ref(Origin.LOCAL, (EACH, "length")))


def taken_each_round(block: Block, project: Project) -> Iterator[Operation]:
    """The steps, and the calls that lead to some, that a block takes on every way through it."""
    for operation in block:
        match operation:
            case StepCall() | Parallel():
                yield operation
            case Call() as call if (callee := project.callee(call)) is not None and project.steps(callee):
                yield operation
            case Scope(body=body) | Try(body=body):
                yield from taken_each_round(body, project)
            case Return() | Jump() | Throw():
                return
