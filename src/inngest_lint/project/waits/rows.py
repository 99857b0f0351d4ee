"""Rows: waits that a loop takes one after the other, each for the event of another item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.model.body import Assign, Await, Block, Body, Call, Loop, Operation, StepCall, StepKind
from inngest_lint.model.parameters import received_by
from inngest_lint.model.value import EACH, Items, Opaque, Origin, Ref, Result, Value
from inngest_lint.model.walk import members, own, parts
from inngest_lint.project.waits.replies import WAITS

if TYPE_CHECKING:
    from inngest_lint.project import Project
    from inngest_lint.text import Span

_SELECTS = frozenset({"condition", "event", "match", "signal"})
_PAUSES = WAITS | {StepKind.SLEEP, StepKind.SLEEP_UNTIL}
_COUNTS = frozenset({"range", "Array.from"})
_NUMBERED = "enumerate"
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Queued:
    """A wait for the event of one item, where it stands in the loop; `within` is where it is in a helper."""

    span: Span
    within: Span | None = None


def queued(loop: Loop, project: Project) -> Iterator[Queued]:
    """The waits of a loop that are for an item each, where nothing that the loop does before brings the event about."""
    if not any(reached.step.kind in WAITS for reached in project.steps_in(loop.body)):
        return
    if loop.deferred or _is_fixed(loop.over, loop, project):
        return
    item = _Item(loop, _names(loop), _numbers(loop))
    item.follow(loop.body)
    for operation in own(loop.body):
        if _acts(operation, project):
            return
        match operation:
            case StepCall(kind=kind) if kind in WAITS and _selects(operation, item):
                yield Queued(operation.span)
            case Call():
                found = _in_helper(operation, item, project, _DEEPEST)
                if found is not None:
                    yield Queued(operation.span, found)


@dataclass(frozen=True, slots=True)
class _Item:
    """What stands for the item of a round: names for it, and the numbers that it has its place by."""

    loop: Loop | None
    names: set[str]
    numbers: frozenset[str]

    def follow(self, block: Block) -> None:
        """Take in the names that a block gives to what it makes of the item."""
        for operation in own(block):
            if isinstance(operation, Assign) and self.is_in(operation.value):
                self.names.update(target.name for target in operation.targets if target.origin is Origin.LOCAL)

    def is_in(self, value: Value) -> bool:
        """Whether a value is made of the item."""
        return any(self._is(member) for member in members(value))

    def _is(self, value: Value) -> bool:
        match value:
            case Ref(origin=Origin.LOCAL, path=(name, *_)) if name in self.names:
                return True
            case Ref(origin=Origin.CONTEXT, path=path):
                over = self.loop.over if self.loop is not None else None
                return isinstance(over, Ref) and path[: len(over.path) + 1] == (*over.path, EACH)
            case Opaque(reads=reads):
                of = [read for read in reads if isinstance(read, Ref)]
                return any(EACH in ref.path for ref in of) and any(ref.name in self.numbers for ref in of)
        return False


def _names(loop: Loop) -> set[str]:
    called = _called(loop.over)
    if called in _COUNTS:
        return set()
    binds = loop.binds[1:] if called == _NUMBERED and len(loop.binds) > 1 else loop.binds
    return {ref.name for ref in binds} if loop.over is not None else set()


def _numbers(loop: Loop) -> frozenset[str]:
    """The names that count the rounds."""
    if _called(loop.over) in _COUNTS:
        return frozenset(ref.name for ref in loop.binds)
    updates = (o for o in own(loop.body) if isinstance(o, Assign) and o.updates)
    return frozenset(target.name for o in updates for target in o.targets) if loop.over is None else frozenset()


def _called(value: Value | None) -> str | None:
    return value.of.spelling if isinstance(value, Result) and isinstance(value.of, Call) and not value.path else None


def _is_fixed(over: Value | None, loop: Loop, project: Project) -> bool:
    """Whether the items are written out: they are stages then, that follow each other."""
    if isinstance(over, Ref) and over.origin is Origin.MODULE:
        return isinstance(project.bound(over, loop.span.file), Items)
    return isinstance(over, Items)


def _acts(operation: Operation, project: Project) -> bool:
    """Whether an operation may bring the awaited event about, or make room for it."""
    match operation:
        case StepCall(kind=kind):
            return kind not in _PAUSES
        case Await(value=Result(of=Call() as call)):
            callee = project.callee(call)
            inside = (o for body in project.reachable(callee) for o in own(body.block)) if callee is not None else ()
            return callee is None or any(_acts_itself(inner, project) for inner in inside)
    return False


def _acts_itself(operation: Operation, project: Project) -> bool:
    match operation:
        case StepCall(kind=kind):
            return kind not in _PAUSES
        case Await(value=Result(of=Call() as call)):
            return project.callee(call) is None
    return False


def _selects(step: StepCall, item: _Item) -> bool:
    return any(argument.name in _SELECTS and item.is_in(argument.value) for argument in step.arguments)


def _in_helper(call: Call, item: _Item, project: Project, left: int) -> Span | None:
    """The wait of a helper for the item that it is given, if that is the first thing it does."""
    callee = project.callee(call) if left else None
    if callee is None:
        return None
    given = {received_by(call, argument, callee) for argument in call.arguments if item.is_in(argument.value)}
    names = {name for name in given if name is not None}
    return _first_wait(callee, names, project, left) if names else None


def _first_wait(body: Body, names: set[str], project: Project, left: int) -> Span | None:
    item = _Item(None, names, frozenset())
    item.follow(body.block)
    for operation in own(body.block):
        if any(True for _ in parts(operation)):
            continue
        if _acts(operation, project):
            return None
        match operation:
            case StepCall(kind=kind) if kind in WAITS and _selects(operation, item):
                return operation.span
            case Call():
                found = _in_helper(operation, item, project, left - 1)
                if found is not None:
                    return found
    return None
