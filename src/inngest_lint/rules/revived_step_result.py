"""Rule: the result of a step is used as what it was before it was stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects.kinds import kinds
from inngest_lint.guideline import Guideline
from inngest_lint.model.bindings import Bindings, bound
from inngest_lint.model.body import Assign, Await, Branch, Call, Loop, Parallel, Return, StepCall, StepKind
from inngest_lint.model.flow import leaves
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.parameters import received_by
from inngest_lint.model.value import CALLS, EACH, Constant, Items, Opaque, Origin, Ref, Result
from inngest_lint.model.walk import closures, members, values, walk
from inngest_lint.project import Results
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from inngest_lint.effects.kinds import Kind, Kinds
    from inngest_lint.model.bindings import Bound
    from inngest_lint.model.body import Body, Operation
    from inngest_lint.model.value import Value
    from inngest_lint.project import Project
    from inngest_lint.text import Span

_INSTANCE = "instance"
_OUTPUT_TYPE = "output_type"
# What these of Python are given is dealt with.
_ASKING = frozenset({"hasattr", "isinstance", "type"})
_EACH = "[]"
_FOR_EACH = "each"
# What these are given, they go through.
_GOING_THROUGH = frozenset({("Array", "from"), ("Map",), ("Set",), ("Object", "fromEntries")})
_TRACED = frozenset({Origin.GLOBAL, Origin.IMPORT, Origin.MODULE})
_LONGEST_CHAIN = 8


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.SERIALIZATION,
    since="0.2.0",
    guideline=Guideline.SERIALIZATION,
)
def revived_step_result(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """The result of a step is used as the object it was before it was stored as JSON."""
    for entry in context.project.entries(function):
        for body in context.project.reachable(entry) if context.project.steps(entry) else ():
            found = _Uses(context.project, entry, tuple(bound(body))).findings()
            yield from {finding.span: finding for finding in found}.values()


@dataclass(frozen=True, slots=True)
class _Given:
    """A part of what a step gives: the keys that lead to it."""

    step: StepCall
    keys: tuple[str, ...] = ()

    def below(self, *keys: str) -> _Given:
        """A part of this part."""
        return replace(self, keys=(*self.keys, *keys))


@dataclass(frozen=True, slots=True)
class _Uses:
    """How a body uses what its steps gave."""

    project: Project
    entry: Body
    places: tuple[Bound, ...]
    parted: dict[tuple[int, str], Value] = field(default_factory=dict)

    @property
    def _members(self) -> Kinds:
        return kinds("members", self.project.module(self.entry.span.file).language)

    def findings(self) -> Iterator[Finding]:
        """The uses of what is not what it was."""
        inside = {id(place.body): place.names for place in self.places}
        for place in self.places:
            self._part(place, inside)
        tested = frozenset(given for place in self.places for given in self._tests(place))
        for place in self.places:
            yield from self._instances(place)
            for given, member, span in (*self._written(place), *self._gone_through(place), *self._taken(place)):
                kind = self._lost(given, member)
                if kind is not None and given not in tested:
                    yield self._finding(given, member, kind, span)

    def _part(self, place: Bound, inside: Mapping[int, Bindings]) -> None:
        """Take note of names that are bound to parts: to one of several values, or to each in turn."""
        match place.operation:
            case Assign(targets=(_, _, *_) as targets, value=Result(path=()) as value):
                for index, target in enumerate(targets):
                    self.parted[id(place.names), target.name] = replace(value, path=(str(index),))
            case Loop(binds=(bind,), over=Ref() | Result() as over):
                self.parted[id(place.names), bind.name] = _deeper(over, (EACH,))
            case Parallel(over=Ref() | Result() as over, branches=branches):
                self._part_each(over, branches, inside)
            case Call(receiver=Ref() | Result() as receiver, arguments=(first, *_), spelling=spelling):
                method = self._members.of_value(f"each.{spelling.rpartition('.')[2]}")
                if method is not None and method.name == _FOR_EACH:
                    self._part_each(receiver, (first.value,), inside)

    def _part_each(self, over: Value, called: Iterable[Value], inside: Mapping[int, Bindings]) -> None:
        """Take note of the first parameters of functions that are called with each item."""
        for body in (body for value in called for body in closures(value)):
            if body.parameters and id(body) in inside:
                self.parted[id(inside[id(body)]), body.parameters[0].name] = _deeper(over, (EACH,))

    # Uses

    def _written(self, place: Bound) -> Iterator[tuple[_Given, str, Span]]:
        """The members that an operation reads of what a step gave."""
        for base, hops, span in _read_in(place.operation):
            parts = (self._given(_deeper(base, hops[:end]), place.names) for end in range(len(hops)))
            yield from ((given, hop, span) for given, hop in zip(parts, hops, strict=True) if given is not None)

    def _gone_through(self, place: Bound) -> Iterator[tuple[_Given, str, Span]]:
        """What an operation goes through."""
        through: list[Value] = []
        match place.operation:
            case Loop(over=over) if over is not None:
                through.append(over)
            case Call(target=Ref(origin=Origin.GLOBAL, path=path), arguments=(first, *_)) if path in _GOING_THROUGH:
                through.append(first.value)
        for held in values(place.operation):
            spread = [part for member in members(held) if isinstance(member, Items) for part in member.values]
            through.extend(part.reads[0] for part in spread if isinstance(part, Opaque) and len(part.reads) == 1)
        for value in through:
            given = self._given(value, place.names)
            if given is not None:
                yield given, _EACH, place.operation.span

    def _taken(self, place: Bound) -> Iterator[tuple[_Given, str, Span]]:
        """The members that a function reads of what it is given."""
        call = place.operation
        callee = self.project.callee(call) if isinstance(call, Call) else None
        if callee is None or not isinstance(call, Call):
            return
        for argument in call.arguments:
            given = self._given(argument.value, place.names)
            name = received_by(call, argument, callee) if given is not None else None
            if given is not None and name is not None:
                yield from ((given, hop, argument.span) for hop in _read_of(name, callee))

    # Tests

    def _tests(self, place: Bound) -> Iterator[_Given]:
        """What is asked for its type."""
        match place.operation:
            case Branch(arms=arms):
                for arm in arms:
                    yield from (given for given, _ in self._compared(arm.test, place.names))
            case Call(target=Ref(origin=Origin.GLOBAL, path=(name,)), arguments=(first, *_)) if name in _ASKING:
                asked = self._given(first.value, place.names)
                yield from () if asked is None else (asked,)

    def _instances(self, place: Bound) -> Iterator[Finding]:
        """`at instanceof Date`, where nothing is done about it being false."""
        for held in self._unanswered(place):
            for given, class_ in self._compared(held, place.names):
                kind = self._kind(given)
                if kind is not None and isinstance(class_, Ref) and class_.name in kind.types:
                    span = class_.span if isinstance(place.operation, Branch) else None
                    yield self._never(given, class_, kind, span or place.operation.span)

    def _never(self, given: _Given, class_: Ref, kind: Kind, span: Span) -> Finding:
        return Finding(
            span,
            f"what a step gave is never an instance of `{class_.name}`",
            help=self._help(kind),
            label=f"it {kind.harm}",
            notes=(Note(given.step.span, "this step gave it"),),
        )

    def _unanswered(self, place: Bound) -> Iterator[Value]:
        match place.operation:
            case Branch(arms=(arm,)) if arm.test is not None:
                negated = isinstance(arm.test, Opaque) and len(arm.test.reads) == 1
                if negated is leaves(arm.block):
                    yield arm.test

    def _compared(self, test: Value | None, names: Bindings) -> Iterator[tuple[_Given, Value]]:
        for member in members(test) if test is not None else ():
            if isinstance(member, Opaque) and len(member.reads) == 2:
                for one, other in (member.reads, member.reads[::-1]):
                    inner = one.reads[0] if isinstance(one, Opaque) and len(one.reads) == 1 else one
                    given = self._given(inner, names)
                    is_name = isinstance(other, Constant) and isinstance(other.value, str)
                    is_class = isinstance(other, Ref) and other.origin in (Origin.GLOBAL, Origin.MODULE, Origin.IMPORT)
                    if given is not None and (is_name or is_class):
                        yield given, other

    # What a value is

    def _given(self, value: Value, names: Bindings, left: int = _LONGEST_CHAIN) -> _Given | None:
        """The part of a step's result that a value is."""
        if not left:
            return None
        match value:
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(_, *rest)):
                bound_to, owner = self._bound_to(value, names)
                return self._given(_deeper(bound_to, rest), owner, left - 1) if bound_to is not None else None
            case Result(of=Await(value=waited), path=path):
                return self._given(_deeper(waited, path), names, left - 1)
            case Result(of=StepCall(kind=StepKind.RUN) as step, path=path):
                return _Given(step, path)
            case Result(of=Parallel() as parallel, path=(index, *rest)):
                found = self._of_branch(parallel, index, names, left - 1)
                return found.below(*rest) if found is not None else None
            case Result(of=Call() as call, path=path):
                found = self._of_helper(call, left - 1)
                return found.below(*path) if found is not None else None
        return None

    def _bound_to(self, ref: Ref, names: Bindings) -> tuple[Value | None, Bindings]:
        """What the first name of a reference stands for, and the names in force there."""
        owner: Bindings | None = names if ref.origin is Origin.LOCAL else names.outer
        while owner is not None and ref.name not in owner.own:
            owner = owner.outer
        if owner is None or len(owner.own[ref.name]) != 1:
            return None, names
        return owner.own[ref.name][0] or self.parted.get((id(owner), ref.name)), owner

    def _of_branch(self, parallel: Parallel, index: str, names: Bindings, left: int) -> _Given | None:
        if parallel.over is not None or parallel.first or not index.isdigit() or int(index) >= len(parallel.branches):
            return None
        body = next(closures(parallel.branches[int(index)]), None)
        return self._of_returned(body, names, left) if body is not None else None

    def _of_helper(self, call: Call, left: int) -> _Given | None:
        callee = self.project.callee(call)
        if callee is None or callee.generates or callee.owner is not None:
            return None
        return self._of_returned(callee, next((place.names for place in bound(callee)), Bindings()), left)

    def _of_returned(self, body: Body, names: Bindings, left: int) -> _Given | None:
        returned = [operation.value for operation in walk(body.block) if isinstance(operation, Return)]
        return self._given(returned[0], names, left) if len(returned) == 1 and returned[0] is not None else None

    def _kind(self, given: _Given) -> Kind | None:
        """The kind of what the function of a step returned there."""
        callback = self.project.callback(given.step) if given.step.argument(_OUTPUT_TYPE) is None else None
        return Results(self.project, callback, self.entry).at(given.keys) if callback is not None else None

    def _lost(self, given: _Given, member: str) -> Kind | None:
        """The kind of what a step's function returned, where a member of it is lost."""
        kind = self._kind(given)
        if kind is None or member in (EACH, *CALLS) or member.lstrip("-").isdigit():
            return None
        if kind.name == _INSTANCE:
            return kind if member in kind.values else None
        found = self._members.of_value(f"{kind.name}{_hop(member)}")
        return kind if found is not None and found.help else None

    def _help(self, kind: Kind) -> str:
        found = self._members.named(kind.name)
        return found.help if found is not None else ""

    def _finding(self, given: _Given, member: str, kind: Kind, span: Span) -> Finding:
        used = f"what a step gave is gone through as {kind.phrase}"
        return Finding(
            span,
            used if member == _EACH else f"`{member}` of {kind.phrase} is used on what a step gave",
            help=self._help(kind),
            label=f"it {kind.harm}",
            notes=(Note(given.step.span, "this step gave it"),),
        )


