"""Routes: the steps that are taken one after the other, or side by side, on the ways through a function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from types import MappingProxyType
from typing import TYPE_CHECKING

from inngest_lint.model.bindings import Bindings, bound
from inngest_lint.model.body import (
    Block,
    Body,
    Branch,
    Call,
    Jump,
    Loop,
    Operation,
    Parallel,
    Return,
    Scope,
    StepCall,
    StepKind,
    Throw,
    Try,
)
from inngest_lint.model.value import EACH, Origin, Ref, Value
from inngest_lint.model.walk import refs
from inngest_lint.project.ids.identities import Identity, handed, identity
from inngest_lint.project.ids.identities import Scope as Running

if TYPE_CHECKING:
    from inngest_lint.project import Project

_Arms = tuple[tuple[Branch, int], ...]
_NOTHING: Mapping[str, Identity | None] = MappingProxyType({})
# Helpers that call each other twice at each of many levels have more ways than one could walk.
_MOST_ENTERED = 500


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A step with an id that is known, the calls of helpers that lead to it, and the arms of branches it lies in.

    It is `later` where another step of its parallel branch comes before it.
    """

    step: StepCall
    known: Identity
    path: tuple[Call, ...]
    arms: _Arms
    later: bool = False

    @property
    def stands(self) -> StepCall | Call:
        """What stands in the function itself: the step, or the call that leads to it."""
        return self.path[0] if self.path else self.step


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """Two steps of one id that one run may take, the one that is written first as `first`.

    They are `parallel` where they are taken side by side, `mixed` where it depends on what is over first which of
    them is which.
    """

    first: Taken
    second: Taken
    parallel: bool = False

    @property
    def mixed(self) -> bool:
        """Whether one of them may get what the other one gave."""
        return self.parallel and (self.first.later or self.second.later)

    @property
    def either(self) -> bool:
        """Whether the second may be taken without the first."""
        shared = {id(branch) for branch, _ in self.second.arms}
        return any(id(branch) not in shared for branch, _ in self.first.arms)


# What may have been taken; None where nothing comes here.
_State = Mapping[Identity, tuple[Taken, ...]] | None


@dataclass(frozen=True, slots=True)
class _At:
    """Where the walk is; `within` are the bodies that are being run, by identity."""

    running: Running
    within: frozenset[int]
    path: tuple[Call, ...] = ()
    arms: _Arms = ()


