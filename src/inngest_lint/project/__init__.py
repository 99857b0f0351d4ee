"""The project: all modules of a run, linked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from inngest_lint.effects import Catalogue, Effect
from inngest_lint.frontends.vocabulary import STEP_TOOLS, vocabulary
from inngest_lint.model.bindings import Bindings, Bound, written
from inngest_lint.model.body import Argument, Block, Body, Call, Hole, Operation, StepCall
from inngest_lint.model.dataflow import Flow, Use
from inngest_lint.model.function import InngestFunction, Language, Module, Replaced
from inngest_lint.model.parameters import received_by
from inngest_lint.model.promises import Promise, dropped, gives_promise
from inngest_lint.model.value import CALLS, Origin, Ref, Value
from inngest_lint.model.walk import everywhere
from inngest_lint.project.callables import called, given_instead
from inngest_lint.project.calls import Callback, Calls, Occurrence, Reached
from inngest_lint.project.elsewhere import Elsewhere, elsewhere
from inngest_lint.project.events import Edge, EventGraph, Node, Tie
from inngest_lint.project.events.ties import Ties
from inngest_lint.project.failures import Failures
from inngest_lint.project.finals import Final, finals
from inngest_lint.project.likeness import CLIENT
from inngest_lint.project.made import Made
from inngest_lint.project.managers import Held, held
from inngest_lint.project.outside import Outside, grouped, is_used, loudest, way
from inngest_lint.project.registry import Registry
from inngest_lint.project.results import Results
from inngest_lint.project.unresolved import Unresolved
from inngest_lint.project.versions import Sdk, sdk_of

__all__ = [
    "Callback",
    "Edge",
    "EventGraph",
    "Final",
    "Held",
    "Node",
    "Occurrence",
    "Outside",
    "Project",
    "Reached",
    "Results",
    "Sdk",
    "Tie",
    "Unresolved",
    "called",
    "way",
]


class Project:
    """The modules of a run, and the questions that take more than one of them to answer."""

    def __init__(self, modules: Iterable[Module], catalogues: Mapping[Language, Catalogue]) -> None:
        self.modules = {module.file: module for module in modules}
        self._calls = Calls(self.modules, catalogues)
        self._written: dict[str, tuple[Bound, ...]] = {}
        self._dropped: dict[str, tuple[Promise, ...]] = {}
        self._imported = self._calls.imported()
        self._elsewhere: dict[int, Elsewhere] = {}
        self._spoken: dict[int, tuple[Occurrence, ...]] = {}

    def module(self, file: str) -> Module:
        """The module a file was lowered to."""
        return self.modules[file]

    def functions(self) -> Iterator[InngestFunction]:
        """Every Inngest function, in the order of files and places."""
        for module in self.modules.values():
            yield from self.functions_of(module)

    def functions_of(self, module: Module) -> Iterator[InngestFunction]:
        """The Inngest functions of a module.

        One that is not made there counts where another file imports it: something may hand it the context.
        """
        for function in module.functions:
            if function.created or (module.file, function.name) in self._imported:
                yield function

    @cached_property
    def failures(self) -> Failures:
        """What is known of errors, and of the steps that fail with them."""
        return Failures(self._calls)

    @cached_property
    def registry(self) -> Registry:
        """Which functions are handed to Inngest, and where."""
        return Registry(self.modules, self._calls, self.written)

    def written(self, module: Module) -> tuple[Bound, ...]:
        """Each operation of a file, with the names in force there; those of a shared helper more than once."""
        if module.file not in self._written:
            self._written[module.file] = tuple(written(module))
        return self._written[module.file]

    def dropped(self, module: Module) -> tuple[Promise, ...]:
        """The promises in a file that nothing becomes of; a step inside a step is another fault."""
        if module.file not in self._dropped:
            found = dropped(module, self.starts_steps)
            self._dropped[module.file] = tuple(promise for promise in found if not self._is_nested(promise))
        return self._dropped[module.file]

    def _is_nested(self, promise: Promise) -> bool:
        steps = (o for o in everywhere(promise.outer.block) if isinstance(o, StepCall))
        inside = (self.callback(step) for step in steps)
        return any(body is not None and body.span.contains(promise.operation.span) for body in inside)

    def starts_steps(self, call: Call) -> bool:
        """Whether a call is of a function that takes steps, and has to be awaited for them."""
        body = self.callee(call)
        if body is None or body.generates or body.decorated or not self.steps(body):
            return False
        return body.is_async or gives_promise(body, self.modules[call.span.file].language)

    def sdk(self, file: str) -> Sdk | None:
        """The SDK release that the project around a file asks for."""
        return sdk_of(Path(file).absolute().parent, self.modules[file].language)

    def entries(self, function: InngestFunction) -> tuple[Body, ...]:
        """The bodies Inngest calls: the handler, and the failure handler where there is one."""
        return (function.handler,) if function.on_failure is None else (function.handler, function.on_failure)

    def effects(self, body: Body, *wanted: Effect) -> Iterator[Occurrence]:
        """The effects of these kinds that happen when a body runs, outside any step; one of a kind for each call."""
        return (occurrence for occurrence in self._calls.effects(body) if occurrence.effect in wanted)

    def outside(self, function: InngestFunction, *wanted: Effect) -> Iterator[Outside]:
        """The calls of a function that have these effects outside any step.

        An entry that takes no step has no outside: it is run, and retried, as a whole.
        What is part of another fault is left out: opening a file around a step, calling a step's function.
        """
        for body in self.entries(function):
            occurrences = tuple(found for found in self._loudest(body) if found.effect in wanted)
            if occurrences and self.is_durable(body):
                told = self._told_elsewhere(body)
                yield from grouped(body, (found for found in occurrences if not told.tells(found)))

    def _loudest(self, body: Body) -> tuple[Occurrence, ...]:
        if id(body) not in self._spoken:
            self._spoken[id(body)] = tuple(loudest(body, self._calls.effects(body)))
        return self._spoken[id(body)]

    def _told_elsewhere(self, body: Body) -> Elsewhere:
        if id(body) not in self._elsewhere:
            self._elsewhere[id(body)] = elsewhere(body, self._calls)
        return self._elsewhere[id(body)]

    def held(self, body: Body) -> Iterator[Held]:
        """The managers that a body and its helpers hold open around steps, as far as they are known to do harm."""
        return held(body, self._calls)

    def finals(self, body: Body) -> Iterator[Final]:
        """The `finally` blocks around steps, in a body and its helpers, that do something."""
        return finals(body, self._calls)

    def given_instead(self, step: StepCall, names: Bindings) -> Value | None:
        """What a step is given in the place of its function; None where that may be a function."""
        return given_instead(step, names, self._calls)

    def classify(self, call: Call) -> Effect | None:
        """The effect of a call itself; None where nothing is known of it."""
        return self._calls.classify(call)

    def dotted(self, call: Call) -> str | None:
        """The library function a call leads to, as people write it: `requests.Session().get`."""
        ref = self.traced(call.target, call.span.file)
        return ref.dotted if ref is not None else None

    def callee(self, call: Call) -> Body | None:
        """The function a call runs, where the project defines it."""
        return self._calls.callee(call)

    def unknown(self, call: Call) -> str | None:
        """The function a call leads to, as people write it, where nothing is known of what it does."""
        return self._calls.unknown(call)

    def receiver(self, flow: Flow) -> tuple[Body, str] | None:
        """The function of the project that a value goes into as an argument, and the parameter that it is given for."""
        match flow:
            case Flow(use=Use.ARGUMENT, at=Call() as call, argument=Argument() as argument):
                callee = self.callee(call)
                name = received_by(call, argument, callee) if callee is not None else None
                return (callee, name) if callee is not None and name is not None else None
        return None

    def are_step_tools(self, type_: Ref, file: str) -> bool:
        """Whether an annotation in a file names the class of the step tools."""
        return vocabulary(self.modules[file].language).contexts.get(type_.path) == STEP_TOOLS

    def creation_names(self, file: str) -> frozenset[str]:
        """The names under which the call that creates a function takes what it needs, and its settings."""
        words = vocabulary(self.modules[file].language)
        return frozenset({words.id, words.triggers, words.on_failure, *words.settings})

    def is_serve(self, call: Call) -> bool:
        """Whether a call registers the functions of one client."""
        ref = self.traced(call.target, call.span.file)
        return ref is not None and ref.path in vocabulary(self.modules[call.span.file].language).serves

    def accepted(self, step: StepCall) -> frozenset[str]:
        """The names under which a step method takes arguments, as the model calls them."""
        methods = vocabulary(self.modules[step.span.file].language).steps.items()
        word = step.spelling.rpartition(".")[2]
        return frozenset(name for path, method in methods if path[-1] == word for name in method.names.values())

    def callback(self, step: StepCall) -> Body | None:
        """The function a step runs, where the project defines it."""
        return self._calls.callback(step)

    def callbacks(self, body: Body) -> Iterator[Callback]:
        """The functions that run inside the steps a body takes, each once, user-declared wrappers included."""
        return self._calls.callbacks(body)

    def steps(self, body: Body) -> tuple[Reached, ...]:
        """The steps a body takes, through helpers too; what runs inside a step is left out."""
        return self._calls.steps(body)

    def steps_in(self, block: Block) -> tuple[Reached, ...]:
        """The steps a block takes, through helpers too; what runs inside a step is left out."""
        return self._calls.steps_in(block)

    def happening(self, block: Block) -> Iterator[Operation]:
        """Each operation that happens when a block runs, functions that are called at once included."""
        return self._calls.happening(block)

    def called_at_once(self, call: Call) -> Iterator[Body]:
        """The functions among the arguments of a call that it runs itself."""
        return self._calls.called_at_once(call)

    def running(self, body: Body) -> Iterator[Operation]:
        """Each operation that happens when a body runs, outside any step, those of the functions it calls once."""
        return self._calls.running(body)

    def traced(self, value: Value, file: str) -> Ref | None:
        """A value of a file traced to a library or to a name of the language; None where it leads to neither."""
        ref = self._calls.canonical(value, file)
        return ref if ref is not None and ref.is_foreign else None

    def library(self, value: Value, file: str) -> Ref | None:
        """A value of a file traced to a library; None where it leads to this project's own files, or nowhere."""
        ref = self._calls.canonical(value, file)
        is_foreign = ref is not None and ref.origin is Origin.IMPORT and not self._calls.is_local(ref, file)
        return ref if is_foreign else None

    def function(self, value: Value, file: str) -> Body | None:
        """The function a value of a file stands for, where the project defines it."""
        return self._calls.function(value, file)

    def made(self, value: Value, names: Bindings | None, file: str) -> InngestFunction | None:
        """The Inngest function that a value of a file stands for; `names` are those in force where it is written."""
        return self._made.of(value, names, file)

    def is_made(self, value: Value, names: Bindings | None, file: str) -> bool:
        """Whether a value of a file is an Inngest function, by its name or by the call that gives it."""
        if self.made(value, names, file) is not None:
            return True
        hops = 2 if self.modules[file].language is Language.PYTHON else 1
        if not isinstance(value, Ref) or not CALLS.issuperset(value.path[-hops:]):
            return False
        *client, word = value.path[:-hops] or ("",)
        return word == self._word(file) and self.is_creation(Ref(value.origin, tuple(client)), file)

    @cached_property
    def _made(self) -> Made:
        return Made(self.modules, self._calls)

    def is_durable(self, body: Body) -> bool:
        """Whether a body takes any step: one that takes none is run as a whole, and retried as a whole."""
        return bool(self._calls.steps(body)) or any(
            isinstance(operation, Call) and self.classify(operation) is Effect.STEP_RUN
            for reached in self._calls.reachable(body)
            for operation in everywhere(reached.block)
        )

    def is_used(self, step: StepCall | Call, entry: Body) -> bool:
        """Whether anything is done with what a step gives, in an entry or in the functions it calls."""
        return any(is_used(step, body) for body in self.reachable(entry))

    def reachable(self, body: Body) -> Iterator[Body]:
        """A body and the functions of the project it calls, outside any step, each once."""
        return self._calls.reachable(body)

    def is_client(self, ref: Ref, file: str) -> bool:
        """Whether a reference of a file stands for an Inngest client, by how it was made or how it is used."""
        if ref in self.modules[file].clients:
            return True
        found = self._calls.canonical(ref, file)
        return found is not None and found.path[:2] == CLIENT[:2] and len(found.path) == 3

    def is_creation(self, client: Ref | None, file: str) -> bool:
        """Whether what creates functions on a reference of a file is the SDK's own, as far as that is known.

        A wrapper of the project's own is not, and neither is another library.
        """
        if client is None or self.function(Ref(client.origin, (*client.path, self._word(file))), file) is not None:
            return False
        bound = self.modules[file].binding(client.name) if client.origin is Origin.MODULE else None
        found = self._calls.canonical(client if bound is None or len(client.path) > 1 else bound, file)
        if found is None or found.origin is not Origin.IMPORT:
            return True
        return found.starts_with(*CLIENT[:1]) or self._calls.is_local(found, file)

    def _word(self, file: str) -> str:
        return vocabulary(self.modules[file].language).create

    def replaced(self, call: Call) -> Replaced | None:
        """What stands in for the export of the SDK that a call is of, where only some releases have it."""
        if not isinstance(call.target, Ref) or call.target.origin is not Origin.IMPORT:
            return None
        return vocabulary(self.modules[call.span.file].language).replaced.get(call.target.path)

    def bound(self, ref: Ref, file: str) -> Value | None:
        """What a reference of a file stands for, where a top level of the project says so."""
        return self._calls.bound(ref, file)

    def client_method(self, call: Call) -> str | None:
        """The method of an Inngest client that a call is of; None where it is of nothing known to be one."""
        if not isinstance(call.target, Ref) or len(call.target.path) < 2:
            return None
        base = Ref(call.target.origin, call.target.path[:-1])
        is_known = self.is_client(base, call.span.file) or self._calls.is_like_client(base, call)
        return call.target.path[-1] if is_known else None

    @cached_property
    def events(self) -> EventGraph:
        """Which functions an event starts, and who sends, awaits, invokes and cancels what."""
        return Ties(self, self._calls).graph()

    def unresolved(self) -> Iterator[Unresolved]:
        """What was not checked: parts that were not lowered, and calls outside steps that lead nowhere known."""
        for function in self.functions():
            for entry in self.entries(function):
                for body in self.reachable(entry):
                    yield from self._unresolved(body)

    def _unresolved(self, body: Body) -> Iterator[Unresolved]:
        for operation in everywhere(body.block):
            if isinstance(operation, Hole):
                yield Unresolved(operation.span, f"`{operation.what}` is not read")
        for operation in self._calls.happening(body.block):
            library = self._calls.unknown(operation) if isinstance(operation, Call) else None
            if library is not None:
                yield Unresolved(operation.span, f"`{library}` is not followed, and in no catalogue of effects")
