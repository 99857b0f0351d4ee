"""Rule: a step is given an argument that it does not take, or lacks one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.body import Argument, Call, StepCall, StepKind
from inngest_lint.model.events import end_of_data
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.model.value import Constant, Duration, Origin, Ref, Result, Value
from inngest_lint.project.sorts import Sorts
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.effects.kinds import Kind

_OPTIONS, _REST = "options", "*"
_CALLBACK = "callback"
_BY_ID = "invoke_by_id"
# What Python's methods take besides what the model has a name for.
_WITHOUT_MEANING = frozenset({"output_type", "v"})
# What a step cannot do without, under the names of the model; a time-out that is missing is another fault.
_NEEDS = {
    StepKind.RUN: (_CALLBACK,),
    StepKind.AI_WRAP: (_CALLBACK,),
    StepKind.SLEEP: ("duration",),
    StepKind.SLEEP_UNTIL: ("until",),
    StepKind.WAIT_FOR_EVENT: ("event",),
    StepKind.WAIT_FOR_SIGNAL: ("signal",),
    StepKind.SEND_SIGNAL: ("signal",),
    StepKind.SEND_EVENT: ("events",),
    StepKind.INVOKE: ("function",),
    StepKind.AI_INFER: ("model", "body"),
}
_NAMES = {
    Language.PYTHON: {"callback": "handler", "model": "adapter", "condition": "if_exp", "app": "app_id"},
    Language.TYPESCRIPT: {"callback": "function", "condition": "if"},
}
_NOT_A_DATE = frozenset({"text", "integer", "fraction", "seconds", "date", "timedelta", "mapping", "list", "nothing"})
# What `new Date` makes of a text is its own business, of these it makes an error.
_NO_DATE_EITHER = frozenset({"boolean", "fraction", "integer", "seconds", "list", "mapping", "nothing", "function"})
_NO_OBJECT = frozenset({"boolean", "text", "integer", "fraction", "seconds", "list", "function"})
_NO_FUNCTION = {
    Language.PYTHON: frozenset({"text", "mapping", "list", "function", "nothing", "integer"}),
    Language.TYPESCRIPT: frozenset({"mapping", "list", "function", "integer"}),
}
_TIMESTAMP = ("event", "ts")
# `new Date("1h")` is no date.
_LENGTH = re.compile(r"\d+(?:\.\d+)?\s*(?:[smhdwy]|ms|(?:milli)?sec\w*|min\w*|h(?:ou)?rs?|days?|weeks?|months?|years?)")
# Before this release of the TypeScript SDK, steps had no ids.
_WITH_IDS = (3,)


@rule(on=Module, severity=Severity.ERROR, category=Category.STEPS, since="0.2.0")
def invalid_step_argument(module: Module, context: Context) -> Iterator[Finding]:
    """A step is given an argument that it does not take, or lacks one that it needs."""
    sdk = context.project.sdk(module.file) if context.language is Language.TYPESCRIPT else None
    if sdk is not None and sdk.release < _WITH_IDS:
        return
    told: set[Span] = set()
    for place in context.project.written(module):
        step = place.operation
        if isinstance(step, StepCall) and step.span not in told and _has_id(step, context):
            told.add(step.span)
            yield from _Held(step, Sorts(context.project, module.file, place), context).findings()


def _has_id(step: StepCall, context: Context) -> bool:
    """Whether the arguments of a step begin with its id; where they do not, that is the fault."""
    if step.id is None or step.id.spread:
        return False
    value = step.id.value
    is_text = not isinstance(value, Constant) or isinstance(value.value, str)
    return is_text and context.project.function(value, step.span.file) is None


@dataclass(frozen=True, slots=True)
class _Held:
    """A step, held against what its method takes."""

    step: StepCall
    sorts: Sorts
    context: Context

    @property
    def _is_python(self) -> bool:
        return self.context.language is Language.PYTHON

    @property
    def _method(self) -> str:
        return self.step.spelling.rpartition(".")[2]

    def findings(self) -> Iterator[Finding]:
        """The first thing that is wrong with the arguments."""
        given = (*self._surplus(), *self._wrong(), *self._missing())
        yield from given[:1]

    # Arguments that are too much

    def _surplus(self) -> Iterator[Finding]:
        if not self._is_python:
            options = self.step.argument(_OPTIONS)
            kind = self.sorts.of(options.value) if options is not None and not options.spread else None
            if options is not None and kind is not None and kind.name in _NO_OBJECT:
                yield self._finding(options, f"`{self.step.spelling}` is given {kind.phrase} for its options")
            return
        accepted = self.context.project.accepted(self.step)
        for argument in self.step.arguments if accepted else ():
            if argument.spread:
                return
            if argument.name is None and self.step.kind is not StepKind.RUN:
                yield self._finding(argument, f"`{self.step.spelling}` takes no further argument by position")
            elif argument.name is not None and argument.name not in accepted | _WITHOUT_MEANING:
                yield self._finding(argument, f"`{self.step.spelling}` takes no argument `{argument.name}`")

    # Arguments of another type

    def _wrong(self) -> Iterator[Finding]:
        for name, check in (("until", self._until), ("duration", self._duration), ("function", self._function)):
            argument = self.step.argument(name)
            if argument is not None and not argument.spread:
                yield from check(argument)
        yield from self._objects()

    def _until(self, argument: Argument) -> Iterator[Finding]:
        kind = self._kind(argument.value)
        wrong = _NOT_A_DATE if self._is_python else _NO_DATE_EITHER
        # A time that is made of the clock, in the language that knows times as numbers, is another fault.
        is_clock = isinstance(argument.value, Result) and not self._is_python
        if kind is not None and kind.name in wrong and not is_clock:
            yield self._finding(argument, f"`{self.step.spelling}` is given {kind.phrase} for a time")
        elif _is_length(argument.value) and not self._is_python:
            yield self._finding(argument, f"`{self.step.spelling}` is given a length of time, not a time")
        elif _is_timestamp(argument.value):
            yield self._finding(argument, f"`{self.step.spelling}` is given a number for a time")
        elif self._is_python and _is_event_data(argument.value):
            yield self._finding(
                argument, f"`{self.step.spelling}` is given a field of an event, which is no `datetime`"
            )

    def _duration(self, argument: Argument) -> Iterator[Finding]:
        kind = self._kind(argument.value)
        wrong = {"datetime", "date", "mapping", "list", "nothing"} if self._is_python else {"list", "nothing"}
        if kind is not None and kind.name in wrong:
            yield self._finding(argument, f"`{self.step.spelling}` is given {kind.phrase} for a length of time")

    def _function(self, argument: Argument) -> Iterator[Finding]:
        if self._method == _BY_ID or self.context.project.is_made(
            argument.value, self.sorts.place.names, self.sorts.file
        ):
            return
        kind = self._kind(argument.value)
        if kind is not None and kind.name in _NO_FUNCTION[self.context.language]:
            yield self._finding(argument, f"`{self.step.spelling}` is given {kind.phrase}, not an Inngest function")

    def _objects(self) -> Iterator[Finding]:
        names = {StepKind.INVOKE: ("data",), StepKind.AI_INFER: ("body", "model")}.get(self.step.kind, ())
        for name in names:
            argument = self.step.argument(name)
            kind = self._kind(argument.value) if argument is not None and not argument.spread else None
            if argument is not None and kind is not None and kind.name in _NO_OBJECT:
                yield self._finding(
                    argument, f"`{self.step.spelling}` is given {kind.phrase} as its `{self._word(name)}`"
                )

    def _kind(self, value: Value) -> Kind | None:
        if isinstance(value, Duration):
            return self.sorts.of(value) if self._is_python else None
        return self.sorts.of(value)

    # Arguments that are missing

    def _missing(self) -> Iterator[Finding]:
        if any(argument.spread or argument.name in (_REST, _OPTIONS) for argument in self.step.arguments):
            return
        if self.sorts.place.body is not None and self.sorts.place.body.span == self.step.span:
            return  # `functools.partial(ctx.step.run, "load")`: the rest is given when it is called
        for name in _NEEDS.get(self.step.kind, ()):
            given = self.step.callback if name == _CALLBACK else self.step.argument(name)
            if given is None:
                place = self.step.id or self.step
                yield Finding(
                    place.span,
                    f"`{self.step.spelling}` is called without {self._called(name)}",
                    help="give it after the id" if not self._is_python else "give it, by name or after the id",
                    label=self._harm(),
                )
                return

    def _called(self, name: str) -> str:
        return "a function" if name == _CALLBACK else f"`{self._word(name)}`"

    def _word(self, name: str) -> str:
        if self._method == _BY_ID and name == "function":
            return "function_id"
        return _NAMES[self.context.language].get(name, name)

    def _finding(self, argument: Argument, message: str) -> Finding:
        return Finding(argument.span, message, help=self._help(argument), label=self._harm())

    def _help(self, argument: Argument) -> str:
        match self.step.kind, self._is_python:
            case StepKind.RUN, True:
                return "give the function its arguments by position, or make a `functools.partial` of it"
            case StepKind.SLEEP_UNTIL, True:
                return "give it a `datetime`, such as `datetime.fromisoformat(…)` of a text"
            case StepKind.SLEEP_UNTIL, False:
                return "give it a `Date` or an ISO text; for a length of time there is `step.sleep`"
            case StepKind.INVOKE, _ if argument.name in ("function", None):
                return (
                    "give it what `create_function` gives" if self._is_python else "give it what `createFunction` gives"
                )
        return "see what the step takes in the reference of the SDK"

    def _harm(self) -> str:
        if not self._is_python and self.step.kind in (StepKind.SLEEP, StepKind.SEND_EVENT):
            return "the step does nothing"
        return "an error is raised here" if self._is_python else "an error is thrown here"


def _is_length(value: Value) -> bool:
    return isinstance(value, Constant) and isinstance(value.value, str) and _LENGTH.fullmatch(value.value) is not None


def _is_timestamp(value: Value) -> bool:
    return isinstance(value, Ref) and value.origin is Origin.CONTEXT and value.path == _TIMESTAMP


def _is_event_data(value: Value) -> bool:
    """Whether a value is read from the data of an event, which is JSON and knows no dates."""
    match value:
        case Ref():
            end = end_of_data(value)
            return end is not None and len(value.path) > end
        case Result(of=Call(target=Ref() as target), path=()):
            end = end_of_data(target)
            return end is not None and target.path[end:] == ("get",)
    return False
