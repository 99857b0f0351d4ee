"""Calls: where a call leads, and what happens on the way there."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from inngest_lint.effects import Catalogue, Effect, catalogue
from inngest_lint.frontends.vocabulary import vocabulary
from inngest_lint.model.body import Argument, Block, Body, Call, Operation, StepCall
from inngest_lint.model.function import Language, Module
from inngest_lint.model.parameters import received_by, runs_parameter
from inngest_lint.model.value import (
    CALLS,
    Closure,
    Origin,
    Ref,
)
from inngest_lint.model.walk import closures, everywhere, walk
from inngest_lint.project.likeness import client_path, imports_django, model_path, sends_events
from inngest_lint.project.references import References
from inngest_lint.project.ways import Station, Ways

# What the standard library does to the world is in the catalogue; what the SDK does is the rules' own business.
_HARMLESS = {
    Language.PYTHON: frozenset({*sys.stdlib_module_names, "inngest"}),
    Language.TYPESCRIPT: frozenset({"inngest"}),
}
_NO_EFFECTS = (Effect.PURE, Effect.STEP_RUN)


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


class Calls(References):
    """The calls of a project's modules, followed as far as they can be known."""

    def __init__(self, modules: Mapping[str, Module], catalogues: Mapping[Language, Catalogue]) -> None:
        super().__init__(modules)
        self._catalogues = catalogues
        self._apart = {id(f.handler) for m in modules.values() for f in m.functions if not f.created}
        self._django = imports_django(modules.values())
        # What is asked again and again is kept by identity; the ways keep the bodies alive, the classes the calls.
        self._effects: dict[int, tuple[Occurrence, ...]] = {}
        self._steps: dict[int, tuple[Reached, ...]] = {}
        self._effect_ways = Ways(self._effect_stations)
        self._step_ways = Ways(lambda body: self._step_stations(body.block))
        self._classes: dict[int, tuple[Call, Effect | None]] = {}

    # Where a call leads

    def is_like_client(self, ref: Ref, call: Call) -> bool:
        """Whether a name from a file of the project that was not read is used as an Inngest client."""
        file = call.span.file
        if not (ref.origin is Origin.IMPORT and sends_events(ref, call)):
            return False
        return self._names.find(ref.path, file) is None and self._names.is_local(ref.path, file)

    def callee(self, call: Call) -> Body | None:
        """The function a call runs, where the project defines it."""
        return self.function(call.target, call.span.file)

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
        language = self.language(call.span.file)
        is_harmless = self._catalogues[language].knows(ref.name) or ref.name in _HARMLESS[language]
        return None if is_harmless else ref.dotted

    def _is_namesake(self, ref: Ref, call: Call, effect: Effect) -> bool:
        """Whether a name of the built-in catalogue is a package of the project's own: its `agents`, its `github`."""
        if ref.origin is not Origin.IMPORT or not self._names.is_local(ref.path, call.span.file):
            return False
        return catalogue(self._modules[call.span.file].language).classify(ref.path, call) is effect

    def happening(self, block: Block) -> Iterator[Operation]:
        """Each operation that happens when a block runs, callbacks that are called at once included."""
        for operation in walk(block):
            yield operation
            for body in self.called_at_once(operation):
                yield from self.happening(body.block)

    def called_at_once(self, operation: Operation) -> Iterator[Body]:
        """The functions among the arguments of a call that it runs itself."""
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


def _calls(way: tuple[Operation, ...]) -> tuple[Call, ...]:
    return tuple(operation for operation in way if isinstance(operation, Call))


def _reached(way: tuple[StepCall, tuple[Operation, ...]]) -> Reached:
    step, operations = way
    return Reached(step, _calls(operations))