@dataclass(slots=True)
class Routes:
    """A walk along all ways through a function.

    A loop is gone through once: the SDKs count what a later round takes again.
    """

    project: Project
    _names: dict[int, Bindings] = field(default_factory=dict)
    _met: list[Meeting] = field(default_factory=list)
    _taken: list[Taken] = field(default_factory=list)
    # What was taken wherever a block is left, and where the loops and functions around are left.
    _left: list[_State] = field(default_factory=list)
    _jumps: list[list[_State]] = field(default_factory=list)
    _returns: list[list[_State]] = field(default_factory=list)
    # How many steps the parallel branches around have taken.
    _before: list[int] = field(default_factory=list)
    _entered_bodies: int = 0

    def meetings(self, entry: Body) -> Iterator[Meeting]:
        """The pairs of steps of one id that a run of a function may take, in order."""
        self._body(entry, {}, _At(self._running(entry, None), frozenset((id(entry),))))
        yield from self._met

    def _running(self, body: Body, around: Running | None, given: Mapping[str, Identity | None] = _NOTHING) -> Running:
        if id(body) not in self._names:
            self._names.update((id(place.body), place.names) for place in bound(body) if place.body is not None)
        return Running(body, self._names.get(id(body), Bindings()), given, around)

    def _body(self, body: Body, state: _State, at: _At) -> _State:
        """What may have been taken when a function is over."""
        self._returns.append([])
        self._jumps.append([])
        end = self._block(body.block, state, at)
        self._jumps.pop()
        return _union(end, *self._returns.pop())

    def _block(self, block: Block, state: _State, at: _At) -> _State:
        for operation in block:
            if state is None:
                return None
            state = self._operation(operation, state, at)
        return state

    def _operation(self, operation: Operation, state: _State, at: _At) -> _State:
        match operation:
            case StepCall():
                return self._step(operation, state, at)
            case Call():
                return self._call(operation, state, at)
            case Branch():
                return self._branch(operation, state, at)
            case Loop(body=body):
                self._jumps.append([])
                end = self._block(body, state, at)
                return _union(state, end, *self._jumps.pop())
            case Scope(body=body):
                return self._block(body, state, at)
            case Try():
                return self._try(operation, state, at)
            case Parallel():
                return self._parallel(operation, state, at)
            case Return() | Jump() | Throw():
                self._leave(operation, state)
                return None
        return state

    def _leave(self, operation: Return | Jump | Throw, state: _State) -> None:
        self._left.append(state)
        if isinstance(operation, Return):
            self._returns[-1].append(state)
        if isinstance(operation, Jump):
            self._jumps[-1].append(state)

    def _branch(self, branch: Branch, state: _State, at: _At) -> _State:
        ends = [
            self._block(arm.block, state, replace(at, arms=(*at.arms, (branch, number))))
            for number, arm in enumerate(branch.arms)
        ]
        is_complete = any(arm.test is None for arm in branch.arms)
        return _union(*ends) if is_complete else _union(state, *ends)

    def _try(self, guarded: Try, state: _State, at: _At) -> _State:
        before = len(self._left)
        end = self._block(guarded.body, state, at)
        failed = _union(state, end, *self._left[before:])
        caught = [self._block(catch.body, failed, at) for catch in guarded.catches]
        return self._block(guarded.final, _union(self._block(guarded.otherwise, end, at), *caught), at)

    def _call(self, call: Call, state: _State, at: _At) -> _State:
        for inner in self.project.called_at_once(call):
            state = _union(state, self._entered(inner, state, at, at.path))
        callee = self.project.callee(call)
        if callee is None or not self.project.steps(callee):
            return state
        given = handed(call, callee, at.running, self.project)
        # `(async () => { … })()` stands where it is called.
        path = at.path if call.span.contains(callee.span) else (*at.path, call)
        return self._entered(callee, state, at, path, given)

    def _entered(
        self,
        body: Body,
        state: _State,
        at: _At,
        path: tuple[Call, ...],
        given: Mapping[str, Identity | None] = _NOTHING,
    ) -> _State:
        self._entered_bodies += 1
        if id(body) in at.within or self._entered_bodies > _MOST_ENTERED:
            return state
        around: Running | None = at.running
        while around is not None and not around.body.span.contains(body.span):
            around = around.around
        within = at.within | {id(body)}
        running = replace(self._running(body, around, given), handed=around is None)
        return self._body(body, state, _At(running, within, path, at.arms))

    def _parallel(self, parallel: Parallel, state: _State, at: _At) -> _State:
        branches: list[list[Taken]] = []
        ends: list[_State] = []
        for branch in parallel.branches:
            body = self.project.function(branch, parallel.span.file)
            start = len(self._taken)
            self._before.append(0)
            ends.append(self._entered(body, state, at, at.path) if body is not None else state)
            self._before.pop()
            branches.append(self._taken[start:])
        for one, other in combinations(branches, 2):
            self._meet(one, other)
        if parallel.over is not None:
            for taken in (taken for branch in branches for taken in branch if taken.later and _is_shared(taken)):
                self._met.append(Meeting(taken, taken, parallel=True))
        return _union(state, *ends)

    def _meet(self, one: list[Taken], other: list[Taken]) -> None:
        for first, second in product(one, other):
            if first.known == second.known and not _are_apart(first, second):
                self._met.append(Meeting(first, second, parallel=True))

    def _step(self, step: StepCall, state: _State, at: _At) -> _State:
        is_later = bool(self._before) and self._before[-1] > 0
        if self._before:
            self._before[-1] += 1
        known = identity(step, at.running, self.project)
        if known is None or state is None:
            return state
        taken = Taken(step, known, at.path, at.arms, is_later)
        self._taken.append(taken)
        earlier = state.get(known, ())
        # Requests to one host that follow each other are told apart by their order, and cannot be named.
        if step.kind is not StepKind.FETCH:
            self._met.extend(Meeting(first, taken) for first in earlier if not _are_apart(first, taken))
        return {**state, known: (*earlier, taken)}


def _union(*states: _State) -> _State:
    """What may have been taken on one of several ways."""
    known = [state for state in states if state is not None]
    if len(known) < 2:
        return known[0] if known else None
    whole: dict[Identity, dict[Taken, None]] = {}
    for state in known:
        for key, taken in state.items():
            whole.setdefault(key, {}).update(dict.fromkeys(taken))
    return {key: tuple(taken) for key, taken in whole.items()}


def _is_shared(taken: Taken) -> bool:
    """Whether an id is the same for each item that a parallel branch is run for."""
    return all(isinstance(part, str) or (part[0] is Origin.CONTEXT and EACH not in part) for part in taken.known)


def _are_apart(first: Taken, second: Taken) -> bool:
    """Whether two steps lie in different arms, or under tests of one thing, which as a rule rule each other out."""
    one, other = dict(first.arms), dict(second.arms)
    if any(other.get(branch, number) != number for branch, number in one.items()):
        return True
    mine = {ref for branch, number in one.items() if branch not in other for ref in _tested(branch, number)}
    theirs = {ref for branch, number in other.items() if branch not in one for ref in _tested(branch, number)}
    return not mine.isdisjoint(theirs)


def _tested(branch: Branch, number: int) -> Iterator[Ref]:
    tests: list[Value | None] = [arm.test for arm in branch.arms[: number + 1]]
    return (ref for test in tests if test is not None for ref in refs(test))
