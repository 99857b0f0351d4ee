"""Rule: a setting of checkpointing does not do what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.model.testing import is_test
from inngest_lint.model.value import Constant, Duration, Record, Ref, Value
from inngest_lint.platform.durations import Grammar, read, sent_by_python
from inngest_lint.platform.limits import limit
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_SETTING = "checkpointing"
# An object of the client has the words of the SDK, the settings of a function those of the model.
_RUNTIME, _INTERVAL = "maxRuntime", "maxInterval"
_TIMES = {_RUNTIME: _RUNTIME, "max-runtime": _RUNTIME, _INTERVAL: _INTERVAL, "max-interval": _INTERVAL}
_STEPS = frozenset({"bufferedSteps", "buffered-steps"})
_SECOND = 1000


@dataclass(frozen=True, slots=True)
class _Time:
    """A time that checkpointing is given: the longest one of a request, or the longest one between two of them."""

    span: Span
    value: Value
    key: str

    @property
    def is_runtime(self) -> bool:
        """Whether it is the longest one of a request."""
        return self.key == _RUNTIME

    @property
    def text(self) -> str | None:
        """The text that says it, where it is one."""
        match self.value:
            case Duration(written=str(text)) | Constant(value=str(text)):
                return text
        return None

    @property
    def milliseconds(self) -> float | None:
        """How long it is, to the SDK; None where that is not known, or where the SDK cannot read it."""
        match self.value:
            case Constant(value=int(number) | float(number)) if not isinstance(number, bool):
                return float(number)
        return None if self.text is None else read(self.text, Grammar.MS)


@rule(
    on=Module,
    severity=Severity.ERROR,
    category=Category.FLOW_CONTROL,
    since="0.2.0",
    languages=frozenset({Language.TYPESCRIPT}),
)
def checkpoint_limits(module: Module, context: Context) -> Iterator[Finding]:
    """A limit of checkpointing is written so that it limits nothing, or is out of reach."""
    told: set[Span] = set()
    for found in _all(module, context):
        if found.span not in told:
            told.add(found.span)
            yield found


def _all(module: Module, context: Context) -> Iterator[Finding]:
    for record in _records(module, context):
        for entry in record.entries:
            value = context.project.bound(entry.value, module.file) if isinstance(entry.value, Ref) else entry.value
            if value is None:
                continue
            if entry.key in _TIMES:
                time = _Time(entry.span, value, _TIMES[entry.key])
                yield from _time(time, in_test=is_test(module.file))
            elif entry.key in _STEPS:
                yield from _buffered(entry.span, value)


def _records(module: Module, context: Context) -> Iterator[Record]:
    given = [entry.value for function in module.functions if (entry := function.setting(_SETTING)) is not None]
    clients = (options.argument(_SETTING) for options in module.options)
    given += [argument.value for argument in clients if argument is not None]
    for value in given:
        found = context.project.bound(value, module.file) if isinstance(value, Ref) else value
        if isinstance(found, Record):
            yield found


def _time(time: _Time, *, in_test: bool) -> Iterator[Finding]:
    milliseconds = time.milliseconds
    if milliseconds is None:
        if time.text is not None:
            yield _unread(time, time.text)
    elif milliseconds < 0:
        yield Finding(
            time.span,
            "a limit of checkpointing is less than nothing",
            help='give one number and one unit, such as `"50s"`, or `0` for no limit',
            label=_unlimited(time),
        )
    elif 0 < milliseconds < _SECOND and time.is_runtime and not in_test:
        yield Finding(
            time.span,
            f"`{milliseconds:g}` counts milliseconds",
            help=f'if seconds are meant, write `"{milliseconds:g}s"`',
            label="over before the first step is",
            severity=Severity.WARNING,
        )
    elif milliseconds > limit("function-time") and time.is_runtime:
        yield Finding(
            time.span,
            "the time is longer than Inngest waits for a request",
            help="make it a little less than what your host gives a request, and 2 hours at most",
            label="the request is ended before",
            severity=Severity.WARNING,
        )


def _unread(time: _Time, text: str) -> Finding:
    milliseconds = read(text, Grammar.SERVER)
    meant = sent_by_python(milliseconds) if milliseconds is not None else None
    return Finding(
        time.span,
        f'`"{text}"` is no length of time to the SDK'.replace("``", "`"),
        help=f'write `"{meant}"`' if meant is not None else 'write one number and one unit, such as `"50s"`',
        label=_unlimited(time),
        fix=_fix(time, text, meant) if meant is not None else None,
    )


def _fix(time: _Time, text: str, meant: str) -> Fix | None:
    """The text in the form that is read, where it stands with its key as it is."""
    start = time.span.end - 1 - len(text)
    if time.span.end - time.span.start != len(f"{time.key}: '{text}'"):
        return None
    edit = Edit(Span(time.span.file, start, time.span.end - 1), meant)
    return Fix(f'Write `"{meant}"`', (edit,), Applicability.SAFE)


def _unlimited(time: _Time) -> str:
    return "taken for no limit at all" if time.is_runtime else "taken for no interval at all"


def _buffered(span: Span, value: Value) -> Iterator[Finding]:
    if isinstance(value, Constant) and isinstance(value.value, int) and value.value > 1:
        yield Finding(
            span,
            f"as many as {value.value} steps run before any of them is saved",
            help="leave it at `1` where a step must not run twice",
            label="run again where the process ends before",
            severity=Severity.INFO,
            advice=True,
        )
