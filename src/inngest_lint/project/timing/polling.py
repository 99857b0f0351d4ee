"""Polling: loops that look again and again for something to change, and sleep in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.model.body import (
    Assign,
    Await,
    Block,
    Body,
    Branch,
    Call,
    Jump,
    Loop,
    Operation,
    Return,
    StepCall,
    Try,
)
from inngest_lint.model.value import EACH, Constant, Origin, Ref, Result, Value
from inngest_lint.model.walk import members, refs, walk
from inngest_lint.project.timing.pauses import Pause, Pauses

if TYPE_CHECKING:
    from inngest_lint.project import Project

_ID = "id"
# What tells whether an attempt went well, and not whether something has changed.
_OF_ATTEMPTS = frozenset({"ok", "status_code", "statusCode", "is_success", "error"})
_DEEPEST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Poll:
    """A loop that polls, its pause, and the calls of the project's functions that lead to it, none where it stands."""

    loop: Loop
    pause: Pause
    way: tuple[Call, ...] = ()


class Polling:
    """The loops of a project's functions that poll."""

    def __init__(self, project: Project) -> None:
        self.pauses = Pauses(project)
        self._project = project
        self._known: dict[int, tuple[Poll, ...]] = {}

    def of(self, body: Body) -> tuple[Poll, ...]:
        """The loops of a body itself that poll, the outer ones first."""
        if id(body) not in self._known:
            self._known[id(body)] = tuple(self._of(body))
        return self._known[id(body)]

    def reached(self, body: Body, left: int = _DEEPEST) -> Iterator[Poll]:
        """The loops that poll in a body, and in the functions it calls."""
        yield from self.of(body)
        for operation in self._project.happening(body.block):
            callee = self._project.callee(operation) if isinstance(operation, Call) and left else None
            if callee is None or not isinstance(operation, Call) or self._project.steps(callee):
                continue
            yield from (Poll(p.loop, p.pause, (operation, *p.way)) for p in self.reached(callee, left - 1))

    def _of(self, body: Body) -> Iterator[Poll]:
        loops = [operation for operation in self._project.happening(body.block) if isinstance(operation, Loop)]
        pauses = self.pauses.of(body) if loops else ()
        for loop in loops:
            inside = {id(operation) for operation in self._project.happening(loop.body)}
            pause = next((pause for pause in pauses if id(pause.call) in inside), None)
            if pause is not None and self._polls(loop, pause):
                yield Poll(loop, pause)

    def _polls(self, loop: Loop, pause: Pause) -> bool:
        happening = tuple(self._project.happening(loop.body))
        if any(isinstance(operation, StepCall) for operation in happening) or _in_catch(loop, pause):
            return False
        changed = {t.name for o in happening if isinstance(o, Assign) for t in o.targets if t.path == (t.name,)}
        changed |= {ref.name for ref in loop.binds}
        return any(self._looks(test, loop, changed) for test in _tests(loop))

    def _looks(self, test: Value, loop: Loop, changed: set[str]) -> bool:
        """Whether a way out of the loop hangs on what is looked at anew in each round, in the same way."""
        found = [member for member in members(test) if member is not test or not isinstance(test, Constant)]
        if any(_is_of_attempt(member) for member in found):
            return False
        named = [member for member in found if isinstance(member, Ref)]
        if named and all(ref.origin is Origin.MODULE and len(ref.path) > 1 for ref in named):
            return not any(isinstance(member, Result) for member in found)
        calls = [call for member in found for call in _calls_of(member, loop)]
        return any(self._is_same_each_round(call, changed) for call in calls)

    def _is_same_each_round(self, call: Call, changed: set[str]) -> bool:
        given = [argument.value for argument in call.arguments]
        read = [ref for value in given for ref in refs(value)]
        if isinstance(call.target, Ref):
            read.append(call.target)
        if any(EACH in ref.path for ref in read):
            return False
        own = [ref for ref in read if ref.is_variable and ref.name in changed]
        is_look = self._project.callee(call) is not None or _is_foreign(call)
        return is_look and all(len(ref.path) > 1 and ref.path[-1].lower().endswith(_ID) for ref in own)


def _is_foreign(call: Call) -> bool:
    """Whether a call leads out of the function: into a library, or to what something was given."""
    return not isinstance(call.target, Ref) or call.target.origin is not Origin.GLOBAL or call.target.name == "fetch"


def _is_of_attempt(member: Value) -> bool:
    return isinstance(member, (Ref, Result)) and bool(member.path) and member.path[-1] in _OF_ATTEMPTS


def _in_catch(loop: Loop, pause: Pause) -> bool:
    """Whether a pause is made because something failed."""
    for operation in walk(loop.body):
        if isinstance(operation, Try):
            for catch in operation.catches:
                if any(inner is pause.call for inner in walk(catch.body)):
                    return True
    return False


def _tests(loop: Loop) -> Iterator[Value]:
    """What decides whether the loop goes on."""
    if loop.test is not None and not (isinstance(loop.test, Constant) and loop.test.value):
        yield loop.test
    for operation in walk(loop.body):
        if isinstance(operation, Branch):
            yield from (arm.test for arm in operation.arms if arm.test is not None and _leaves(arm.block))


def _leaves(block: Block) -> bool:
    return any(isinstance(o, Return) or (isinstance(o, Jump) and o.kind == "break") for o in walk(block))


def _calls_of(member: Value, loop: Loop) -> Iterator[Call]:
    """The calls that a part of a test was given by, in this round."""
    match member:
        case Result(of=operation):
            yield from _given(operation)
        case Ref() if member.is_variable:
            for operation in walk(loop.body):
                if isinstance(operation, Assign) and any(t.path == (member.name,) for t in operation.targets):
                    for part in members(operation.value):
                        if isinstance(part, Result):
                            yield from _given(part.of)


def _given(operation: Operation) -> Iterator[Call]:
    match operation:
        case Call():
            yield operation
        case Await(value=Result(of=of)):
            yield from _given(of)
