"""Calls: where a call leads, and what happens on the way there."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from inngest_lint.effects import Catalogue, Effect, catalogue
from inngest_lint.frontends.vocabulary import vocabulary
from inngest_lint.model.body import Argument, Assign, Await, Block, Body, Call, Operation, Return, StepCall
from inngest_lint.model.function import Language, Module
from inngest_lint.model.parameters import received_by, runs_parameter
from inngest_lint.model.value import (
    CALLED,
    CALLED_WITH_ARGUMENTS,
    CALLS,
    Closure,
    Opaque,
    Origin,
    Record,
    Ref,
    Result,
    Value,
    only_import,
)
from inngest_lint.model.walk import closures, everywhere, walk
from inngest_lint.project.likeness import client_path, imports_django, model_path, sends_events
from inngest_lint.project.names import Names
from inngest_lint.project.ways import Station, Ways

# What the standard library does to the world is in the catalogue; what the SDK does is the rules' own business.
_HARMLESS = frozenset({*sys.stdlib_module_names, "inngest"})
_NO_EFFECTS = (Effect.PURE, Effect.STEP_RUN)
# Re-exports that lead in a circle end here.
_LONGEST_CHAIN = 16


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An effect, and the calls that lead to it: the one in the body asked about first, the effect itself last."""

    effect: Effect
    path: tuple[Call, ...]

    @property
    def call(self) -> Call:
        """The call in the body asked about."""
        return self.path[0]

    @property
    def source(self) -> Call:
        """The call that has the effect."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Reached:
    """A step, and the calls of helpers that lead to it; no calls where it stands in the body itself."""

    step: StepCall
    path: tuple[Call, ...]

    @property
    def stands(self) -> StepCall | Call:
        """What stands in the body itself: the step, or the call that leads to it."""
        return self.path[0] if self.path else self.step


@dataclass(frozen=True, slots=True)
class Callback:
    """A function that runs inside a step, and the operation that makes it do so."""

    step: StepCall | Call
    body: Body


class Calls:
    """The calls of a project's modules, followed as far as they can be known."""

    def __init__(self, modules: Mapping[str, Module], catalogues: Mapping[Language, Catalogue]) -> None:
        self._modules = modules
        self._catalogues = catalogues
        self._names = Names(modules.values())
        self._apart = {id(f.handler) for m in modules.values() for f in m.functions if not f.created}
        self._django = imports_django(modules.values())
        # What is asked again and again is kept by identity; the ways keep the bodies alive, the classes the calls.
        self._effects: dict[int, tuple[Occurrence, ...]] = {}
        self._steps: dict[int, tuple[Reached, ...]] = {}
        self._effect_ways = Ways(self._effect_stations)
        self._step_ways = Ways(lambda body: self._step_stations(body.block))
        self._classes: dict[int, tuple[Call, Effect | None]] = {}

    # Where a call leads

    def language(self, file: str) -> Language:
        """The language a file is written in."""
        return self._modules[file].language

    def canonical(self, value: Value, file: str) -> Ref | None:
        """A value of a file traced to a library, through this project's own names."""
        return self._canonical(value, file, _LONGEST_CHAIN)

    def _canonical(self, value: Value, file: str, left: int) -> Ref | None:
        match value:
            case Ref(origin=Origin.IMPORT) if left:
                return self._imported(value, file, left - 1)
            case Ref(origin=Origin.MODULE, path=(_, hop, *_)) if left and hop in CALLS:
                return self._given(value, file, left - 1)
            case Ref():
                return value
            case Result(of=Call() as call, path=path):
                target = self._canonical(call.target, file, left)
                called = CALLED_WITH_ARGUMENTS if call.arguments else CALLED
                return target and Ref(target.origin, (*target.path, called, *path))
            case Result(of=Await(value=waited), path=path):
                base = self._canonical(waited, file, left)
                return base and Ref(base.origin, (*base.path, *path))
            case Opaque(reads=reads, either=True):
                return only_import(self._canonical(read, file, left) for read in reads)
        return None

    def _imported(self, ref: Ref, file: str, left: int) -> Ref:
        found = self._names.find(ref.path, file)
        ref = Ref(ref.origin, self._names.absolute(ref.path, file))
        if found is None or not found[1]:
            return ref
        module, (name, *rest) = found
        bound = module.binding(name)
        if isinstance(bound, Ref) and bound.origin is Origin.IMPORT:
            # What is re-exported may be a module, whose names are only found with what follows.
            bound, rest = Ref(Origin.IMPORT, (*bound.path, *rest)), []
        if isinstance(bound, Closure) and rest and rest[0] in CALLS:
            base, rest = self._given_by(bound.body, module.file, left), rest[1:]
        else:
            base = self._canonical(bound, module.file, left) if bound is not None else None
        return Ref(base.origin, (*base.path, *rest)) if base is not None and base.origin is Origin.IMPORT else ref

    def _given(self, ref: Ref, file: str, left: int) -> Ref:
        """What a function of the file gives back: `get_session().execute`."""
        body = self._function(ref.path[:1], file)
        base = self._given_by(body, file, left) if body is not None else None
        return Ref(base.origin, (*base.path, *ref.path[2:])) if base is not None else ref

    def _given_by(self, body: Body, file: str, left: int) -> Ref | None:
        """What calling a function gives, where that comes from another module."""
        if not left:
            return None
        base = only_import(self._canonical(value, file, left - 1) for value in returned(body))
        if base is None and body.returns is not None and body.returns.origin is Origin.IMPORT:
            return Ref(Origin.IMPORT, (*body.returns.path, CALLED_WITH_ARGUMENTS))
        return base

    def is_local(self, ref: Ref, file: str) -> bool:
        """Whether an import leads to a file of the project's own."""
        return self._names.is_local(ref.path, file)

    def is_like_client(self, ref: Ref, call: Call) -> bool:
        """Whether a name from a file of the project that was not read is used as an Inngest client."""
        file = call.span.file
        if not (ref.origin is Origin.IMPORT and sends_events(ref, call)):
            return False
        return self._names.find(ref.path, file) is None and self._names.is_local(ref.path, file)

    def bound(self, ref: Ref, file: str) -> Value | None:
        """What a reference of a file stands for, where a top level of the project says so."""
        value: Value | None = ref
        for _ in range(_LONGEST_CHAIN):
            if not isinstance(value, Ref):
                break
            found = self._names.find(value.path, file) if value.origin is Origin.IMPORT else None
            if found is not None and found[1]:
                file, value = found[0].file, Ref(Origin.MODULE, found[1])
            if value.origin is not Origin.MODULE:
                return None
            name, *hops = value.path
            value = _below(self._modules[file].binding(name), hops)
        return value

    def imported(self) -> frozenset[tuple[str, str]]:
        """The names of this project's files that other files of it import, each with its file."""
        led = (self._names.find(i.path, module.file) for module in self._modules.values() for i in module.imports)
        return frozenset((found[0].file, found[1][0]) for found in led if found is not None and found[1])

    def callee(self, call: Call) -> Body | None:
        """The function a call runs, where the project defines it."""
        return self.function(call.target, call.span.file)

    def function(self, value: Value, file: str) -> Body | None:
        """The function a value stands for, where the project defines it."""
        match value:
            case Closure(body=body):
                return body
            case Ref(origin=Origin.MODULE | Origin.SELF, path=path):
                return self._function(path, file)
            case Ref(origin=Origin.IMPORT, path=path):
                return self._function_elsewhere(path, file, _LONGEST_CHAIN)
        return None

    def _function_elsewhere(self, path: tuple[str, ...], file: str, left: int) -> Body | None:
        """The function that a name of another file stands for, re-exported ones and methods of instances included."""
        found = self._names.find(path, file) if left and path[-1] not in CALLS else None
        if found is None or not found[1]:
            return None
        module, (name, *rest) = found
        direct = self._function((name, *rest), module.file)
        if direct is not None:
            return direct
        bound = module.binding(name)
        base = bound if isinstance(bound, Ref) else self._canonical(bound, module.file, left - 1) if bound else None
        match base:
            case Ref(origin=Origin.IMPORT, path=further):
                return self._function_elsewhere((*further, *rest), module.file, left - 1)
            case Ref(origin=Origin.MODULE, path=own):
                return self._function((*own, *rest), module.file)
        return None

    def _function(self, path: tuple[str, ...], file: str) -> Body | None:
        names = [hop for hop in path if hop not in CALLS]
        # A call at the end of the path is what the function gives, not the function.
        if not names or path[-1] in CALLS or len(names) > 2:
            return None
        module = self._modules[file]
        for name in (".".join(names), f"{names[0]}.__init__") if len(names) == 1 else (".".join(names),):
            bound = module.binding(name)
            if isinstance(bound, Closure):
                return bound.body
        return None

    def callback(self, step: StepCall) -> Body | None:
        """The function a step runs, where the project defines it."""
        return self.function(step.callback.value, step.span.file) if step.callback is not None else None

    # What happens

    def classify(self, call: Call) -> Effect | None:
        """The effect of a call itself; None where nothing is known of it."""
        if id(call) not in self._classes:
            self._classes[id(call)] = (call, self._classify(call))
        return self._classes[id(call)][1]

    def _classify(self, call: Call) -> Effect | None:
        module = self._modules[call.span.file]
        of_client = isinstance(call.target, Ref) and client_path(call.target, module)
        if of_client:
            return self._catalogues[module.language].classify(of_client, call)
        known = self._catalogues[module.language]
        ref = self.canonical(call.target, call.span.file)
        if ref is None or not ref.is_foreign:
            return None
        effect = known.classify(ref.path, call)
        if effect is None and self._django and (model := model_path(ref)):
            return known.classify(model, call)
        return None if effect is not None and self._is_namesake(ref, call, effect) else effect

    def unknown(self, call: Call) -> str | None:
        """The function a call leads to, as people write it, where nothing is known of what it does.

        Methods of plain values, such as what steps give, are taken to be harmless.
        """
        if self.callee(call) is not None or self.classify(call) is not None:
            return None
        ref = self.canonical(call.target, call.span.file)
        # What is called on a result is told with the call that gave it.
        if ref is None or ref.origin is not Origin.IMPORT or any(hop in CALLS for hop in ref.path):
            return None
        known = self._catalogues[self._modules[call.span.file].language].knows(ref.name)
        return None if known or ref.name in _HARMLESS else ref.dotted

    def _is_namesake(self, ref: Ref, call: Call, effect: Effect) -> bool:
        """Whether a name of the built-in catalogue is a package of the project's own: its `agents`, its `github`."""
        if ref.origin is not Origin.IMPORT or not self._names.is_local(ref.path, call.span.file):
            return False
        return catalogue(self._modules[call.span.file].language).classify(ref.path, call) is effect

    def happening(self, block: Block) -> Iterator[Operation]:
        """Each operation that happens when a block runs, callbacks that are called at once included."""
        for operation in walk(block):
            yield operation
            for body in self._called_at_once(operation):
                yield from self.happening(body.block)

    def _called_at_once(self, operation: Operation) -> Iterator[Body]:
        if isinstance(operation, Call):
            for argument in operation.arguments:
                if self._calls_its_arguments(operation) or self._is_called_there(operation, argument):
                    yield from closures(argument.value)

    def _calls_its_arguments(self, call: Call) -> bool:
        """Whether a call runs the functions it is given, or what it gives does once it is awaited."""
        words = vocabulary(self._modules[call.span.file].language)
        if call.receiver is not None and call.spelling.rpartition(".")[2] in words.calling_methods:
            return self.callee(call) is None
        target = call.target
        return isinstance(target, Ref) and target.origin is Origin.GLOBAL and target.dotted in words.callers

    def _is_called_there(self, call: Call, argument: Argument) -> bool:
        """Whether a helper of the project calls a function it is given."""
        callee = self.callee(call) if isinstance(argument.value, Closure) else None
        name = received_by(call, argument, callee) if callee is not None else None
        return callee is not None and name is not None and runs_parameter(callee, name)

    def effects(self, body: Body) -> tuple[Occurrence, ...]:
        """The effects that happen when a body runs, outside any step; one of a kind for each call."""
        if id(body) not in self._effects:
            found = ((effect, _calls(way)) for effect, way in self._effect_ways.of(body))
            self._effects[id(body)] = tuple(Occurrence(effect, path) for effect, path in found)
        return self._effects[id(body)]

    def _effect_stations(self, body: Body) -> Iterator[Station[Effect]]:
        for operation in self.happening(body.block):
            effect = self.classify(operation) if isinstance(operation, Call) else None
            if effect is not None and effect not in _NO_EFFECTS:
                yield Station(operation, effect)
            callee = self.callee(operation) if effect is None and isinstance(operation, Call) else None
            # What takes the context itself is spoken of where it stands.
            if callee is not None and id(callee) not in self._apart:
                yield Station(operation, None, callee)

    def steps(self, body: Body) -> tuple[Reached, ...]:
        """The steps that a body takes, through helpers too, each once for each call; those inside steps left out."""
        if id(body) not in self._steps:
            self._steps[id(body)] = tuple(_reached(way) for way in self._step_ways.of(body))
        return self._steps[id(body)]

    def steps_in(self, block: Block) -> tuple[Reached, ...]:
        """The steps that a block takes, through helpers too."""
        return tuple(_reached(way) for way in self._step_ways.along(self._step_stations(block)))

    def _step_stations(self, block: Block) -> Iterator[Station[StepCall]]:
        for operation in self.happening(block):
            if isinstance(operation, StepCall):
                yield Station(operation, operation)
            elif isinstance(operation, Call):
                yield Station(operation, None, self.callee(operation))

    def callbacks(self, body: Body) -> Iterator[Callback]:
        """The functions that run inside the steps a body takes, each once, user-declared wrappers included."""
        seen: set[int] = set()
        for step, inside in self._inside_steps(body):
            if inside is not None and id(inside) not in seen:
                seen.add(id(inside))
                yield Callback(step, inside)

    def _inside_steps(self, body: Body) -> Iterator[tuple[StepCall | Call, Body | None]]:
        for reached in self.steps(body):
            yield reached.step, self.callback(reached.step)
        for operation in everywhere(body.block):
            if isinstance(operation, Call) and self.classify(operation) is Effect.STEP_RUN:
                for argument in operation.arguments:
                    yield operation, self.function(argument.value, operation.span.file)

    def reachable(self, body: Body) -> Iterator[Body]:
        """A body and the functions its calls lead to, outside any step, each once."""
        seen: set[int] = set()
        waiting = deque([body])
        while waiting:
            current = waiting.popleft()
            if id(current) in seen:
                continue
            seen.add(id(current))
            yield current
            waiting.extend(self._step_ways.called(current))

    def running(self, body: Body) -> Iterator[Operation]:
        """Each operation that happens when a body runs, outside any step, those of the functions it calls once."""
        return (operation for reached in self.reachable(body) for operation in self.happening(reached.block))


