"""Neighbours: the steps of a block that are waited for one right after the other, and need nothing of each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeGuard

from inngest_lint.effects import Effect
from inngest_lint.model.body import Assign, Await, Block, Call, Loop, Operation, StepCall
from inngest_lint.model.value import Origin, Ref, Result, Value
from inngest_lint.model.walk import closures, everywhere, members, parts, values

if TYPE_CHECKING:
    from inngest_lint.project import Project

Taken = StepCall | Call
"""A step, or the call of a function that takes some."""

_HARMLESS = frozenset({Effect.LOG, Effect.PRINT, Effect.PURE})
_LOGGER = "logger"


def rows(block: Block, project: Project) -> Iterator[tuple[Taken, ...]]:
    """The steps that stand in a row, of which none needs an earlier one; those in loops left out."""
    yield from _Rows(project).of(block)
    for operation in block:
        if not isinstance(operation, Loop):
            for inner in parts(operation):
                yield from rows(inner, project)


@dataclass(slots=True)
class _Rows:
    """The row that is being read: what it took, and what came of that."""

    project: Project
    row: list[Taken] = field(default_factory=list)
    given: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    # What was called since the last step, to make the arguments of the next one perhaps.
    called: list[Call] = field(default_factory=list)

    def of(self, block: Block) -> Iterator[tuple[Taken, ...]]:
        for operation, following in zip(block, (*block, None)[1:], strict=True):
            if self._takes_steps(operation) and _is_waited_for(operation, following):
                if self._needs(operation) or not self._is_next(operation):
                    yield from self._end()
                self.row.append(operation)
                self.given.add(id(operation))
                self.called.clear()
            elif not self._goes_on(operation):
                yield from self._end()
        yield from self._end()

    def _end(self) -> Iterator[tuple[Taken, ...]]:
        if len(self.row) > 1:
            yield tuple(self.row)
        for kept in (self.row, self.given, self.names, self.called):
            kept.clear()

    def _takes_steps(self, operation: Operation) -> TypeGuard[Taken]:
        if isinstance(operation, StepCall):
            return True
        callee = self.project.callee(operation) if isinstance(operation, Call) else None
        return callee is not None and bool(self.project.steps(callee))

    def _is_next(self, taken: Taken) -> bool:
        return all(taken.span.contains(call.span) for call in self.called)

    def _goes_on(self, operation: Operation) -> bool:
        """Whether nothing happens between two steps but that what the first one gave gets a name, or is logged."""
        match operation:
            case Await(value=Result(of=waited)) if id(waited) in self.given:
                self.given.add(id(operation))
            case Assign(updates=False, targets=targets) if all(target.origin is Origin.LOCAL for target in targets):
                if self._needs(operation):
                    self.names.update(target.name for target in targets)
            case Call(mutates=None):
                if self._needs(operation):
                    self.given.add(id(operation))
                if not self._is_harmless(operation):
                    self.called.append(operation)
            case _:
                return False
        return True

    def _is_harmless(self, call: Call) -> bool:
        if isinstance(call.target, Ref) and call.target.origin is Origin.CONTEXT:
            return call.target.name == _LOGGER
        return self.project.classify(call) in _HARMLESS

    def _needs(self, operation: Operation) -> bool:
        return any(self._is_given(value) for value in values(operation))

    def _is_given(self, value: Value) -> bool:
        for member in members(value):
            if isinstance(member, Result) and id(member.of) in self.given:
                return True
            if isinstance(member, Ref) and member.is_variable and member.name in self.names:
                return True
        inner = (operation for body in closures(value) for operation in everywhere(body.block))
        return any(self._needs(operation) for operation in inner)


def _is_waited_for(taken: Taken, following: Operation | None) -> bool:
    if isinstance(following, Await) and isinstance(following.value, Result):
        return following.value.of is taken and not following.value.path
    return isinstance(taken, StepCall) and taken.immediate
