"""Acts: what one run of a function changes, one thing after the other, and which of them can fail it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from inngest_lint.effects import Effect
from inngest_lint.effects.kinds import kinds
from inngest_lint.model.body import Branch, Call, Jump, Loop, Return, Throw, Try
from inngest_lint.model.value import CALLED, Constant, Record, Result
from inngest_lint.model.walk import blocks, everywhere, members, results, walk
from inngest_lint.project.deeds import Deed, Nature, deeds

if TYPE_CHECKING:
    from inngest_lint.model.body import Block, Body, Operation
    from inngest_lint.project import Project
    from inngest_lint.project.calls import Occurrence

# Somebody notices, or pays for it, when these happen twice.
_NOTICED = frozenset({Effect.MAIL, Effect.MESSAGE, Effect.PAYMENT, Effect.SEND, Effect.LLM})
_QUIET = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.QUEUE, Effect.STORAGE, Effect.CLOUD})
_LEAVING = (Return, Throw, Jump)
_TABLE = "acts"
_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Act:
    """A call that changes something, by its loudest deed.

    It `shows` when it happens twice, and `fails` the whole where nothing takes its failure.
    """

    deed: Deed
    shows: bool
    fails: bool

    @property
    def effect(self) -> Effect:
        """What it is done to."""
        return self.deed.effect

    @property
    def call(self) -> Call:
        """The call in the body asked about."""
        return self.deed.call

    def and_(self, other: Act) -> Act:
        """Both acts as a single one."""
        return Act(self.deed, self.shows or other.shows, self.fails or other.fails)

    @property
    def kind(self) -> tuple[Effect, str]:
        """What it is done to, and by what."""
        return self.effect, self.call.spelling


def innermost(body: Body, project: Project) -> Body:
    """The function that does the work of a body: itself, or the only one with a deed that it calls.

    One whose failure is taken where it is called is left there.
    """
    for _ in range(_DEPTH):
        calls = {id(deed.call): deed.call for deed in deeds(body, project)}
        guarded = set(map(id, _guarded(body)))
        callee = project.callee(next(iter(calls.values()))) if len(calls) == 1 and guarded.isdisjoint(calls) else None
        if callee is None or callee is body:
            break
        body = callee
    return body


def acts(body: Body, project: Project) -> tuple[Act, ...]:
    """What one run of a body changes, in order, on the way on which it does most; rounds of a loop are two of them.

    What it does to a database without doing anything else in between is one act.
    """
    found: dict[int, Act] = {}
    for deed in deeds(body, project):
        if _is_change(deed, project) and (id(deed.call) not in found or deed.effect in _NOTICED):
            found[id(deed.call)] = _act(deed, body, project)
    merged: list[Act] = []
    for act in _Way(found, project).most(body.block):
        last = merged[-1] if merged else None
        if last is not None and last.effect is act.effect is Effect.DATABASE:
            merged[-1] = last.and_(act)
        else:
            merged.append(act)
    return tuple(merged)


def begun_together(body: Body, done: tuple[Act, ...], project: Project) -> tuple[Act, ...]:
    """Those of the acts of a body that are begun at once, and fail when the first of them does."""
    by_call = {id(act.call): act for act in done}
    for operation in project.happening(body.block):
        if isinstance(operation, Call) and _begins_together(operation, project):
            given = (of for argument in operation.arguments for of in results(argument.value))
            begun = tuple(by_call[id(of)] for of in given if id(of) in by_call)
            if len(begun) > 1:
                return begun
    return ()


def _begins_together(call: Call, project: Project) -> bool:
    keeps_errors = call.argument("return_exceptions")
    if keeps_errors is not None and keeps_errors.value != Constant(value=False):
        return False
    return _is_known("together", project.dotted(call) or "", call, project)


def _is_known(kind: str, word: str, call: Call, project: Project) -> bool:
    found = kinds(_TABLE, project.module(call.span.file).language).of_value(word)
    return found is not None and found.name == kind


def _is_change(deed: Deed, project: Project) -> bool:
    source = deed.occurrence.source
    if _is_known("fleeting", project.dotted(source) or "", source, project):
        return False
    if deed.effect in _NOTICED:
        return deed.nature is not Nature.READS
    return deed.effect in _QUIET and deed.nature is Nature.CHANGES


def _act(deed: Deed, body: Body, project: Project) -> Act:
    source = deed.occurrence.source
    places = tuple(_places(deed.occurrence, body, project))
    fails = not any(id(call) in map(id, _guarded(around)) for call, around in places)
    if fails and _is_known("told", project.dotted(source) or "", source, project):
        fails = any(_throws_after(call, around) for call, around in places)
    return Act(deed, _shows(deed, project), fails)


def _shows(deed: Deed, project: Project) -> bool:
    source = deed.occurrence.source
    if deed.effect not in _NOTICED and not (deed.effect is Effect.DATABASE and _adds(source, project)):
        return False
    return not _is_marked(source, project)


def _adds(call: Call, project: Project) -> bool:
    """Whether a call writes a row that was not there, each time."""
    words = (project.dotted(call) or call.spelling).replace(CALLED, "").split(".")
    return any(_is_known("adding", word, call, project) for word in words[-2:])


def _places(occurrence: Occurrence, body: Body, project: Project) -> Iterator[tuple[Call, Body]]:
    """The calls that lead to an effect, each with the function that it stands in."""
    around: Body | None = body
    for call in occurrence.path:
        if around is not None:
            yield call, around
        around = project.callee(call)


def _throws_after(call: Call, body: Body) -> bool:
    guarded = set(map(id, _guarded(body)))
    thrown = (o for o in everywhere(body.block) if isinstance(o, Throw) and id(o) not in guarded)
    return any(operation.span.start > call.span.start for operation in thrown)


def _is_marked(call: Call, project: Project) -> bool:
    """Whether a call carries a mark by which what takes it knows it again."""
    names = [argument.name for argument in call.arguments if argument.name is not None]
    for argument in call.arguments:
        for member in members(argument.value):
            names += [entry.key for entry in member.entries] if isinstance(member, Record) else []
    return any(_is_known("marks", name, call, project) for name in names)


def _guarded(body: Body) -> Iterator[Operation]:
    """The operations of a body whose failure something in it takes."""
    for operation in everywhere(body.block):
        match operation:
            case Try(catches=catches) if catches and not any(_throws(catch.body) for catch in catches):
                yield from everywhere(operation.body)
            case Call(receiver=Result(of=Call() as attempt)) if operation.spelling.endswith(".catch"):
                yield attempt


def _throws(block: Block) -> bool:
    return any(isinstance(operation, Throw) for operation in walk(block))


@dataclass(frozen=True, slots=True)
class _Way:
    """The ways through a body, with the acts on them by their calls."""

    acts: dict[int, Act]
    project: Project

    def most(self, block: Block) -> tuple[Act, ...]:
        """The acts on the way through a block that has most of them, and then fails."""
        on, off = self._through(block)
        return _longer(on, off)

    def _through(self, block: Block) -> tuple[tuple[Act, ...] | None, tuple[Act, ...]]:
        """The acts on the way to the end of a block, None where none leads there, and on the way that leaves it."""
        done: tuple[Act, ...] = ()
        left: tuple[Act, ...] = ()
        # `if (failed) await send(…); if (done) await send(…);` sends once.
        perhaps: set[tuple[Effect, str]] = set()
        for operation in block:
            if id(operation) in self.acts:
                done += (self.acts[id(operation)],)
            ways = [self._through(inner) for inner in self._inner(operation)]
            going = [on for on, _ in ways if on is not None]
            left = reduce(_longer, (done + off for _, off in ways if off), left)
            if isinstance(operation, _LEAVING) or (ways and not going and _is_complete(operation)):
                return None, _longer(done, left)
            if isinstance(operation, Branch):
                chosen = max(going, key=len, default=())
                done += tuple(act for act in chosen if act.kind not in perhaps)
                perhaps |= {act.kind for act in chosen}
            else:
                done += tuple(act for on in going for act in on) * (2 if self._repeats(operation) else 1)
        return done, left

    def _repeats(self, operation: Operation) -> bool:
        if isinstance(operation, Call):
            language = self.project.module(operation.span.file).language
            return kinds("loops", language).of_value(operation.spelling.rpartition(".")[2]) is not None
        return isinstance(operation, Loop)

    def _inner(self, operation: Operation) -> Iterator[Block]:
        """The blocks that run as part of an operation; what a failure leads to is another way."""
        if isinstance(operation, Try):
            yield from (operation.body, operation.otherwise, operation.final)
            return
        yield from blocks(operation)
        if isinstance(operation, Call):
            yield from (body.block for body in self.project.called_at_once(operation))


def _longer(one: tuple[Act, ...] | None, other: tuple[Act, ...]) -> tuple[Act, ...]:
    return one if one is not None and len(one) >= len(other) else other


def _is_complete(operation: Operation) -> bool:
    """Whether one of the blocks in an operation runs in any case."""
    return not isinstance(operation, Branch) or any(arm.test is None for arm in operation.arms)
