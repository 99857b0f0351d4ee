"""Rule: the result of a step or a function is not JSON."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects.kinds import Kind, Kinds, kinds
from inngest_lint.model.body import Assign, Await, Call, Loop, Return, StepCall, Try
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.value import Closure, Constant, Duration, Items, Opaque, Origin, Record, Ref, Result, Template
from inngest_lint.model.walk import walk
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Body
    from inngest_lint.model.value import Value
    from inngest_lint.project import Project
    from inngest_lint.text import Span

_OUTPUT_TYPE = "output_type"
_OUTPUT_SETTING = "output-type"
_MODEL = "model"
_DATES = ("datetime", "date")
_DISTANCE = "timedelta"
_BYTES = "bytes"
_SET = "set"
_ITERATOR = "iterator"
_EXCEPTION = "exception"
_FUNCTION = "function"
_INSTANCE = "instance"
# Helpers that return what helpers give are followed this far.
_DEEPEST = 3


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.SERIALIZATION,
    since="0.1.0",
)
def unserializable_step_result(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A step or a function returns something that JSON cannot hold."""
    for entry in context.project.entries(function):
        yield from _of_callbacks(entry, context.project)
        yield from _of_libraries(entry, context.project)
        # What a function gives to its caller in another file may go no further.
        if function.created and function.setting(_OUTPUT_SETTING) is None:
            yield from _of_entry(entry, function, context.project)


def _of_callbacks(entry: Body, project: Project) -> Iterator[Finding]:
    """Steps that run a function of the project."""
    for callback in project.callbacks(entry):
        step = callback.step
        if isinstance(step, StepCall) and step.argument(_OUTPUT_TYPE):
            continue
        for span, kind in _Results(project, callback.body, entry).faults():
            yield _finding(span, kind, "step", Note(step.span, "this step stores it"))


def _of_libraries(entry: Body, project: Project) -> Iterator[Finding]:
    """Steps that run a function of a library, or make an instance of a class."""
    for reached in project.steps(entry):
        step = reached.step
        if step.callback is None or step.argument(_OUTPUT_TYPE):
            continue
        kind = _Results(project, entry, entry).of_called(step.callback.value)
        if kind is not None:
            yield _finding(step.callback.span, kind, "step")


def _of_entry(entry: Body, function: InngestFunction, project: Project) -> Iterator[Finding]:
    for span, kind in _Results(project, entry, entry).faults():
        # A failure handler has no output type of its own: a client with a serializer stores its models.
        if entry is not function.on_failure or kind.name != _MODEL:
            yield _finding(span, kind, "function")


def _finding(span: Span, kind: Kind, what: str, *notes: Note) -> Finding:
    return Finding(
        span,
        f"{kind.phrase} cannot be stored as the result of a {what}",
        help=kind.help,
        label=kind.harm or f"`json.dumps` rejects this, and the {what} is retried",
        notes=notes,
    )


