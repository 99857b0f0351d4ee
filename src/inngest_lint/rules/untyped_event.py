"""Rule: the data of an event is read without validation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.model.bindings import Bindings, Bound, bound
from inngest_lint.model.body import Argument, Assign, Body, Call, Hole, Loop, StepCall
from inngest_lint.model.function import InngestFunction, Trigger
from inngest_lint.model.value import Opaque, Origin, Record, Ref, Result, Value
from inngest_lint.model.walk import members, refs, values
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, Preset, rule
from inngest_lint.text import Span

_READERS = frozenset({"get", "items", "keys", "pop", "popitem", "setdefault", "values"})
# Handing data to these says nothing about what it holds.
_INDIFFERENT = frozenset({"copy", "collections", "inngest", "json", "logging", "orjson", "pprint", "typing", "typing_extensions"})
_COPIES = frozenset({("copy", "copy"), ("copy", "deepcopy"), ("dict",), ("typing", "cast"), ("typing_extensions", "cast")})
_LONGEST_CHAIN = 8


@rule(on=InngestFunction, severity=Severity.WARNING, category=Category.EVENTS, since="0.1.0", preset=Preset.STRICT)
def untyped_event(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function reads the data of its event without ever validating it."""
    trigger = next((trigger for trigger in function.triggers if trigger.event is not None), None)
    if trigger is None:
        return
    reads: list[Span] = []
    for place in _places(function, context.project):
        if isinstance(place.operation, Hole) or _is_typed(place, context.project):
            return
        reads.extend(_reads(place))
    if reads:
        yield _finding(function, trigger, min(reads))
