"""Dataflow: where values of interest go within a body."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import combinations, product, takewhile

from inngest_lint.model.body import (
    Argument,
    Assign,
    Await,
    Block,
    Body,
    Branch,
    Call,
    Loop,
    Operation,
    Parallel,
    Return,
    Scope,
    StepCall,
    Throw,
    Try,
)
from inngest_lint.model.flow import leaves
from inngest_lint.model.value import (
    CALLED,
    CALLED_WITH_ARGUMENTS,
    EACH,
    Closure,
    Items,
    Opaque,
    Origin,
    Record,
    Ref,
    Result,
    Template,
    Value,
)
from inngest_lint.model.walk import closures, everywhere, refs, results, values

Source = Operation | Ref
"""What a value of interest begins with: an operation that gives it, or a name for it."""

Sources = Callable[[Source], bool]
"""Tells which operations and references are of interest."""

_NAMED = (Origin.LOCAL, Origin.ENCLOSING)
# A second round of a loop sees what the first one left in names.
_ROUNDS = 2


class Use(Enum):
    """What a value ends up as."""

    TEST = "test"  # decides a branch, or how often a loop runs
    STEP_ID = "step-id"
    STEP_INPUT = "step-input"  # an argument of a step, or what its callback reads
    ARGUMENT = "argument"  # given to a call
    RESULT = "result"  # what the body gives back
    STATE = "state"  # written to something that outlives the body
    ERROR = "error"  # part of what is thrown


@dataclass(frozen=True, slots=True)
class Flow:
    """A use of a value: where it began, and the operation that uses it.

    `other` is another source it was set against on the way, as in `time() - started`.
    `argument` is the one it is, where it is one.
    """

    source: Source
    use: Use
    at: Operation
    argument: Argument | None = None
    other: Source | None = None


@dataclass(frozen=True, slots=True)
class _Carried:
    """A source that a value holds; `inside` where it is only part of it, `under` the keys that lead to that part."""

    source: Source
    other: Source | None = None
    inside: bool = False
    under: tuple[str, ...] = ()


_Load = frozenset[_Carried]
_NOTHING: _Load = frozenset()


def flows(body: Body, is_source: Sources) -> Iterator[Flow]:
    """The uses, in order, of the values that begin with a source; each once.

    Names are followed through assignments, containers, methods and calls; a step gives what was
    recorded of it, so nothing is followed through one.
    """
    tracer = _Tracer(is_source, used=looked_at(body.block))
    tracer.run(body.block)
    yield from dict.fromkeys(tracer.found)


def looked_at(block: Block) -> frozenset[int]:
    """The operations, by identity, whose results something in the block looks at."""
    return frozenset(
        id(given) for operation in everywhere(block) for value in values(operation) for given in results(value)
    )


@dataclass(slots=True)
class _Tracer:
    is_source: Sources
    used: frozenset[int]
    found: list[Flow] = field(default_factory=list)
    names: dict[str, _Load] = field(default_factory=dict)
    gives: dict[int, _Load] = field(default_factory=dict)
    # The calls whose results are known to carry something, for the partial applications within a step's arguments.
    carrying: list[Call] = field(default_factory=list)
    # What the closures being run have returned, innermost last; none for the body itself.
    running: dict[int, _Load] = field(default_factory=dict)

    def run(self, block: Block) -> None:
        for operation in block:
            self._operation(operation)

    def _operation(self, operation: Operation) -> None:
        match operation:
            case Call():
                self._call(operation)
            case StepCall():
                self._step(operation)
            case Await(value=value):
                self.gives[id(operation)] = self._load(value)
            case Assign():
                self._assign(operation)
            case Branch() | Loop() | Try():
                self._branching(operation)
            case Parallel(branches=branches, over=over):
                given = [self._closure(body, ()) for branch in branches for body in closures(branch)]
                self.gives[id(operation)] = _NOTHING.union(*given)
                self._use(Use.TEST, operation, self._whole(over))
            case Scope(manager=manager, binds=binds, body=body):
                self._bind(binds, self._load(manager))
                self.run(body)
            case Return(value=value):
                self._return(operation, self._load(value))
            case Throw(value=value):
                self._use(Use.ERROR, operation, self._load(value))

    def _call(self, call: Call) -> None:
        given = _NOTHING
        for argument in call.arguments:
            load = self._load(argument.value).union(*(self._closure(body, ()) for body in closures(argument.value)))
            self._use(Use.ARGUMENT, call, load, argument)
            given |= load
        if call.receiver is not None:
            self._mark((call.receiver,), _inside(given))
        carried = _anywhere(given | self._load(call.receiver or call.target))
        if isinstance(call.target, Closure):
            carried |= self._closure(call.target.body, call.arguments)
        if self.is_source(call):
            carried |= {_Carried(call)}
            if id(call) not in self.used:
                # A result nobody looks at: it is called for what it does to its arguments, like `shuffle(items)`.
                self._mark((argument.value for argument in call.arguments), frozenset({_Carried(call)}))
        self.gives[id(call)] = carried
        if carried:
            self.carrying.append(call)

    def _step(self, step: StepCall) -> None:
        if step.id is not None:
            self._use(Use.STEP_ID, step, self._load(step.id.value), step.id)
        given = (step.callback, *step.arguments) if step.callback is not None else step.arguments
        for argument in given:
            load = self._load(argument.value)
            # The front end opens `partial(save, now)`: what it binds is found by its place.
            inner = [call for call in self.carrying if argument.span.contains(call.span)]
            self._use(Use.STEP_INPUT, step, load.union(*(self.gives[id(call)] for call in inner)), argument)

    def _assign(self, assign: Assign) -> None:
        match assign:
            case Assign(targets=targets, value=Items(values=parts)) if len(targets) == len(parts) > 1:
                for target, load in list(zip(targets, map(self._load, parts), strict=True)):
                    self._write(target, load, assign)
            case _:
                load = self._load(assign.value)
                for target in assign.targets:
                    self._write(target, load, assign)

    def _write(self, target: Ref, load: _Load, assign: Assign) -> None:
        if target.origin is not Origin.LOCAL:
            self._use(Use.STATE, assign, load)
            self._mark((target,), load)
        elif assign.updates or len(target.path) > 1:
            self._mark((target,), load)
        else:
            self.names[target.name] = load

    def _branching(self, operation: Branch | Loop | Try) -> None:
        match operation:
            case Branch(arms=arms):
                for arm in arms:
                    self._use(Use.TEST, operation, self._load(arm.test))
                complete = any(arm.test is None for arm in arms)
                self._either([arm.block for arm in arms], or_none=not complete)
            case Loop(over=over, binds=binds, body=body):
                self._use(Use.TEST, operation, self._whole(over))
                for _ in range(_ROUNDS):
                    self._bind(binds, _anywhere(self._load(over)))
                    before = dict(self.names)
                    self._use(Use.TEST, operation, self._load(operation.test))
                    self._either([body], or_none=True)
                    if self.names == before:
                        break  # or loops in loops would take twice as long for each one around them
                self.gives[id(operation)] = _inside(_anywhere(self._load(operation.yields)))
            case Try(body=body, catches=catches):
                self._either([body], or_none=True)
                self._either([operation.otherwise, *(catch.body for catch in catches)], or_none=False)
                self.run(operation.final)

    def _either(self, arms: list[Block], *, or_none: bool) -> None:
        """Run blocks of which one happens, or perhaps none; what is left is what any of them may leave."""
        before = dict(self.names)
        left = [before] if or_none else []
        for arm in arms:
            self.names = dict(before)
            self.run(arm)
            if not leaves(arm):
                left.append(self.names)
        self.names = {
            name: _NOTHING.union(*(names.get(name, _NOTHING) for names in left))
            for name in dict.fromkeys(name for names in left for name in names)
        }

    def _return(self, operation: Return, load: _Load) -> None:
        if self.running:
            self.running[next(reversed(self.running))] |= load
        else:
            self._use(Use.RESULT, operation, load)

    def _closure(self, body: Body, arguments: tuple[Argument, ...]) -> _Load:
        """Run a function that is called where it is written; what it gives."""
        if id(body) in self.running:
            return _NOTHING
        around = self.names
        bound = {parameter.name: self._load(parameter.default) for parameter in body.parameters}
        for place, argument in enumerate(arguments):
            name = argument.name or (body.parameters[place].name if place < len(body.parameters) else "")
            bound[name] = self._load(argument.value)
        self.names = {**around, **bound}
        self.running[id(body)] = _NOTHING
        self.run(body.block)
        self.names = around
        return self.running.pop(id(body))

    def _bind(self, names: Iterable[Ref], load: _Load) -> None:
        for name in names:
            self.names[name.name] = load

    def _mark(self, held: Iterable[Value], load: _Load) -> None:
        """Let names hold more than they did."""
        for value in held:
            if load and isinstance(value, Ref) and value.origin in _NAMED:
                self.names[value.name] = self.names.get(value.name, _NOTHING) | _under(load, *value.path[1:])

    def _use(self, use: Use, at: Operation, load: _Load, argument: Argument | None = None) -> None:
        self.found.extend(Flow(each.source, use, at, argument, each.other) for each in _ordered(load))

    def _whole(self, value: Value | None) -> _Load:
        """What a value is, without what is only part of it: a list of ids says nothing of its length."""
        return frozenset(carried for carried in self._load(value) if not carried.inside)

    def _load(self, value: Value | None) -> _Load:
        match value:
            case Ref():
                own = frozenset({_Carried(value)}) if self.is_source(value) else _NOTHING
                held = self.names.get(value.name, _NOTHING) if value.origin in _NAMED else _NOTHING
                return own | _below(held, value.path[1:])
            case Result(of=operation, path=path):
                return _below(self.gives.get(id(operation), _NOTHING), path)
            case Opaque(reads=reads):
                return _against([self._load(read) for read in reads])
            case Template(parts=parts):
                return _NOTHING.union(*(self._load(part) for part in parts if not isinstance(part, str)))
            case Record(entries=entries):
                return _inside(_NOTHING.union(*(_under(self._load(entry.value), entry.key) for entry in entries)))
            case Items(values=items):
                return _inside(_anywhere(_NOTHING.union(*(self._load(item) for item in items))))
            case Closure(body=body):
                return self._captured(body)
        return _NOTHING

    def _captured(self, body: Body) -> _Load:
        """What a function reads of the names around it, its defaults included."""
        read = [self._load(parameter.default) for parameter in body.parameters]
        for operation in everywhere(body.block):
            for value in values(operation):
                read.extend(self._load(ref) for ref in refs(value) if ref.origin is Origin.ENCLOSING)
        return _NOTHING.union(*read)


def _inside(load: _Load) -> _Load:
    return frozenset(replace(carried, inside=True) for carried in load)


def _under(load: _Load, *keys: str) -> _Load:
    known = tuple(takewhile(_is_key, keys))
    return frozenset(
        replace(carried, under=(*known, *carried.under) if len(known) == len(keys) else known) for carried in load
    )


def _below(load: _Load, keys: tuple[str, ...]) -> _Load:
    """What is held under some keys: `order["at"]` is no part of `order["id"]`."""
    known = tuple(takewhile(_is_key, keys))
    return frozenset(
        replace(carried, under=carried.under[len(known) :] if len(known) == len(keys) else ())
        for carried in load
        if all(one == other for one, other in zip(carried.under, known, strict=False))
    )


def _anywhere(load: _Load) -> _Load:
    return frozenset(replace(carried, under=()) for carried in load)


def _is_key(hop: str) -> bool:
    return hop not in (CALLED, CALLED_WITH_ARGUMENTS, EACH)


def _against(loads: list[_Load]) -> _Load:
    """What an expression holds; two of its parts that began apart are set against each other."""
    found: dict[_Carried, Source] = {}
    for one, two in combinations(loads, 2):
        for left, right in product(_ordered(one), _ordered(two)):
            if left.source is not right.source and left.other is None and right.other is None:
                found.setdefault(left, right.source)
                found.setdefault(right, left.source)
    whole = _NOTHING.union(*loads)
    return frozenset(replace(carried, other=found.get(carried, carried.other)) for carried in whole)


def _ordered(load: _Load) -> list[_Carried]:
    """What is carried, what stands first in the source first."""
    return sorted(load, key=lambda carried: (carried.other is not None, carried.inside, _place(carried.source)))


def _place(source: Source) -> int:
    return source.span.start if source.span is not None else -1