@dataclass(frozen=True, slots=True)
class _Results:
    """What a body returns; `entry` is the handler, whose names it may see."""

    project: Project
    body: Body
    entry: Body
    depth: int = 0

    @property
    def known(self) -> Kinds:
        """What is known of the language that the body is written in."""
        return kinds("serialization", self.project.module(self.body.span.file).language)

    def faults(self) -> Iterator[tuple[Span, Kind]]:
        """The places at which a body returns what JSON cannot hold."""
        if self.body.generates:
            kind = self.known.named(_ITERATOR)
            if kind is not None:
                yield self.body.name_span, kind
            return
        for operation in walk(self.body.block):
            if isinstance(operation, Return) and operation.value is not None:
                yield from self._within(operation.value, operation.span)

    def _within(self, value: Value, span: Span) -> Iterator[tuple[Span, Kind]]:
        match value:
            case Record(entries=entries):
                for entry in entries:
                    yield from self._inner(entry.value, entry.span)
            case Items(values=values, ordered=True):
                for item in values:
                    yield from self._inner(item, span)
            case _:
                kind = self.kind(value) or self._promised(value)
                if kind is not None:
                    yield _at(value, span), kind

    def _inner(self, value: Value, span: Span) -> Iterator[tuple[Span, Kind]]:
        if isinstance(value, Record) or (isinstance(value, Items) and value.ordered):
            yield from self._within(value, span)
            return
        kind = self.kind(value)
        if kind is not None:
            yield _at(value, span), kind

    def _promised(self, value: Value) -> Kind | None:
        """The kind that the annotation of the body gives to a value of which nothing is known."""
        known = isinstance(value, (Constant, Record, Items, Template, Duration))
        return None if known or self.body.returns is None else self._of_type(self.body.returns)

    def kind(self, value: Value) -> Kind | None:
        """The kind of a value that JSON cannot hold; None for any other."""
        match value:
            case Constant(value=bytes()):
                return self.known.named(_BYTES)
            case Items(ordered=False):
                return self.known.named(_SET)
            case Closure():
                return self.known.named(_FUNCTION)
            case Duration():
                return self.known.named(_DISTANCE)
            case Result(of=Await() | Call() | Loop(), path=()):
                return self._of_result(value)
            case Opaque(reads=(left, right)):
                return self._moved(left, right)
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(name,)):
                return self._of_name(name, value.origin)
            case Ref(origin=Origin.MODULE, path=(name, _)):
                kind = self._of_class(name)
                return kind if kind is not None and kind.name == "enum" else None
        return self._of_library(value)

    def _moved(self, left: Value, right: Value) -> Kind | None:
        """The kind of a date that a `timedelta` is added to, or taken from; nothing else can be done with the two."""
        found = {kind.name: kind for kind in map(self.kind, (left, right)) if kind is not None}
        dates = [kind for name, kind in found.items() if name in _DATES]
        return dates[0] if len(dates) == 1 and _DISTANCE in found else None

    def _of_result(self, value: Result) -> Kind | None:
        match value.of:
            case Loop(distinct=True):
                return self.known.named(_SET)
            case Loop(deferred=True):
                return self.known.named(_ITERATOR)
            case Loop(yields=yields):
                return self.kind(yields) if yields is not None else None
            case Await(value=waited):
                return self.kind(waited)
            case Call() as call:
                return self._of_call(call) or self._of_library(value)
        return None

    def _of_library(self, value: Value) -> Kind | None:
        traced = self.project.traced(value, self.body.span.file)
        return _fault(self.known.of_value(traced.dotted)) if traced is not None else None

    def of_called(self, value: Value) -> Kind | None:
        """The kind of what a function gives that the project does not define, or a class."""
        if not isinstance(value, Ref):
            return None
        if value.origin is Origin.MODULE:
            return self._made_by(value)
        traced = self.project.traced(value, self.body.span.file)
        return _fault(self.known.of_value(f"{traced.dotted}()")) if traced is not None else None

    def _of_call(self, call: Call) -> Kind | None:
        if isinstance(call.target, Ref) and call.target.origin is Origin.MODULE:
            made = self._made_by(call.target)
            if made is not None:
                return made
        callee = self.project.callee(call)
        if callee is None or callee.name == "__init__" or self.depth >= _DEEPEST:
            return None
        inside = _Results(self.project, callee, self.entry, self.depth + 1)
        return next((kind for _, kind in inside.faults()), None)

    def _made_by(self, target: Ref) -> Kind | None:
        kind = self._of_class(target.name)
        if kind is None or len(target.path) > 2:
            return None
        return kind if len(target.path) == 1 or target.path[1] in kind.makers else None

    # Types

    def _of_type(self, ref: Ref) -> Kind | None:
        if ref.origin is Origin.MODULE:
            return self._of_class(ref.name) if len(ref.path) == 1 else None
        return _fault(self.known.of_type(ref)) if ref.is_foreign else None

    def _of_class(self, name: str) -> Kind | None:
        found = tuple(self._ancestors(name, frozenset()))
        if None in found or any(kind is not None and not kind.phrase for kind in found):
            return None
        return next((kind for kind in found if kind is not None), None)

    def _ancestors(self, name: str, seen: frozenset[str]) -> Iterator[Kind | None]:
        """The kinds a class of the file has by what it derives from; None for what is not known."""
        known = self.project.module(self.body.span.file).classes.get(name)
        if known is None or name in seen:
            yield None
            return
        above = (*known.bases, *known.decorators)
        for ref in above:
            if ref.origin is Origin.MODULE and len(ref.path) == 1:
                yield from self._ancestors(ref.name, seen | {name})
            elif (kind := self.known.of_type(ref)) is not None:
                yield kind
        if not any(self.known.of_type(ref) or ref.origin is Origin.MODULE for ref in above):
            yield self._instance(name) if not above else None

    def _instance(self, name: str) -> Kind | None:
        kind = self.known.named(_INSTANCE)
        return replace(kind, phrase=f"an instance of `{name}`") if kind is not None else None

    # Names

    def _of_name(self, name: str, origin: Origin) -> Kind | None:
        owner = self.body if origin is Origin.LOCAL else self.entry
        given = [o for o in walk(owner.block) if isinstance(o, Assign) and (name,) in [t.path for t in o.targets]]
        if not given:
            return self._of_bound(name, owner)
        if self.depth >= _DEEPEST or any(assign.updates or len(assign.targets) > 1 for assign in given):
            return None
        inside = replace(self, depth=self.depth + 1)
        found = [inside.kind(assign.value) or inside.declared(assign) for assign in given]
        return found[0] if all(found) else None

    def declared(self, assign: Assign) -> Kind | None:
        """The kind that an annotation gives to what is assigned."""
        return self._of_type(assign.declares) if assign.declares is not None else None

    def _of_bound(self, name: str, owner: Body) -> Kind | None:
        """The kind of a name that is a parameter, or the error of an `except`."""
        for parameter in owner.parameters:
            if parameter.name == name:
                return self._of_type(parameter.type) if parameter.type is not None and not parameter.spread else None
        for operation in walk(owner.block):
            if isinstance(operation, Try) and any(catch.binds == name for catch in operation.catches):
                return self.known.named(_EXCEPTION)
        return None


def _at(value: Value, span: Span) -> Span:
    """The smallest place that shows a value: the call that gives it, where that stands in the `return`."""
    inside = value.of.span if isinstance(value, Result) else span
    return inside if span.contains(inside) else span


def _fault(kind: Kind | None) -> Kind | None:
    return kind if kind is not None and kind.phrase else None
