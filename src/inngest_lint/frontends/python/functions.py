"""Functions: the call that creates an Inngest function, read as the function it creates."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.frontends.functions import Handled
from inngest_lint.frontends.vocabulary import Vocabulary
from inngest_lint.model.body import Argument, Call
from inngest_lint.model.function import InngestFunction, Trigger
from inngest_lint.model.value import Entry, Items, Opaque, Record, Ref, Result, Value


def inngest_function(
    words: Vocabulary, creation: Call, handler: Handled, on_failure: Handled | None
) -> InngestFunction:
    """The function that a call of `create_function` makes of a handler."""
    triggers = creation.argument(words.triggers)
    entries = tuple(
        Entry(words.settings[argument.name], as_record(words, argument.value), argument.span)
        for argument in creation.arguments
        if argument.name is not None and argument.name in words.settings
    )
    complete = not any(argument.spread for argument in creation.arguments)
    return InngestFunction(
        span=creation.span,
        name=handler.name,
        id=creation.argument(words.id),
        triggers=tuple(_triggers(words, triggers)) if triggers else (),
        settings=Record(entries, complete),
        handler=handler.body,
        on_failure=on_failure.body if on_failure else None,
        on_failure_span=on_failure.span if on_failure else None,
        client=_client(creation),
    )


def _client(creation: Call) -> Ref | None:
    """What a function is created on, as it is written."""
    match creation:
        case Call(receiver=Ref() as client) if client.path:
            return client
        case Call(target=Ref(origin=origin, path=(*client, _))) if client:
            return Ref(origin, tuple(client))
    return None


def as_record(words: Vocabulary, value: Value) -> Value:
    """A value with each instance of the SDK's configuration classes turned into a record of its fields."""
    match value:
        case Items(values=values, ordered=ordered):
            return Items(tuple(as_record(words, item) for item in values), ordered)
        case Result(of=Call(target=Ref(path=path)) as call, path=()) if path in words.options:
            names = words.options[path].names
            entries = tuple(
                Entry(names.get(argument.name, argument.name), argument.value, argument.span)
                for argument in call.arguments
                if argument.name is not None
            )
            return Record(entries, complete=len(entries) == len(call.arguments))
    return value


def _triggers(words: Vocabulary, argument: Argument) -> Iterator[Trigger]:
    listed = argument.value.values if isinstance(argument.value, Items) else (argument.value,)
    for value in listed:
        span = value.of.span if isinstance(value, Result) else argument.span
        record = as_record(words, value)
        if not isinstance(record, Record):
            yield Trigger(span, event=Opaque((value,)))
            continue
        fields = {entry.key: entry.value for entry in record.entries}
        yield Trigger(span, fields.get("event"), fields.get("cron"), fields.get("condition"), written=record.entries)
