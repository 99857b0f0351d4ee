"""Creation: the calls, and the objects, that make an Inngest function of a handler."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from inngest_lint.frontends.contexts import positional_contexts
from inngest_lint.frontends.functions import Handled, elsewhere, unknown_body
from inngest_lint.frontends.typescript.durations import setting_duration
from inngest_lint.frontends.typescript.scope import bare, function_in, text
from inngest_lint.frontends.typescript.steps import Steps, arguments_of
from inngest_lint.model.body import Argument, Body, Call
from inngest_lint.model.function import InngestFunction, Trigger
from inngest_lint.model.value import (
    CALLS,
    EACH,
    Closure,
    Constant,
    Entry,
    Items,
    Opaque,
    Origin,
    Record,
    Ref,
    Result,
    Template,
    Value,
)
from inngest_lint.model.walk import closures
from inngest_lint.text import Span

_SDK = "inngest"
# No package can have a name that begins so.
_OF_THE_PROJECT = (".", "#", "@/", "~/", "$")
_WITH_TRIGGER = 3
_TRIGGER = "trigger"
_MAJOR_WITH_TRIGGER = 3
_MAJOR_WITHOUT = 4


@dataclass(frozen=True, slots=True)
class _Making:
    """The making of a function: where, with which client, and the release of the SDK its shape belongs to."""

    span: Span
    client: Ref | None = None
    major: int | None = None


class Creations(Steps):
    """The part of the lowering that finds Inngest functions."""

    def is_creation(self, node: Node, callee: Value) -> bool:
        """Whether a call is the SDK's `createFunction`, by its name and by what it is given.

        The client may come from anywhere, so it is not asked for, but it is no object of another library.
        """
        if self.spelled(node).rpartition(".")[2] != self.module.words.create:
            return False
        nodes = arguments_of(node)
        if not 2 <= len(nodes) <= _WITH_TRIGGER or bare(nodes[-1]).type in ("string", "object", "number"):
            return False
        return not _is_foreign(self.canonical(callee) or callee)

    def create(self, node: Node, callee: Value) -> Value:
        """Read a creation, and declare the function that it makes."""
        nodes = arguments_of(node)
        given = [Argument(None, self.value(part), self.span(part)) for part in nodes[:-1]]
        options = self._options(given[0])
        handler = self._handled(nodes[-1], options)
        if len(nodes) == _WITH_TRIGGER:
            triggers = list(self._triggers(given[1].value, given[1].span))
        else:
            entry = options.get(self.module.words.triggers)
            triggers = list(self._triggers(entry.value, entry.span)) if entry is not None else []
        client = _receiver(callee if isinstance(callee, Ref) else self.canonical(callee))
        if client is not None:
            self.module.note_client(client)
        major = _MAJOR_WITH_TRIGGER if len(nodes) == _WITH_TRIGGER else _MAJOR_WITHOUT
        if handler is not None:
            self._declare(_Making(self.span(node), client, major), options, triggers, handler)
        self.note_object(self.module.words.create, options, self.span(node), client)
        if len(nodes) == _WITH_TRIGGER:
            self.note_objects(self.module.words.triggers, given[1].value)
        call = Call(self.span(node), self.canonical(callee) or callee, tuple(given), self.spelled(node))
        return self.happened(call)

    def declare_apart(self, node: Node, record: Record) -> None:
        """`{ config, trigger, handler }`: the parts of a function that is made of them elsewhere."""
        config, handler = record.get("config"), record.get("handler")
        trigger = record.get("trigger") or record.get("triggers")
        if config is None or handler is None or trigger is None or not isinstance(handler.value, Closure):
            return
        options = self._options(Argument(None, config.value, config.span))
        triggers = list(self._triggers(trigger.value, trigger.span))
        body = self._as_handler(handler.value.body)
        handled = Handled(body, _name_of(options) or body.name or "handler", body.name_span)
        self._declare(_Making(self.span(node)), options, triggers, handled)

    def declare_decorated(self, decorator: Node, options: Value, handled: Handled) -> None:
        """Declare the function that a decorator makes of a method."""
        record = self._options(Argument(None, options, self.span(decorator)))
        entry = record.get(self.module.words.triggers)
        triggers = list(self._triggers(entry.value, entry.span)) if entry is not None else []
        self._declare(_Making(self.span(decorator)), record, triggers, handled)

    def _declare(self, made: _Making, options: Record, triggers: Sequence[Trigger], handler: Handled) -> None:
        words = self.module.words
        identity = options.get(words.id) or options.get("name")
        failure = options.get(words.on_failure)
        on_failure = self._failure(failure) if failure is not None else None
        entries = tuple(
            Entry(words.settings[entry.key], self._setting(words.settings[entry.key], entry.value), entry.span)
            for entry in options.entries
            if entry.key in words.settings
        )
        self.module.found.declare(
            InngestFunction(
                span=made.span,
                name=handler.name,
                id=Argument(words.id, identity.value, identity.span) if identity is not None else None,
                triggers=tuple(triggers),
                settings=Record(entries, options.complete),
                handler=handler.body,
                on_failure=on_failure,
                on_failure_span=failure.span if failure is not None and on_failure is not None else None,
                client=made.client,
                major=made.major,
            )
        )

    # Handlers

    def _handled(self, node: Node, options: Record) -> Handled | None:
        """The handler that an expression is; None for what a factory is given, whose parts stand where it is used."""
        written = function_in(node)
        if written is not None:
            body = self.handler_at(written)
            return Handled(body, body.name or self.naming or _name_of(options) or "handler", self.span(node))
        found = self._wrapped(bare(node))
        if found is None and self._is_given(bare(node)):
            return None
        body = self._as_handler(found) if found is not None else self._unwritten(bare(node))
        return Handled(body, body.name or self.naming or text(bare(node)), self.span(node))

    def _is_given(self, node: Node) -> bool:
        """Whether an expression is a parameter, or a part of one, of which nothing is known."""
        with self.nested():
            value = self.value(node)
        return isinstance(value, Ref) and value.is_variable and self.canonical(value) is None

    def _unwritten(self, node: Node) -> Body:
        """A handler that this file does not define."""
        with self.nested():
            value = self.canonical(self.value(node))
        if value is None or value.origin is not Origin.IMPORT or CALLS & {*value.path}:
            return unknown_body(self.span(node))
        return elsewhere(value, self.span(node), text(node))

    def handler_at(self, node: Node) -> Body:
        """A function that is written where the handler belongs."""
        raise NotImplementedError

    def _wrapped(self, node: Node) -> Body | None:
        """The function that an expression stands for, wrapped by another one perhaps."""
        value = self.function_value(self.value(node))
        for ref in (value, self.canonical(value)):
            found = self.module.function_body(ref) if isinstance(ref, Ref) else None
            if found is not None and isinstance(ref, Ref):
                self.module.found.note_handler(ref)
                return found
        return next(self._functions_in(value), None)

    def _functions_in(self, value: Value) -> Iterator[Body]:
        yield from closures(value)
        match value:
            case Result(of=Call() as call):
                made = self.module.function_body(call.target)
                for argument in call.arguments:
                    known = self.module.function_body(argument.value)
                    yield from (known,) if known is not None else self._functions_in(argument.value)
                for given in self.module.returned(made) if made is not None else ():
                    yield from closures(given)
            case Ref() if value.is_variable:
                yield from closures(self.known(value))

    def _as_handler(self, body: Body) -> Body:
        contexts = positional_contexts(parameter.name for parameter in body.parameters[:1])
        return self.specialised(body, contexts, immediate=False) if contexts else body

    def _failure(self, entry: Entry) -> Body | None:
        value = self.function_value(entry.value)
        found = self.module.function_body(value) if isinstance(value, Ref) else next(self._functions_in(value), None)
        self.module.found.note_handler(value)
        if found is not None:
            return self._as_handler(found)
        led = self.canonical(value)
        if led is None or led.origin is not Origin.IMPORT or CALLS & {*led.path}:
            return None
        return elsewhere(led, entry.span, led.path[-1])

    # Options

    def _options(self, argument: Argument) -> Record:
        """The options of a function with what they spread in its place; a name alone is one of them."""
        value = self.known(argument.value)
        if isinstance(value, Record):
            return Record(tuple(self._spread(value)), value.complete or self._knows_all(value))
        if self.constant(value) is not None:
            return Record((Entry("name", value, argument.span),))
        return Record((), complete=False)

    def _spread(self, record: Record) -> Iterator[Entry]:
        for entry in record.entries:
            inner = self.known(entry.value)
            if entry.key == EACH and isinstance(inner, Record):
                yield from self._spread(inner)
            elif entry.key != EACH:
                yield Entry(entry.key, inner, entry.span)

    def _knows_all(self, record: Record) -> bool:
        spread = (self.known(entry.value) for entry in record.entries if entry.key == EACH)
        return all(isinstance(value, Record) and (value.complete or self._knows_all(value)) for value in spread)

    def _setting(self, name: str, value: Value) -> Value:
        match self.known(value):
            case Record() as record:
                entries = tuple(self._neutral(name, entry) for entry in self._spread(record))
                return Record(entries, record.complete or self._knows_all(record))
            case Items(values=values):
                return Items(tuple(self._setting(name, item) for item in values))
            case known:
                return known

    def _neutral(self, setting: str, entry: Entry) -> Entry:
        key = self.module.words.keys.get(entry.key, entry.key)
        value = self._setting(setting, entry.value)
        if key == "event":
            value = self._event(value)[0]
        return Entry(key, setting_duration(value, setting, key), entry.span)

    # Triggers

    def _triggers(self, value: Value, span: Span) -> Iterator[Trigger]:
        known = self.known(value)
        if isinstance(known, Items):
            for item in known.values:
                yield from self._triggers(item, span)
        elif isinstance(known, Record):
            yield self._trigger(known, span)
        else:
            yield self._bare_trigger(known, span)

    def _trigger(self, record: Record, span: Span) -> Trigger:
        written = tuple(self._neutral(_TRIGGER, entry) for entry in self._spread(record))
        fields = {entry.key: self.known(entry.value) for entry in self._spread(record)}
        place = Span(span.file, record.entries[0].span.start, record.entries[-1].span.end) if record.entries else span
        event, schema = self._event(fields["event"]) if "event" in fields else (None, None)
        return Trigger(place, event, fields.get("cron"), fields.get("if"), schema, written)

    def _bare_trigger(self, value: Value, span: Span) -> Trigger:
        if self.constant(value) is not None:
            return Trigger(span, event=value)
        call = self.called(value)
        made = self._made_by_sdk(call) if call is not None else None
        given = call.arguments[0] if call is not None and call.arguments else None
        first = given.value if given is not None else None
        if made == "cron" and given is not None:
            return Trigger(span, cron=first, written=(Entry("cron", given.value, given.span),))
        if made == "invoke":
            return Trigger(span, schema=first)
        event, schema = self._event(value)
        return Trigger(span, event, schema=schema)

    def _event(self, value: Value) -> tuple[Value, Value | None]:
        """The name of an event, and what says of which type its data is: `eventType("shop/paid", { schema })`."""
        if self.constant(value) is not None:
            return self.known(value), None
        if isinstance(value, Template):
            return value, None
        call = self.called(value)
        if call is None or self._made_by_sdk(call) != "eventType" or not call.arguments:
            return Opaque((value,)), None
        options = self.known(call.arguments[1].value) if len(call.arguments) > 1 else None
        schema = options.get("schema") if isinstance(options, Record) else None
        return self.known(call.arguments[0].value), schema.value if schema is not None else None

    def event_named(self, value: Value) -> Value:
        """The name of an event, where an object stands for it."""
        name = self._event(value)[0]
        return value if isinstance(name, Opaque) else name

    def _made_by_sdk(self, call: Call) -> str | None:
        target = call.target
        return (
            target.path[1] if isinstance(target, Ref) and target.path[:1] == (_SDK,) and len(target.path) == 2 else None
        )


def _name_of(options: Record) -> str | None:
    entry = options.get("id")
    return (
        entry.value.value
        if entry and isinstance(entry.value, Constant) and isinstance(entry.value.value, str)
        else None
    )


def _receiver(callee: Value | None) -> Ref | None:
    return Ref(callee.origin, callee.path[:-1]) if isinstance(callee, Ref) and len(callee.path) > 1 else None


def _is_foreign(target: Value) -> bool:
    """Whether a method is one of an object that another library made: `new Lambda().createFunction(…)`."""
    return (
        isinstance(target, Ref)
        and target.origin is Origin.IMPORT
        and _SDK not in target.path[0]
        and not target.path[0].startswith(_OF_THE_PROJECT)
        and any(hop in CALLS for hop in target.path)
    )