def _below(value: Value | None, hops: list[str]) -> Value | None:
    """What stands under some hops of a value; None where they cannot be followed."""
    for position, hop in enumerate(hops):
        if isinstance(value, (Ref, Result)):
            return replace(value, path=(*value.path, *hops[position:]))
        entry = value.get(hop) if isinstance(value, Record) else None
        value = entry.value if entry is not None else None
    return value


def _calls(way: tuple[Operation, ...]) -> tuple[Call, ...]:
    return tuple(operation for operation in way if isinstance(operation, Call))


def _reached(way: tuple[StepCall, tuple[Operation, ...]]) -> Reached:
    step, operations = way
    return Reached(step, _calls(operations))


def returned(body: Body) -> Iterator[Value]:
    """The values a body gives back, traced through its own names."""
    for operation in walk(body.block):
        if isinstance(operation, Return) and operation.value is not None:
            yield from _assigned(operation.value, body.block)


def _assigned(value: Value, block: Block) -> Iterator[Value]:
    match value:
        case Ref(origin=Origin.LOCAL, path=(_,)):
            pass
        case Ref(origin=Origin.MODULE, path=(_,)):
            yield value  # what it was before
        case _:
            yield value
            return
    for operation in walk(block):
        match operation:
            case Assign(targets=(target,), value=given) if target == value:
                yield given
