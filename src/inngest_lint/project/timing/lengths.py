"""Lengths: the places of a file at which a length of time is given, and what is known to stand there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from inngest_lint.model.bindings import Bindings
from inngest_lint.model.body import Call, StepCall, StepKind
from inngest_lint.model.function import InngestFunction, Module
from inngest_lint.model.language import Language
from inngest_lint.model.value import Constant, Duration, Items, Opaque, Origin, Record, Ref, Value
from inngest_lint.platform.durations import SETTINGS, STEP_ARGUMENTS, Grammar, grammar, read
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.project import Project

_RETRY_AFTER = ("inngest", "RetryAfterError")
_AFTER = "retry_after"
_TRIGGER = "trigger"
_DEEPEST = 5


class Place(Enum):
    """What a length of time is for."""

    SLEEP = "sleep"
    WAIT = "wait"
    INVOKE = "invoke"
    RETRY = "retry"
    SETTING = "setting"


_PLACES = {StepKind.SLEEP: Place.SLEEP, StepKind.WAIT_FOR_EVENT: Place.WAIT}


@dataclass(frozen=True, slots=True)
class Length:
    """A place at which a length of time is given: a setting has its name in `setting` and `key`.

    `value` is what stands there, or may stand there, and `named` the name that it was found under.
    """

    span: Span
    value: Value
    place: Place
    by: Grammar
    setting: str = ""
    key: str = ""
    named: Ref | None = None

    @property
    def text(self) -> str | None:
        """The text that says it, where it is one."""
        match self.value:
            case Duration(written=written):
                return written
            case Constant(value=str(written)):
                return written
        return None

    @property
    def number(self) -> float | None:
        """The bare number that says it, where it is one."""
        match self.value:
            case Constant(value=bool()):
                return None
            case Constant(value=int(number) | float(number)):
                return number
            case Ref(origin=Origin.GLOBAL, path=("NaN",) | ("Number", "NaN")):
                return math.nan
        return None

    @property
    def milliseconds(self) -> float | None:
        """How long it is; None where that is not known, or refused."""
        if isinstance(self.value, Duration):
            return self.value.milliseconds
        return self.number if self.text is None else read(self.text, self.by)


def lengths(module: Module, project: Project) -> Iterator[Length]:
    """The places of a file at which a length of time is given, each with one of the values it may have."""
    seen: set[tuple[Span, Value]] = set()
    for given, names in _given(module, project):
        for length in _resolved(given, names, project, _DEEPEST):
            if (length.span, length.value) not in seen:
                seen.add((length.span, length.value))
                yield length


def _given(module: Module, project: Project) -> Iterator[tuple[Length, Bindings]]:
    for function in module.functions:
        yield from ((length, Bindings()) for length in _settings(function, module.language))
    for bound in project.written(module):
        match bound.operation:
            case StepCall() as step:
                yield from ((length, bound.names) for length in _of_step(step, module.language))
            case Call(target=Ref(origin=Origin.IMPORT, path=path)) as call if path == _RETRY_AFTER:
                after = call.argument(_AFTER, 1)
                if after is not None:
                    by = _of_sdk(module.language)
                    yield Length(after.span, after.value, Place.RETRY, by), bound.names


def _settings(function: InngestFunction, language: Language) -> Iterator[Length]:
    for setting, key in SETTINGS:
        by = grammar(setting, key)
        if by is None:
            continue
        by = by if language is Language.TYPESCRIPT or setting == _TRIGGER else Grammar.PYTHON
        for record in _records(function, setting):
            entry = record.get(key)
            if entry is not None:
                yield Length(entry.span, entry.value, Place.SETTING, by, setting, key)


def _records(function: InngestFunction, setting: str) -> Iterable[Record]:
    if setting == _TRIGGER:
        return (Record(trigger.written) for trigger in function.triggers)
    given = function.setting(setting)
    values = () if given is None else given.value.values if isinstance(given.value, Items) else (given.value,)
    return (value for value in values if isinstance(value, Record))


def _of_step(step: StepCall, language: Language) -> Iterator[Length]:
    place = _PLACES.get(step.kind, Place.INVOKE)
    for argument in step.arguments:
        # A step that is given one argument has either no id or no length of time.
        if argument.name in STEP_ARGUMENTS and step.id is not None:
            yield Length(argument.span, argument.value, place, _of_sdk(language))


def _of_sdk(language: Language) -> Grammar:
    return Grammar.MS if language is Language.TYPESCRIPT else Grammar.PYTHON


def _resolved(given: Length, names: Bindings, project: Project, left: int) -> Iterator[Length]:
    match given.value:
        case Opaque(reads=reads, either=True) if left:
            for one in reads:
                yield from _resolved(replace(given, value=one), names, project, left - 1)
        case Ref() as ref if left:
            found = _bound(ref, given.span.file, names, project)
            named = replace(given, named=given.named or ref)
            if found is None or found == ref:
                yield named
            else:
                yield from _resolved(replace(named, value=found), names, project, left - 1)
        case _:
            yield given


def _bound(ref: Ref, file: str, names: Bindings, project: Project) -> Value | None:
    match ref:
        case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(_,)):
            return names.value(ref)
        case Ref(origin=Origin.MODULE | Origin.IMPORT):
            return project.bound(ref, file)
    return None
