"""Replies: what a wait gives, which is nothing once its time is up, and the names that it is kept in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inngest_lint.model.body import Assign, Await, Body, Call, Operation, Parallel, Return, StepCall, StepKind
from inngest_lint.model.promises import gives_promise, is_immediate
from inngest_lint.model.value import EACH, Origin, Ref, Result, Value
from inngest_lint.model.walk import closures, everywhere, members, own, refs_in, results_in, values

if TYPE_CHECKING:
    from inngest_lint.project import Project

WAITS = frozenset({StepKind.WAIT_FOR_EVENT, StepKind.WAIT_FOR_SIGNAL})
"""The steps that give nothing when they time out."""

# Helpers that give back what helpers waited for are followed this far.
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Reply:
    """What a wait gives, under the name it is kept in and the keys that lead to it there.

    `wait` is the step, or the call of a helper that waits; `since` what binds the name. Without a name it is `read`
    by `since` where it stands, or looked at by nothing.
    """

    wait: StepCall | Call
    since: Operation
    name: str | None = None
    keys: tuple[str, ...] = ()
    read: bool = False


def replies(body: Body, project: Project) -> Iterator[Reply]:
    """The replies that a body itself is given, those of its closures left out."""
    for operation in own(body.block):
        match operation:
            case Assign():
                yield from _assigned(operation, body, project)
            case Await() | StepCall() | Parallel() | Call() if not _is_promise(operation, project):
                yield from _unkept(operation, body, project)
        yield from _read(operation, project)


def _is_promise(operation: Operation, project: Project) -> bool:
    """Whether what an operation gives has to be awaited first."""
    match operation:
        case StepCall() | Parallel():
            return not is_immediate(operation)
        case Call():
            callee = project.callee(operation)
            return callee is None or callee.is_async or gives_promise(callee, project.module(callee.span.file).language)
    return False


def waited_for(value: Value, project: Project, left: int = _DEEPEST) -> StepCall | Call | None:
    """The wait whose reply a value is: the step, or the call of a helper that gives back what it waited for."""
    match value:
        case Result(of=StepCall(kind=kind) as step, path=()) if kind in WAITS:
            return step
        case Result(of=Await(value=waited), path=()):
            return waited_for(waited, project, left)
        case Result(of=Call() as call, path=()) if left:
            callee = project.callee(call)
            return call if callee is not None and _gives_reply(callee, project, left - 1) else None
    return None


def _gives_reply(body: Body, project: Project, left: int) -> bool:
    """Whether a function gives back what it waited for, as it is."""
    if body.generates or body.decorated:
        return False
    given = [o.value for o in own(body.block) if isinstance(o, Return) and o.value is not None]
    return any(waited_for(_kept_in(value, body), project, left) is not None for value in given)


def _kept_in(value: Value, body: Body) -> Value:
    """What a local name stands for that is bound once, and then only given back."""
    if not isinstance(value, Ref) or value.origin is not Origin.LOCAL or len(value.path) > 1:
        return value
    given = [o for o in own(body.block) if isinstance(o, Assign) and value in o.targets]
    looks = sum(ref.path[:1] == value.path for o in everywhere(body.block) for ref in refs_in(o))
    return given[0].value if len(given) == 1 and looks == len((given[0], value)) else value


def _assigned(assign: Assign, body: Body, project: Project) -> Iterator[Reply]:
    names = [target.name for target in assign.targets if target.origin is Origin.LOCAL and len(target.path) == 1]
    if assign.updates or not names or len(names) != len(assign.targets):
        return
    given = assign.value.of if isinstance(assign.value, Result) else None
    wait = waited_for(assign.value, project) if given is not None and not _is_promise(given, project) else None
    if wait is not None and len(names) == 1:
        yield Reply(wait, assign, names[0])
    for place, beside in _beside(assign.value, project):
        match assign.value:
            case Result(path=(only,)) if only == str(place) and len(names) == 1:
                yield Reply(beside, assign, names[0])
            case Result(path=()) if len(names) > 1:
                yield from (Reply(beside, assign, name) for name in names[place : place + 1])
            case Result(path=()):
                yield from _one_or_all(Reply(beside, assign, names[0]), place, body)


def _one_or_all(reply: Reply, place: int, body: Body) -> Iterator[Reply]:
    """A reply in a name that is the list of all, or the first of them: `const [first] = …`."""
    looks = (ref for o in everywhere(body.block) if o is not reply.since for ref in refs_in(o))
    hops = {ref.path[1:2] for ref in looks if ref.is_variable and ref.name == reply.name}
    if all(hop and (hop[0].isdigit() or hop[0] == EACH) for hop in hops):
        yield replace(reply, keys=(str(place),))
    elif ("data",) in hops and place == 0:
        yield reply


def _beside(value: Value, project: Project) -> Iterator[tuple[int, StepCall | Call]]:
    """The waits among the parallel steps whose results a value is, or is one of, by their places."""
    given = value.of if isinstance(value, Result) else None
    if isinstance(given, Await):
        given = given.value.of if isinstance(given.value, Result) and not given.value.path else None
    if not isinstance(given, Parallel) or given.first or given.over is not None:
        return
    for place, branch in enumerate(given.branches):
        for body in closures(branch):
            returned = (o.value for o in own(body.block) if isinstance(o, Return) and o.value is not None)
            waits = (waited_for(one, project) for one in returned)
            yield from ((place, wait) for wait in waits if wait is not None)


def _unkept(operation: Operation, body: Body, project: Project) -> Iterator[Reply]:
    """The replies among what an operation gives, where nothing at all is done with that."""
    given = Result(operation)
    wait = waited_for(given, project)
    waits = [wait] if wait is not None else [beside for _, beside in _beside(given, project)]
    if waits and not any(operation is of for other in everywhere(body.block) for of in results_in(other)):
        yield from (Reply(wait, operation) for wait in waits)


def _read(operation: Operation, project: Project) -> Iterator[Reply]:
    """The replies that an operation reads where they stand: `(await step.waitForEvent(…)).data`."""
    for value in values(operation):
        for member in members(value):
            is_read = isinstance(member, Result) and member.path and member.guarded != 0
            if isinstance(member, Result) and is_read and not _is_promise(member.of, project):
                wait = waited_for(Result(member.of), project)
                if wait is not None:
                    yield Reply(wait, operation, read=True)
