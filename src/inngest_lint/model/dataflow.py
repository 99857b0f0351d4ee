"""Dataflow: where values of interest go within a body."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

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
from inngest_lint.model.loads import NOTHING, Carried, Load, Source, against, anywhere, below, inside, ordered, under
from inngest_lint.model.value import (
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
from inngest_lint.model.walk import closures, everywhere, refs_in, results_in

Sources = Callable[[Source], bool]
"""Tells which operations and references are of interest."""

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
    return frozenset(id(given) for operation in everywhere(block) for given in results_in(operation))


@dataclass(slots=True)
class _Tracer:
    is_source: Sources
    used: frozenset[int]
    found: list[Flow] = field(default_factory=list)
    names: dict[str, Load] = field(default_factory=dict)
    gives: dict[int, Load] = field(default_factory=dict)
    # The calls whose results are known to carry something, for the partial applications within a step's arguments.
    carrying: list[Call] = field(default_factory=list)
    # What the closures being run have returned, innermost last; none for the body itself.
    running: dict[int, Load] = field(default_factory=dict)

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
                self.gives[id(operation)] = NOTHING.union(*given)
                self._use(Use.TEST, operation, self._whole(over))
            case Scope(manager=manager, binds=binds, body=body):
                self._bind(binds, self._load(manager))
                self.run(body)
            case Return(value=value):
                self._return(operation, self._load(value))
            case Throw(value=value):
                self._use(Use.ERROR, operation, self._load(value))

    def _call(self, call: Call) -> None:
        given = NOTHING
        for argument in call.arguments:
            load = self._load(argument.value).union(*(self._closure(body, ()) for body in closures(argument.value)))
            self._use(Use.ARGUMENT, call, load, argument)
            given |= load
        if call.receiver is not None:
            self._mark((call.receiver,), inside(given))
        carried = anywhere(given | self._load(call.receiver or call.target))
        if isinstance(call.target, Closure):
            carried |= self._closure(call.target.body, call.arguments)
        if self.is_source(call):
            carried |= {Carried(call)}
            if id(call) not in self.used:
                # A result nobody looks at: it is called for what it does to its arguments, like `shuffle(items)`.
                self._mark((argument.value for argument in call.arguments), frozenset({Carried(call)}))
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

    def _write(self, target: Ref, load: Load, assign: Assign) -> None:
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
                    self._bind(binds, anywhere(self._load(over)))
                    before = dict(self.names)
                    self._use(Use.TEST, operation, self._load(operation.test))
                    self._either([body], or_none=True)
                    if self.names == before:
                        break  # or loops in loops would take twice as long for each one around them
                self.gives[id(operation)] = inside(anywhere(self._load(operation.yields)))
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
            name: NOTHING.union(*(names.get(name, NOTHING) for names in left))
            for name in dict.fromkeys(name for names in left for name in names)
        }

    def _return(self, operation: Return, load: Load) -> None:
        if self.running:
            self.running[next(reversed(self.running))] |= load
        else:
            self._use(Use.RESULT, operation, load)

    def _closure(self, body: Body, arguments: tuple[Argument, ...]) -> Load:
        """Run a function that is called where it is written; what it gives."""
        if id(body) in self.running:
            return NOTHING
        around = self.names
        bound = {parameter.name: self._load(parameter.default) for parameter in body.parameters}
        for place, argument in enumerate(arguments):
            name = argument.name or (body.parameters[place].name if place < len(body.parameters) else "")
            bound[name] = self._load(argument.value)
        self.names = {**around, **bound}
        self.running[id(body)] = NOTHING
        self.run(body.block)
        self.names = around
        return self.running.pop(id(body))

    def _bind(self, names: Iterable[Ref], load: Load) -> None:
        for name in names:
            self.names[name.name] = load

    def _mark(self, held: Iterable[Value], load: Load) -> None:
        """Let names hold more than they did."""
        for value in held:
            if load and isinstance(value, Ref) and value.is_variable:
                self.names[value.name] = self.names.get(value.name, NOTHING) | under(load, *value.path[1:])

    def _use(self, use: Use, at: Operation, load: Load, argument: Argument | None = None) -> None:
        self.found.extend(Flow(each.source, use, at, argument, each.other) for each in ordered(load))

    def _whole(self, value: Value | None) -> Load:
        """What a value is, without what is only part of it: a list of ids says nothing of its length."""
        return frozenset(carried for carried in self._load(value) if not carried.inside)

    def _load(self, value: Value | None) -> Load:
        match value:
            case Ref():
                own = frozenset({Carried(value)}) if self.is_source(value) else NOTHING
                held = self.names.get(value.name, NOTHING) if value.is_variable else NOTHING
                return own | below(held, value.path[1:])
            case Result(of=operation, path=path):
                return below(self.gives.get(id(operation), NOTHING), path)
            case Opaque(reads=reads):
                return against([self._load(read) for read in reads])
            case Template(parts=parts):
                return NOTHING.union(*(self._load(part) for part in parts if not isinstance(part, str)))
            case Record(entries=entries):
                return inside(NOTHING.union(*(under(self._load(entry.value), entry.key) for entry in entries)))
            case Items(values=items):
                return inside(anywhere(NOTHING.union(*(self._load(item) for item in items))))
            case Closure(body=body):
                return self._captured(body)
        return NOTHING

    def _captured(self, body: Body) -> Load:
        """What a function reads of the names around it, its defaults included."""
        read = [self._load(parameter.default) for parameter in body.parameters]
        for operation in everywhere(body.block):
            read.extend(self._load(ref) for ref in refs_in(operation) if ref.origin is Origin.ENCLOSING)
        return NOTHING.union(*read)
