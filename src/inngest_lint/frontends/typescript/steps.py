"""Steps: the calls that Inngest remembers the results of, and those started together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tree_sitter import Node

from inngest_lint.frontends.spelling import condensed
from inngest_lint.frontends.typescript.durations import step_duration
from inngest_lint.frontends.typescript.options import OptionObjects
from inngest_lint.frontends.typescript.places import hop
from inngest_lint.frontends.typescript.scope import bare, function_in, text
from inngest_lint.frontends.typescript.tree import code
from inngest_lint.frontends.vocabulary import STEP_TOOLS, StepMethod
from inngest_lint.model.body import Argument, Body, Call, Loop, Operation, Parallel, Return, StepCall, StepKind
from inngest_lint.model.value import Closure, Constant, Items, Opaque, Origin, Record, Ref, Result, Value
from inngest_lint.model.walk import closures, everywhere, refs
from inngest_lint.text import Span

_GROUP = ("group", "parallel")
# What a promise of all of them waits for: every one, or the first.
_AGGREGATES = {"all": False, "allSettled": False, "race": True, "any": True}
_UNPACKED = "*"
# What a step may be told with its id, under the names of the model.
_OPTIONS = {"parallelMode": "parallel-mode"}
_EVENTS = "events"
_BIND = "bind"
_MAP = "map"
_ONCE_WITHOUT_ID = (StepKind.SLEEP, StepKind.SLEEP_UNTIL, StepKind.SEND_EVENT)


class Steps(OptionObjects):
    """The part of the lowering that reads step calls."""

    def step_called(self, node: Node, callee: Value, arguments: tuple[Argument, ...]) -> Operation | None:
        """The step, or the parallel steps, that calling a part of the context is."""
        if not isinstance(callee, Ref) or callee.origin is not Origin.CONTEXT:
            return None
        method = self.module.words.steps.get(callee.path)
        if method is not None:
            for parameter, argument in zip(reversed(method.parameters), reversed(arguments), strict=False):
                if parameter in (_UNPACKED, _EVENTS):
                    self.note_objects(callee.path[-1], argument.value)
            return self._step(self.span(node), method, arguments, self.spelled(node))
        return self._group(self.span(node), arguments) if callee.path == _GROUP else None

    def spelled(self, node: Node) -> str:
        """What is called, as the user wrote it."""
        called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        if called is None:
            return ""
        made = "new " if node.type == "new_expression" else ""
        return made + condensed(self.written(called))

    def head(self, node: Node) -> Span:
        """Where what is called stands."""
        called = node.child_by_field_name("function") or node.child_by_field_name("constructor")
        end = called.end_byte if called is not None else node.end_byte
        return Span(self.module.source.file, node.start_byte, end)

    def _step(self, span: Span, method: StepMethod, arguments: Sequence[Argument], spelling: str) -> StepCall:
        named = list(self._named(method, arguments))
        identity = next((a for a in named if a.name == "id"), None)
        callback = next((a for a in named if a.name == "callback"), None)
        rest = tuple(a for a in named if a.name not in ("id", "callback"))
        if callback is not None:
            callback = self._callback(callback, rest)
        return StepCall(span, method.kind, _identity(identity), callback, (*rest, *_options(identity)), spelling)

    def _named(self, method: StepMethod, arguments: Sequence[Argument]) -> Iterator[Argument]:
        # Before version 3, steps that only tell Inngest something had no id.
        start = 1 if method.kind in _ONCE_WITHOUT_ID and len(arguments) == 1 else 0
        for index, argument in enumerate(arguments, start):
            parameter = method.parameters[index] if index < len(method.parameters) else None
            if parameter == _UNPACKED:
                yield from self._unpacked(method, argument)
            else:
                name = method.names.get(parameter) if parameter and not argument.spread else None
                yield _named(name, argument)

    def _unpacked(self, method: StepMethod, argument: Argument) -> Iterator[Argument]:
        value = self.known(argument.value)
        if not isinstance(value, Record):
            yield Argument("options", argument.value, argument.span, argument.spread)
            return
        for entry in value.entries:
            name = method.names.get(entry.key, entry.key)
            given = self.event_named(entry.value) if name == "event" else step_duration(entry.value, name)
            yield Argument(name, given, entry.span)
        if not value.complete:
            yield Argument("options", argument.value, argument.span, spread=True)

    def event_named(self, value: Value) -> Value:
        """The name of an event, where an object stands for it."""
        raise NotImplementedError

    def _callback(self, callback: Argument, rest: Sequence[Argument]) -> Argument:
        value = self.passing_context(self._method(self.function_value(callback.value)), rest)
        if isinstance(value, Ref):
            value = self.module.attribute(value)
        return replace(callback, value=value)

    def _method(self, value: Value) -> Value:
        """The method that `new Jobs().load`, or `jobs.load` with `jobs = new Jobs()`, stands for."""
        match value:
            case Ref(origin=Origin.MODULE | Origin.LOCAL | Origin.ENCLOSING, path=(_, _)) | Result(path=(_,)):
                found = self.canonical(value)
                return found if found is not None and found.origin is Origin.MODULE else value
            case Ref(origin=Origin.SELF, path=(_, _, _, *_)):
                return self.canonical(value) or value
        return value

    def function_value(self, value: Value) -> Value:
        """The function that calling a value runs: `charge.bind(order)` runs `charge`."""
        match value:
            case Result(of=Call(receiver=Ref() | Closure() as receiver) as call, path=()) if (
                call.spelling.rpartition(".")[2] == _BIND
            ):
                return receiver
        return value

    # Steps started together

    def _group(self, span: Span, arguments: Sequence[Argument]) -> Parallel:
        options = [argument.value for argument in arguments if isinstance(argument.value, Record)]
        mode = options[0].get("mode") if options else None
        first = mode is not None and mode.value == Constant("race")
        branches = tuple(a.value for a in arguments if not isinstance(a.value, Record))
        return Parallel(span, branches, None, first, grouped=True)

    def together(self, node: Node, callee: Value) -> Value | None:
        """`Promise.all([…])` and its like, which may start steps; None where it is a call as any other."""
        if not isinstance(callee, Ref) or callee.origin is not Origin.GLOBAL or callee.path[:1] != ("Promise",):
            return None
        nodes = arguments_of(node)
        if len(callee.path) != 2 or callee.path[1] not in _AGGREGATES or len(nodes) != 1:
            return None
        listed = bare(nodes[0])
        if listed.type == "array":
            return self._listed(node, callee, listed)
        return self._mapped(node, callee, listed) if _maps(listed) else None

    def _listed(self, node: Node, callee: Ref, listed: Node) -> Value:
        elements = [self._alone(child) for child in code(listed)]
        values = tuple(value for value, _ in elements)
        if not any(map(_has_steps, values)) and not any(_takes_steps(block) for _, block in elements):
            self.block.extend(operation for _, block in elements for operation in block)
            return self.applied(node, callee, None, (Argument(None, Items(values), self.span(listed)),))
        branches = tuple(
            Closure(Body(span, None, span, (), is_async=False, block=(*block, Return(span, value)))) if block else value
            for (value, block), span in zip(elements, map(self.span, code(listed)), strict=True)
        )
        first = _AGGREGATES[callee.path[1]]
        return self.happened(Parallel(self.span(node), branches, None, first, spelling=callee.dotted))

    def _alone(self, node: Node) -> tuple[Value, tuple[Operation, ...]]:
        with self.nested() as block:
            value = self.element(node)
        return value, tuple(block)

    def _mapped(self, node: Node, callee: Ref, listed: Node) -> Value:
        called = listed.child_by_field_name("function")
        over = self.field(called, "object") if called is not None else Opaque()
        given = arguments_of(listed)[0]
        branch = self.value(given)
        if _has_steps(branch):
            self.emit(Loop(self.span(listed), (), over, None, (), branch))
            first = _AGGREGATES[callee.path[1]]
            return self.happened(Parallel(self.span(node), (branch,), over, first, spelling=callee.dotted))
        mapped = self.applied(listed, hop(over, _MAP), over, (Argument(None, branch, self.span(given)),))
        return self.applied(node, callee, None, (Argument(None, mapped, self.span(listed)),))

    def applied(self, node: Node, callee: Value, receiver: Value | None, arguments: tuple[Argument, ...]) -> Value:
        """What a call gives, whose parts are known."""
        raise NotImplementedError

    def happened(self, operation: Operation) -> Value:
        """What an operation that happens now gives."""
        self.emit(operation)
        return Result(operation)


def _has_steps(value: Value) -> bool:
    """Whether a function takes steps, or hands on what it would take them with."""
    return any(_takes_steps(body.block) for body in closures(value))


def _takes_steps(block: Sequence[Operation]) -> bool:
    for operation in everywhere(tuple(block)):
        if isinstance(operation, (StepCall, Parallel)):
            return True
        if isinstance(operation, Call) and any(_hands_on(argument.value) for argument in operation.arguments):
            return True
    return False


def _hands_on(value: Value) -> bool:
    return any(ref.origin is Origin.CONTEXT and ref.path in ((), STEP_TOOLS) for ref in refs(value))


def arguments_of(call: Node) -> list[Node]:
    """The arguments of a call; those of a template are what it holds."""
    given = call.child_by_field_name("arguments")
    return code(given) if given is not None else []


def _maps(node: Node) -> bool:
    """Whether a call is `items.map(function)`."""
    called = node.child_by_field_name("function")
    if called is None or called.type != "member_expression" or len(arguments_of(node)) != 1:
        return False
    name = called.child_by_field_name("property")
    return name is not None and text(name) == _MAP and function_in(arguments_of(node)[0]) is not None


def _named(name: str | None, argument: Argument) -> Argument:
    value = step_duration(argument.value, name) if name is not None else argument.value
    return Argument(name, value, argument.span, argument.spread)


def _options(given: Argument | None) -> Iterator[Argument]:
    """What is said of how a step runs beside its id: `{ id, parallelMode: "race" }`."""
    if given is not None and isinstance(given.value, Record):
        yield from (Argument(_OPTIONS[e.key], e.value, e.span) for e in given.value.entries if e.key in _OPTIONS)


def _identity(given: Argument | None) -> Argument | None:
    """The id of a step, which may be given as `{ id, name }`."""
    if given is None:
        return None
    entry = given.value.get("id") if isinstance(given.value, Record) else None
    return given if entry is None else Argument(given.name, entry.value, entry.span)
