"""Rule: the data of an event is read without validation."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.effects.kinds import kinds
from inngest_lint.guideline import Guideline
from inngest_lint.model.bindings import Bindings, Bound, bound
from inngest_lint.model.body import Assign, Body, Call, Hole, Loop, StepCall
from inngest_lint.model.events import end_of_data
from inngest_lint.model.function import InngestFunction, Language, Trigger
from inngest_lint.model.value import EACH, Constant, Items, Opaque, Origin, Record, Ref, Result, Value
from inngest_lint.model.walk import refs_in
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, Preset, rule
from inngest_lint.text import Span

_READ = "read"
_COPY = "copy"
_INDIFFERENT = "indifferent"
_BUILTINS = frozenset(dir(builtins))
_LONGEST_CHAIN = 8
_SCHEMAS = "schemas"
_WITHOUT_SCHEMAS = 4
_HELP = {
    Language.PYTHON: "validate it once at the top: `payload = Payload.model_validate(ctx.event.data)`",
    Language.TYPESCRIPT: "give the event a schema, or parse it once at the top: `Payload.parse(event.data)`",
}


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.EVENTS,
    since="0.1.0",
    preset=Preset.STRICT,
    guideline=Guideline.TYPES,
)
def untyped_event(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function reads the data of its event without ever validating it."""
    events = [(trigger, _event(trigger, context.project)) for trigger in function.triggers]
    trigger = next((trigger for trigger, event in events if _is_own(event)), None)
    if trigger is None or any(_is_typed(*event) for event in events) or _is_typed_by_client(function, context):
        return
    reads: list[Span] = []
    for place in _places(function.handler, context.project):
        data = _Data(place.names, context.language)
        if isinstance(place.operation, Hole) or _leaves(place, data, context.project):
            return
        reads.extend(data.reads(place))
    if reads:
        yield _finding(function, trigger, min(reads), _HELP[context.language])


def _event(trigger: Trigger, project: Project) -> Value | None:
    """The name of the event, or what is known of it where that is out of sight."""
    match trigger.event:
        case Opaque(reads=(Ref() as ref,)):
            return project.bound(ref, trigger.span.file) or trigger.event
    return trigger.event


def _is_own(event: Value | None) -> bool:
    """Whether an event of the user's own starts the function: what those of Inngest itself hold is known."""
    match event:
        case Constant(value=str(name)):
            return not name.startswith("inngest/")
    return event is not None


def _is_typed(trigger: Trigger, event: Value | None) -> bool:
    """Whether it is said of which type an event's data is, or may be out of sight."""
    match event:
        case Opaque(reads=(Ref() | Result(), *_)):
            return True
        case Result(of=Call(arguments=arguments)):
            return len(arguments) > 1
    return trigger.schema is not None


def _is_typed_by_client(function: InngestFunction, context: Context) -> bool:
    """Whether the client has schemas of the events, or may have: those of release 4 have none."""
    if context.language is not Language.TYPESCRIPT or function.major == _WITHOUT_SCHEMAS:
        return False
    client = context.project.bound(function.client, function.span.file) if function.client is not None else None
    match client:
        case Result(of=Call(arguments=(argument,)), path=()):
            options: Value | None = argument.value
        case _:
            options = None
    return not isinstance(options, Record) or not options.complete or options.get(_SCHEMAS) is not None


def _finding(function: InngestFunction, trigger: Trigger, read: Span, help_: str) -> Finding:
    return Finding(
        trigger.span,
        f"`{function.name}` reads the data of its event and never validates it",
        help=help_,
        label="whatever is sent under this name is taken as it comes",
        notes=(Note(read, "read here"),),
    )


def _places(handler: Body, project: Project) -> Iterator[Bound]:
    """What is written in a handler, in its helpers, and in the functions that its steps run."""
    seen: list[Span] = []
    inside = (callback.body for callback in project.callbacks(handler))
    for body in (handler, *inside):
        for reached in project.reachable(body):
            # What is written inside a function that was seen was seen with it, and with the names in force there.
            if not any(span.contains(reached.span) for span in seen):
                seen.append(reached.span)
                yield from bound(reached)


