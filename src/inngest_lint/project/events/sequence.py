"""Sequence: whether one thing that a function does is over before another one begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from inngest_lint.model.body import (
    Assign,
    Await,
    Block,
    Body,
    Branch,
    Call,
    Operation,
    Parallel,
    StepCall,
    Try,
)
from inngest_lint.model.flow import leaves
from inngest_lint.model.language import Language
from inngest_lint.model.promises import is_immediate
from inngest_lint.model.value import Origin, Ref, Result, Value
from inngest_lint.model.walk import closures, members, parts

if TYPE_CHECKING:
    from inngest_lint.project import Project
    from inngest_lint.project.events import Edge
    from inngest_lint.text import Span

_BLOCKING_SEND = "send_sync"
_DEEPEST = 6


def stations(tie: Edge, project: Project) -> Iterator[tuple[Body, Span]]:
    """The bodies on the way to a tie of a function, and the place in each that leads on; the tie itself at last."""
    body = _entry(tie)
    for entered in tie.way:
        if body is not None:
            yield body, entered.span
        body = project.callback(entered) if isinstance(entered, StepCall) else project.callee(entered)
    if body is not None:
        yield body, tie.span


def _entry(tie: Edge) -> Body | None:
    """The body that Inngest calls to come to a tie."""
    first = tie.way[0].span if tie.way else tie.span
    function = tie.function.function if tie.function is not None else None
    entries = (function.handler, function.on_failure) if function is not None else ()
    return next((entry for entry in entries if entry is not None and entry.span.contains(first)), None)


def is_over_before(first: Edge, then: Edge, project: Project) -> bool:
    """Whether what one tie of a function stands for is over whenever that of another one, which follows, begins."""
    for (body, place), (other, next_) in zip(stations(first, project), stations(then, project), strict=False):
        if body is not other:
            return False
        if place != next_:
            return _Sequence(body, project).is_over_before(place, next_)
    return False


@dataclass(frozen=True, slots=True)
class _Way:
    """One of the ways on which an operation lies: an arm of a branch, one of several things in parallel.

    `ends` where the function is left at the end of it.
    """

    of: Operation
    number: int
    ends: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    operation: Operation
    ways: tuple[_Way, ...]


@dataclass(frozen=True)
class _Sequence:
    """What a body does, in order."""

    body: Body
    project: Project

    @cached_property
    def _entries(self) -> tuple[_Entry, ...]:
        return tuple(self._block(self.body.block, ()))

    def is_over_before(self, first: Span, then: Span) -> bool:
        """Whether what stands at one place is over whenever what stands at another one begins, which does follow."""
        one, other = self._at(first), self._at(then)
        if one is None or other is None or one >= other:
            return False
        begun, next_ = self._entries[one], self._entries[other]
        shared = {id(way.of): way.number for way in next_.ways}
        if any(shared.get(id(way.of), way.number) != way.number for way in begun.ways):
            return False
        own = [way for way in begun.ways if id(way.of) not in shared]
        if any(way.ends for way in own):
            return False
        # What runs beside other things is over when all of them are.
        beside = next((way.of for way in own if isinstance(way.of, Parallel)), begun.operation)
        return self._is_awaited(beside, one, other)

    def _at(self, span: Span) -> int | None:
        found = (n for n, entry in enumerate(self._entries) if entry.operation.span == span and _acts(entry.operation))
        return next(found, None)

    def _block(self, block: Block, ways: tuple[_Way, ...]) -> Iterator[_Entry]:
        for operation in block:
            yield _Entry(operation, ways)
            for way, inner in self._inside(operation):
                yield from self._block(inner, ways if way is None else (*ways, way))

    def _inside(self, operation: Operation) -> Iterator[tuple[_Way | None, Block]]:
        match operation:
            case Branch(arms=arms):
                yield from ((_Way(operation, number, leaves(arm.block)), arm.block) for number, arm in enumerate(arms))
            case Try(body=body, catches=catches):
                yield None, (*body, *operation.otherwise)
                for number, catch in enumerate(catches):
                    yield _Way(operation, number, leaves(catch.body)), catch.body
                yield None, operation.final
            case Parallel(branches=branches):
                for number, branch in enumerate(branches):
                    yield from ((_Way(operation, number), body.block) for body in closures(branch))
            case Call() as call:
                yield from ((None, body.block) for body in self.project.called_at_once(call))
            case _:
                yield from ((None, block) for block in parts(operation))

    def _is_awaited(self, operation: Operation, start: int, end: int) -> bool:
        if self._gives_at_once(operation):
            return True
        waits = (entry.operation for entry in self._entries[start:end])
        return any(isinstance(wait, Await) and self._holds(wait.value, operation, end, _DEEPEST) for wait in waits)

    def _gives_at_once(self, operation: Operation) -> bool:
        """Whether there is nothing to await of an operation."""
        match operation:
            case Call() as call if self.project.module(call.span.file).language is Language.PYTHON:
                callee = self.project.callee(call)
                return call.spelling.endswith(_BLOCKING_SEND) if callee is None else not callee.is_async
            case StepCall() | Parallel():
                return is_immediate(operation)
        return False

    def _holds(self, value: Value, operation: Operation, end: int, left: int) -> bool:
        """Whether a value is what an operation gives, or has it among its parts."""
        return left > 0 and any(self._is_part(part, operation, end, left - 1) for part in members(value))

    def _is_part(self, part: Value, operation: Operation, end: int, left: int) -> bool:
        match part:
            case Result(of=of) if of is operation:
                return True
            case Result(of=Call(arguments=arguments, receiver=receiver)):
                given = [argument.value for argument in arguments]
                held = given if receiver is None else [*given, receiver]
                return any(self._holds(value, operation, end, left) for value in held)
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(name,)):
                return any(self._holds(value, operation, end, left) for value in self._bound(name, end))
        return False

    def _bound(self, name: str, end: int) -> Iterator[Value]:
        for entry in self._entries[:end]:
            match entry.operation:
                case Assign(targets=(Ref(path=(target,)),), value=value) if target == name:
                    yield value


def _acts(operation: Operation) -> bool:
    return isinstance(operation, (Call, StepCall))
