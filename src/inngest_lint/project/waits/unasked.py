"""Unasked: what is done with the reply to a wait before anything asks whether there is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.effects import Effect
from inngest_lint.model.body import Argument, Assign, Block, Body, Call, Loop, Operation, StepCall, StepKind, Try
from inngest_lint.model.parameters import received_by
from inngest_lint.model.value import EACH, Origin, Ref
from inngest_lint.model.walk import closures, members, own, parts, values

if TYPE_CHECKING:
    from inngest_lint.project import Project
    from inngest_lint.project.waits.replies import Reply
    from inngest_lint.text import Span

# Helpers that a reply is handed to are followed this far.
_DEEPEST = 3
_EXPECTED = frozenset({"AttributeError", "TypeError"})
_LOGS = (Effect.LOG, Effect.PRINT)


@dataclass(frozen=True, slots=True)
class Taken:
    """A use of a reply that fails where there is none; `within` is where it does, in the helper it is handed to."""

    span: Span
    within: Span | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A reference that an operation holds, in the body itself or in a closure of it."""

    operation: Operation
    ref: Ref
    inner: bool


def taken(reply: Reply, body: Body, project: Project) -> Taken | None:
    """The first use of a reply in a body that fails without one, where nothing has asked for it before."""
    if reply.read:
        return Taken(reply.wait.span)
    if reply.name is None or _is_asked_in_place(reply, body):
        return None
    seen = tuple(_seen(body.block))
    last = max((n for n, one in enumerate(seen) if one.operation is reply.since), default=0)
    search = _Search(project, body, {reply.name}, reply.keys)
    return None if search.is_asked_by_loop(reply.since) else search.first(seen[last + 1 :])


def is_looked_at(reply: Reply, body: Body) -> bool:
    """Whether anything in a body looks at a reply."""
    if reply.name is None:
        return reply.read
    return any(
        one.ref.name == reply.name and _differs(one.ref.path[1:], reply.keys) is None
        for one in _seen(body.block)
        if one.operation is not reply.since
    )


def _is_asked_in_place(reply: Reply, body: Body) -> bool:
    """Whether the reply is looked at where it is given a name: `if not (reply := await …)`."""
    kept = reply.since.value if isinstance(reply.since, Assign) else None
    others = (o for o in own(body.block) if o is not reply.since)
    return kept is not None and any(member == kept for o in others for value in values(o) for member in members(value))


def _seen(block: Block, *, inner: bool = False) -> Iterator[_Seen]:
    for operation in block:
        for value in values(operation):
            for member in members(value):
                if isinstance(member, Ref) and member.origin is (Origin.ENCLOSING if inner else Origin.LOCAL):
                    yield _Seen(operation, member, inner)
            for body in closures(value):
                yield from _seen(body.block, inner=True)
        for part in parts(operation):
            yield from _seen(part, inner=inner)


def _differs(hops: tuple[str, ...], keys: tuple[str, ...]) -> str | None:
    """The first hop that leads elsewhere than keys do."""
    return next((hop for hop, key in zip(hops, keys, strict=False) if hop != key), None)


@dataclass(frozen=True)
class _Search:
    """The search for the first use of a reply; `names` are all that it has been given."""

    project: Project
    body: Body
    names: set[str]
    keys: tuple[str, ...] = ()
    left: int = _DEEPEST

    def is_asked_by_loop(self, since: Operation) -> bool:
        """Whether the reply decides if the loop around it goes on: `while (!reply)`."""
        around = (o for o in own(self.body.block) if isinstance(o, Loop) and o.span.contains(since.span))
        tests = (member for loop in around if loop.test is not None for member in members(loop.test))
        return any(isinstance(test, Ref) and test.name in self.names for test in tests)

    def first(self, seen: tuple[_Seen, ...]) -> Taken | None:
        """The first use that fails, if nothing asks for the reply before it."""
        expecting = [o.body for o in own(self.body.block) if isinstance(o, Try) and _expects(o)]
        guarded = {id(one.operation) for block in expecting for one in _seen(block)}
        for one in seen:
            if one.ref.name in self.names:
                found = self._use(one) if id(one.operation) not in guarded else False
                if found is not True:
                    return found or None
        return None

    def _use(self, one: _Seen) -> Taken | bool:
        """What fails there; otherwise whether the search goes on."""
        hops = one.ref.path[1:]
        if isinstance(one.operation, Assign) and any(one.ref is target for target in one.operation.targets):
            return one.inner or bool(hops)
        elsewhere = _differs(hops, self.keys)
        if elsewhere is not None:
            return elsewhere != EACH
        if len(hops) > len(self.keys):
            guarded = one.ref.guarded
            return (guarded is None or guarded > len(self.keys) + 1) and Taken(_place(one))
        return len(hops) == len(self.keys) and self._whole(one)

    def _whole(self, one: _Seen) -> Taken | bool:
        """What becomes of the reply where it is taken as it is."""
        match one.operation:
            case Assign(targets=(Ref(origin=Origin.LOCAL, path=(name,)),), value=value) if value is one.ref:
                self.names.add(name)
                return not self.keys
            case Call() as call:
                if self.project.classify(call) in _LOGS:
                    return True
                return self._handed(call, one.ref, self.project.callee(call))
            case StepCall(kind=StepKind.RUN) as step:
                return self._handed(step, one.ref, self.project.callback(step))
        return False

    def _handed(self, call: Call | StepCall, ref: Ref, callee: Body | None) -> Taken | bool:
        argument = next((argument for argument in call.arguments if argument.value is ref), None)
        if callee is None or argument is None or not self.left:
            return False
        name = _received(call, argument, callee)
        if name is None or any(p.name == name and p.default is not None for p in callee.parameters):
            return False
        inside = _Search(self.project, callee, {name}, left=self.left - 1).first(tuple(_seen(callee.block)))
        return inside is not None and Taken(argument.span, inside.within or inside.span)


def _received(call: Call | StepCall, argument: Argument, callee: Body) -> str | None:
    if isinstance(call, Call):
        return received_by(call, argument, callee)
    place = [given for given in call.arguments if given.name is None].index(argument) if argument.name is None else -1
    return callee.parameters[place].name if 0 <= place < len(callee.parameters) and callee.owner is None else None


def _place(one: _Seen) -> Span:
    return one.ref.span if one.ref.span is not None and one.ref.written else one.operation.span


def _expects(attempt: Try) -> bool:
    """Whether the error that a missing reply makes is caught by its name."""
    return any(not _EXPECTED.isdisjoint(ref.path) for catch in attempt.catches for ref in catch.types)
