"""Reading: from the body of a handler, and of what it calls, to the flow of its steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from inngest_lint.graph.flow import (
    Choice,
    End,
    Flow,
    Guard,
    Helper,
    Leaving,
    Part,
    Repeat,
    Send,
    Step,
    Together,
    Way,
    inner,
    parts,
)
from inngest_lint.graph.places import Places
from inngest_lint.graph.words import Words
from inngest_lint.model.body import (
    Arm,
    Assign,
    Await,
    Block,
    Body,
    Branch,
    Call,
    Catch,
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
from inngest_lint.model.value import Closure, Ref, Result, Value
from inngest_lint.model.walk import closures, members, values
from inngest_lint.project import Project

_TOGETHER = {
    "Promise.all": False,
    "Promise.allSettled": False,
    "Promise.any": True,
    "Promise.race": True,
    "asyncio.as_completed": False,
    "asyncio.gather": False,
    "asyncio.wait": False,
}
"""What begins the steps it is given together, and whether one that ends is enough."""

_AFTERWARDS = frozenset({"catch", "finally", "then"})
_SENDS = frozenset({"send", "send_sync"})
# More steps than these of one helper, and each further call of it is only named.
_MOST = 300


class Reader:
    """What reads the flows of the functions of a project."""

    def __init__(self, project: Project, words: Words, places: Places) -> None:
        self.project = project
        self.words = words
        self.places = places
        self._helpers: dict[int, Flow] = {}

    def flow(self, body: Body) -> Flow:
        """The flow of the steps that a handler takes."""
        flow = _pruned(_Reading(self, (id(body),), is_entry=True).block(body.block))
        return flow if _matters(flow) else ()

    def helper(self, body: Body, within: tuple[int, ...]) -> Flow:
        """The flow of a helper; nothing where it is too long to be told at each call."""
        if id(body) not in self._helpers:
            flow = _Reading(self, within, is_entry=False).block(body.block)
            self._helpers[id(body)] = flow if sum(1 for _ in parts(flow)) <= _MOST else ()
        return self._helpers[id(body)]

    def step(self, step: StepCall) -> Step:
        """A step by what it does."""
        function = step.argument("function")
        return Step(
            kind=step.kind,
            id=self.words.id(step.id),
            span=step.span,
            sends=self.places.sent_in(step),
            awaits=self._awaited(step),
            target=(self.places.invoked(step.span) or self._target(function.value)) if function is not None else None,
            takes=self.words.time(next(filter(None, map(step.argument, ("duration", "until", "timeout"))), None)),
            condition=self._condition(step),
        )

    def _awaited(self, step: StepCall) -> str | None:
        given = step.argument("event") or step.argument("signal")
        if given is None or step.kind not in (StepKind.WAIT_FOR_EVENT, StepKind.WAIT_FOR_SIGNAL):
            return None
        return self.places.awaited(step.span) or self.words.text(given.value)

    def _target(self, value: Value) -> str:
        return self.words.text(value).strip("{}")

    def _condition(self, step: StepCall) -> str | None:
        match = step.argument("match")
        if match is not None and (path := self.words.condition(match)):
            return f"same {path}"
        return self.words.condition(step.argument("condition"))


@dataclass(slots=True)
class _Reading:
    """A block on its way to a flow; `within` are the bodies around it, `is_entry` where leaving it ends the run."""

    reader: Reader
    within: tuple[int, ...]
    is_entry: bool
    # What has not been waited for yet, by the operation that began it, and the names it was given.
    _read: dict[int, Flow] = field(default_factory=dict)
    _names: dict[Ref, Value] = field(default_factory=dict)
    _carries: dict[int, tuple[Operation, ...]] = field(default_factory=dict)

    def block(self, block: Block) -> Flow:
        """The flow of a block."""
        order: list[Operation] = []
        for operation in block:
            self._read[id(operation)] = self._flow(operation)
            order.append(operation)
        # What was begun in a block is only taken out of it while it is read.
        return tuple(part for operation in order for part in self._read.pop(id(operation)))

    def _flow(self, operation: Operation) -> Flow:
        match operation:
            case StepCall():
                return (self.reader.step(operation),)
            case Call():
                return self._call(operation)
            case Parallel():
                return self._parallel(operation)
            case Assign(targets=(target,), value=value):
                self._names[target] = value
            case Branch(arms=arms):
                return (Choice(tuple(map(self._way, arms))),)
            case Loop():
                return self._loop(operation)
            case Scope(body=body):
                return self._inside(body)
            case Try():
                failures = tuple(map(self._caught, operation.catches))
                guarded = (*self._inside(operation.body), *self._inside(operation.otherwise))
                return (Guard(guarded, failures, self._inside(operation.final)),)
            case Return() | Throw() | Jump():
                return self._left(operation)
        return ()

    def _inside(self, block: Block) -> Flow:
        return self._beside(self.within, is_entry=self.is_entry).block(block)

    def _beside(self, within: tuple[int, ...], *, is_entry: bool) -> _Reading:
        """The reading of a block that knows the names of this one."""
        return _Reading(self.reader, within, is_entry, self._read, self._names, self._carries)

    def _left(self, operation: Return | Throw | Jump) -> Flow:
        match operation:
            case Jump(kind=kind):
                return (End(Leaving(kind)),)
            case Throw():
                return (End(Leaving.FAILS),)
        return (End(Leaving.RETURNS),) if self.is_entry else ()

    def _way(self, arm: Arm) -> Way:
        return Way(self.reader.words.test(arm) if arm.test is not None else None, self._inside(arm.block))

    def _caught(self, catch: Catch) -> Way:
        types = " or ".join(ref.path[-1] for ref in catch.types if ref.path)
        return Way(types or None, self._inside(catch.body))

    def _loop(self, loop: Loop) -> Flow:
        # What is given by each round is begun where something takes it.
        flow = self._inside(loop.body)
        return (Repeat(self.reader.words.code(loop.head), flow),) if flow else ()

    def _call(self, call: Call) -> Flow:
        project = self.reader.project
        first = _TOGETHER.get(project.dotted(call) or "")
        held = tuple(self._held(call))
        if first is not None and held:
            return self._together(held, first=first)
        if project.client_method(call) in _SENDS and (events := self.reader.places.sent(call.span)):
            return (Send(events, call.span),)
        callee = project.callee(call)
        if callee is not None:
            return (*self._helper(callee, call.spelling), *self._at_once(call))
        self._carries[id(call)] = held
        return self._at_once(call)

    def _at_once(self, call: Call) -> Flow:
        """What the functions do that a call runs, once for each item unless it is an after-thought."""
        flow = tuple(p for body in self.reader.project.called_at_once(call) for p in self._closure(body))
        if not any(isinstance(part, (Step, Send, Helper)) for part in parts(flow)):
            return ()
        if call.spelling.rpartition(".")[2] in _AFTERWARDS or call.receiver is None:
            return flow
        return (Repeat(f"each of {self.reader.words.name(call.receiver)}", flow),)

    def _helper(self, body: Body, name: str) -> Flow:
        if not self.reader.project.steps(body) and not self._sends(body):
            return ()
        if id(body) in self.within:
            return (Helper(name),)
        return self.reader.helper(body, (*self.within, id(body))) or (Helper(name),)

    def _sends(self, body: Body) -> bool:
        return any(self.reader.places.sent(reached.span) for reached in self.reader.project.reachable(body))

    def _closure(self, body: Body) -> Flow:
        if id(body) in self.within:
            return ()
        return self._beside((*self.within, id(body)), is_entry=False).block(body.block)

    # What is begun together

    def _held(self, operation: Operation) -> Iterator[Operation]:
        """The operations whose flows are in the hands of an operation: what they give has not been waited for."""
        for value in values(operation):
            yield from self._held_by(value, 4)

    def _held_by(self, value: Value, left: int) -> Iterator[Operation]:
        for member in members(value) if left else ():
            match member:
                case Result(of=Await()):
                    continue
                case Result(of=begun) if id(begun) in self._carries:
                    yield from self._carries[id(begun)] or ((begun,) if self._read.get(id(begun)) else ())
                case Result(of=begun) if self._read.get(id(begun)):
                    yield begun
                case Ref() if (named := self._names.get(member)) is not None:
                    yield from self._held_by(named, left - 1)

    def _together(self, held: tuple[Operation, ...], *, first: bool) -> Flow:
        """Take the flows of operations out of where they stand: together they are one part."""
        unique = tuple({id(operation): operation for operation in held}.values())
        flows = tuple(self._read[id(operation)] for operation in unique)
        if all(isinstance(operation, StepCall) and operation.immediate for operation in unique):
            return ()
        for operation in unique:
            self._read[id(operation)] = ()
        match flows:
            case ((Repeat(over=over, flow=flow),),):
                return (Together((flow,), over.removeprefix("each of "), first),)
            case (alone,):
                return alone
        return (Together(flows, None, first),)

    def _parallel(self, parallel: Parallel) -> Flow:
        over = self.reader.words.name(parallel.over) if parallel.over is not None else None
        branches = tuple(flow for branch in parallel.branches if (flow := self._branch(branch, parallel.span.file)))
        if over is None and len(branches) == 1:
            return branches[0]
        return (Together(branches, over, parallel.first),) if branches else ()

    def _branch(self, value: Value, file: str) -> Flow:
        found = tuple(self._held_by(value, 4))
        taken = tuple(part for operation in found for part in self._read[id(operation)])
        for operation in found:
            self._read[id(operation)] = ()
        bodies = closures(value) if isinstance(value, Closure) or not taken else ()
        written = tuple(part for body in bodies for part in self._closure(body))
        if taken or written or not isinstance(value, Ref):
            return (*taken, *written)
        body = self.reader.project.function(value, file)
        return self._helper(body, value.dotted) if body is not None else ()


def _pruned(flow: Flow) -> Flow:
    """A flow without what has nothing to do with steps, and without its last word."""
    kept = _within(flow)
    while kept and _only_returns(kept[-1]):
        kept = kept[:-1]
    return kept


def _only_returns(part: Part) -> bool:
    if isinstance(part, Choice):
        return all(_only_returns(inside) for way in part.ways for inside in way.flow)
    return part == End(Leaving.RETURNS)


def _pruned_part(part: Part) -> Part | None:
    match part:
        case Choice(ways=ways):
            return _pruned_choice(tuple(Way(way.test, _within(way.flow)) for way in ways))
        case Repeat(over=over, flow=flow):
            kept = _within(flow)
            return Repeat(over, kept) if _matters(kept) else None
        case Together(branches=branches, over=over, first=first):
            return Together(tuple(map(_within, branches)), over, first)
        case Guard(flow=flow, failures=failures, final=final):
            guard = Guard(_within(flow), tuple(Way(w.test, _within(w.flow)) for w in failures), _within(final))
            return guard if any(_matters(below) for below in inner(guard)) else None
    return part


def _pruned_choice(ways: tuple[Way, ...]) -> Choice | None:
    while ways and not ways[-1].flow:
        ways = ways[:-1]
    match ways:
        case ():
            return None
        case (Way(test=str() as test, flow=()), Way(test=None, flow=flow)):
            return Choice((Way(f"not ({test})", flow),))
    return Choice(ways)


def _within(flow: Flow) -> Flow:
    return tuple(part for part in map(_pruned_part, flow) if part is not None)


def _matters(flow: Flow) -> bool:
    return any(isinstance(part, (Step, Send, Helper)) for part in parts(flow))