def _read_of(name: str, body: Body) -> Iterator[str]:
    """The members that a function reads of a parameter that it never gives another value."""
    for place in bound(body):
        if place.body is body and len(place.names.own.get(name, ())) == 1:
            for base, hops, _ in _read_in(place.operation):
                if isinstance(base, Ref) and base.origin is Origin.LOCAL and base.name == name:
                    yield hops[0]


def _read_in(operation: Operation) -> Iterator[tuple[Value, tuple[str, ...], Span]]:
    """The values that an operation reads members of, and the members."""
    for value in (member for held in values(operation) for member in members(held)):
        base, hops = _base(value)
        if base is not None:
            yield base, hops, (value.span if isinstance(value, Ref) else None) or operation.span
    match operation:
        # A name may stand for its type or for the function that gave it, and for itself in the receiver only.
        case Call(target=Ref(origin=origin, path=(*_, method)), receiver=Ref() as receiver) if origin in _TRACED:
            base, hops = _base(receiver)
            yield base or receiver, (*hops, method), operation.span


def _base(value: Value) -> tuple[Value | None, tuple[str, ...]]:
    """What members are read of, and the members."""
    match value:
        case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(name, *rest)) if rest:
            return Ref(value.origin, (name,)), tuple(rest)
        case Result(path=path) if path:
            return replace(value, path=()), path
    return None, ()


def _deeper(value: Value, hops: Iterable[str]) -> Value:
    """A part of a value; all of it where its parts are not told apart."""
    return replace(value, path=(*value.path, *hops)) if isinstance(value, (Ref, Result)) else value


def _hop(member: str) -> str:
    return member if member == _EACH else f".{member}"