@dataclass(frozen=True, slots=True)
class _Data:
    """The data of the event among the names of a function."""

    names: Bindings
    language: Language

    def reads(self, place: Bound) -> Iterator[Span]:
        """Where an operation reads a field of the data."""
        for ref in filter(self._is_field, refs_in(place.operation)):
            # What is read by a constant key, as in `data["id"]`, has no place of its own in TypeScript.
            span = place.operation.span if self.language is Language.TYPESCRIPT else None
            yield from filter(None, (ref.span or span,))
        match place.operation:
            case Call(span=span, receiver=receiver, spelling=spelling) if receiver is not None:
                if _stands_for(_READ, spelling.rpartition(".")[2], self.language) and self.is_whole(receiver):
                    yield span

    def _is_field(self, ref: Ref) -> bool:
        position = self._field(ref)
        if position is None or position >= len(ref.path):
            return False
        is_item = position >= ref.attributes or self.language is Language.TYPESCRIPT
        return is_item or _stands_for(_READ, ref.path[position], self.language)

    def _field(self, ref: Ref) -> int | None:
        if ref.origin is Origin.CONTEXT:
            return end_of_data(ref)
        return 1 if len(ref.path) > 1 and self._is_name_of_data(ref, _LONGEST_CHAIN) else None

    def _is_name_of_data(self, ref: Ref, left: int) -> bool:
        if not ref.is_variable:
            return False
        return any(value is not None and self._is(value, left - 1) for value in self.names.values(ref))

    def is_whole(self, value: Value) -> bool:
        """Whether a value is all of the data, or a copy of it."""
        return self._is(value, _LONGEST_CHAIN)

    def _is(self, value: Value, left: int) -> bool:
        if not left:
            return False
        match value:
            case Ref(origin=Origin.CONTEXT):
                return end_of_data(value) == len(value.path)
            case Ref(path=(_,)):
                return self._is_name_of_data(value, left)
            case Result(of=Call() as call, path=()):
                return self._is_copy(call, left)
            case Result(of=Loop(yields=yields), path=()) if yields is not None:
                return self._is(yields, left - 1)
            case Opaque(reads=inner) | Items(values=inner):
                return any(self._is(part, left - 1) for part in inner)
            case Record(entries=entries):
                return any(entry.key == EACH and self._is(entry.value, left - 1) for entry in entries)
        return False

    def _is_copy(self, call: Call, left: int) -> bool:
        match call.target:
            case Ref(origin=Origin.CONTEXT, path=(*_, "copy")) if call.receiver is not None:
                return self._is(call.receiver, left - 1)
            case Ref() as target if _stands_for(_COPY, target.dotted, self.language):
                return any(self._is(argument.value, left - 1) for argument in call.arguments)
        return False


def _stands_for(kind: str, name: str, language: Language) -> bool:
    """Whether a name is known as something of this kind."""
    known = kinds("reading", language).of_value(name)
    return known is not None and known.name == kind


def _leaves(place: Bound, data: _Data, project: Project) -> bool:
    """Whether all of the data is handed to something that may validate it, or goes where it cannot be followed."""
    match place.operation:
        case Call() as call:
            given = [argument.value for argument in call.arguments]
            return not _is_indifferent(call, data.language, project) and _takes(given, data, project.callee(call))
        case StepCall(callback=callback, arguments=arguments) as step if callback is not None:
            return _takes([argument.value for argument in arguments], data, project.callback(step))
        case Assign(targets=targets, value=value):
            kept = any(target.origin in (Origin.SELF, Origin.MODULE, Origin.ENCLOSING) for target in targets)
            return kept and (data.is_whole(value) or _is_event(value))
    return False


def _takes(given: list[Value], data: _Data, callee: Body | None) -> bool:
    return any(data.is_whole(value) or (callee is None and _is_event(value)) for value in given)


def _is_event(value: Value) -> bool:
    """Whether a value is the context, the event, or one or all of the events."""
    if not isinstance(value, Ref) or value.origin is not Origin.CONTEXT:
        return False
    return value.path in ((), ("event",), ("events",)) or (value.name == "events" and len(value.path) == 2)


def _is_indifferent(call: Call, language: Language, project: Project) -> bool:
    if project.classify(call) is Effect.LOG:
        return True
    match call.target:
        case Ref() as target if _stands_for(_COPY, target.dotted, language):
            return True
        case Ref(origin=Origin.GLOBAL, path=(name, *_)):
            return name in _BUILTINS or _stands_for(_INDIFFERENT, name, language)
        case Ref(origin=Origin.IMPORT, path=(name, *_)):
            return _stands_for(_INDIFFERENT, name, language)
        case Ref(origin=Origin.CONTEXT):
            return True
    return False
