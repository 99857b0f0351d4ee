"""Rule: a number, a time or a list of a function is outside of what the platform takes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.function import InngestFunction, Module
from inngest_lint.model.settings import Said, records, said
from inngest_lint.model.value import Constant, Items, Record
from inngest_lint.platform.durations import Grammar, read, sent_by_python
from inngest_lint.platform.limits import limit
from inngest_lint.project.timing.lengths import Length, Place, lengths
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_REFUSED = "refused when the app is synced"
_NO_PERIOD = "no period of a throttle"


@dataclass(frozen=True, slots=True)
class _Range:
    """The limits that a setting lies between, by their names, and what becomes of what does not."""

    least: str | None
    most: str | None
    outcome: str = _REFUSED
    when_less: str = _REFUSED


_NUMBERS = {
    ("retries",): _Range(None, "retries", "taken as 20 retries"),
    ("batch", "max-size"): _Range("batch-size-at-least", None),
    ("rate-limit", "limit"): _Range("rate-limit-at-least", None),
    ("throttle", "limit"): _Range("throttle-at-least", None, "taken as 1"),
}
_TIMES = {
    ("batch", "timeout"): _Range("batch-timeout-at-least", "batch-timeout", "more than any plan lets a batch wait"),
    ("debounce", "period"): _Range("debounce-period-at-least", "debounce-period"),
    ("rate-limit", "period"): _Range(None, "rate-limit-period"),
    ("throttle", "period"): _Range("throttle-period-at-least", "throttle-period", _NO_PERIOD, _NO_PERIOD),
    ("trigger", "jitter"): _Range("jitter-at-least", "jitter"),
}
_PLACES = {
    Place.SLEEP: _Range(None, "sleep", "further ahead than a run can sleep"),
    Place.WAIT: _Range(None, "wait-timeout", "further ahead than a run can wait"),
    Place.RETRY: _Range(None, "retry-after", "taken as 24 hours"),
}
_LISTS = {("cancel",): "cancellations", ("concurrency",): "concurrency-limits"}
_WORDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("concurrency", "scope"): ("fn", "env", "account"),
    ("singleton", "mode"): ("skip", "cancel"),
}
_PLURALS = {"cancellations": "cancellations", "concurrency-limits": "limits of concurrency", "triggers": "triggers"}
_LIMIT = frozenset({"limit", "key", "scope"})
# What is longer than these is taken for the longest, or left to the plan.
_LOWERED = frozenset({"batch-timeout", "retry-after"})
_INTEGER = re.compile(r"-?[0-9]+")
_UNITS = ((86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second"))


@rule(on=Module, severity=Severity.ERROR, category=Category.FLOW_CONTROL, since="0.2.0")
def config_out_of_range(module: Module, context: Context) -> Iterator[Finding]:
    """A number, a length of time or a list is outside of what the platform takes."""
    seen: set[Span] = set()
    for found in (*_of_functions(module), *_of_times(module, context)):
        if found.span not in seen:
            seen.add(found.span)
            yield found


def _of_functions(module: Module) -> Iterator[Finding]:
    for function in module.functions:
        for one in said(function):
            yield from _setting(one)
        yield from _scopes(function)
        yield from _triggers(function, module)


def _setting(one: Said) -> Iterator[Finding]:
    if one.path in _NUMBERS:
        yield from _number(one)
    elif one.path in _LISTS and isinstance(one.value, Items):
        yield from _list(one.span, len(one.value.values), _LISTS[one.path])
    elif one.path in _WORDS:
        yield from _word(one)
    elif one.path == ("priority", "run"):
        yield from _priority(one)


def _number(one: Said) -> Iterator[Finding]:
    number = one.value.value if isinstance(one.value, Constant) else None
    if not isinstance(number, int | float) or isinstance(number, bool):
        return
    bounds = _NUMBERS[one.path]
    least, most = max(_limits(bounds)[0], 0), _limits(bounds)[1]
    if least <= number <= most:
        return
    is_taken = number >= 0 and bounds.outcome != _REFUSED
    yield Finding(
        one.span,
        f"`{number}` is {'less' if number < least else 'more'} than Inngest takes",
        help=f"make it {least:.0f} or more" if most == math.inf else f"make it a number from {least:.0f} to {most:.0f}",
        label=bounds.outcome if is_taken else _REFUSED,
        severity=Severity.WARNING if is_taken else None,
    )


def _limits(bounds: _Range) -> tuple[float, float]:
    least = limit(bounds.least) if bounds.least is not None else -math.inf
    return least, limit(bounds.most) if bounds.most is not None else math.inf


def _of_times(module: Module, context: Context) -> Iterator[Finding]:
    for length in lengths(module, context.project):
        bounds = _PLACES.get(length.place) or _TIMES.get((length.setting, length.key))
        milliseconds = length.milliseconds
        if bounds is None or milliseconds is None or math.isnan(milliseconds) or not _is_read(length, milliseconds):
            continue
        least, most = _limits(bounds)
        if not least <= milliseconds <= most:
            yield _time(length.span, bounds, is_short=milliseconds < least)


def _is_read(length: Length, milliseconds: float) -> bool:
    """Whether a length of time is one to the one who reads it."""
    if length.key == "jitter":
        return milliseconds > 0 and length.text is not None  # no jitter is none at all
    if length.by is not Grammar.PYTHON or length.place is not Place.SETTING:
        return length.number is None or length.by in (Grammar.MS, Grammar.PYTHON)
    sent = sent_by_python(milliseconds)
    return sent is not None and (length.setting != "batch" or read(sent, Grammar.GO) is not None)


def _time(span: Span, bounds: _Range, *, is_short: bool) -> Finding:
    least, most = _limits(bounds)
    return Finding(
        span,
        f"the time is {'shorter' if is_short else 'longer'} than Inngest takes",
        help=f"make it {_shown(least)} or more" if is_short else f"make it {_shown(most)} or less",
        label=bounds.when_less if is_short else bounds.outcome,
        severity=Severity.WARNING if bounds.most in _LOWERED and not is_short else None,
    )


def _shown(milliseconds: float) -> str:
    unit, name = next(((unit, name) for unit, name in _UNITS if milliseconds % unit == 0), (1, "millisecond"))
    count = int(milliseconds // unit)
    return f"{count} {name}{'' if count == 1 else 's'}"


def _list(span: Span, count: int, name: str) -> Iterator[Finding]:
    most = limit(name)
    if count > most:
        yield Finding(
            span,
            f"there are {count} {_PLURALS[name]}, and Inngest takes {most}",
            help=f"leave out {count - most}, or make two functions of this one",
            label=_REFUSED,
        )


def _word(one: Said) -> Iterator[Finding]:
    words = _WORDS[one.path]
    if isinstance(one.value, Constant) and isinstance(one.value.value, str) and one.value.value not in words:
        yield Finding(
            one.span,
            f"`{one.value.value}` is no {one.path[-1]} of {one.path[0]}",
            help="write " + " or ".join(f"`{word}`" for word in words),
            label=_REFUSED,
        )


def _scopes(function: InngestFunction) -> Iterator[Finding]:
    """Limits that functions share are told apart by their keys."""
    entry = function.setting("concurrency")
    for record in records(entry.value if entry is not None else None):
        scope = record.get("scope")
        if scope is not None and scope.value in (Constant("env"), Constant("account")) and _has_no_key(record):
            yield Finding(
                scope.span,
                "a limit that functions share has no key",
                help="give it the key that they share, a text in quotes of its own: `key: '\"reports\"'`",
                label=_REFUSED,
            )


def _has_no_key(record: Record) -> bool:
    key = record.get("key")
    is_known = record.complete and all(entry.key in _LIMIT for entry in record.entries)
    return is_known and (key is None or key.value == Constant(None))


def _priority(one: Said) -> Iterator[Finding]:
    most = limit("priority-at-most")
    text = one.value.value if isinstance(one.value, Constant) else None
    if isinstance(text, str) and _INTEGER.fullmatch(text) and abs(int(text)) > most:
        yield Finding(
            one.span,
            f"`{text}` is more than a priority may be",
            help=f"make it a number of seconds from -{limit('priority')} to {limit('priority')}",
            label=f"taken as {most} seconds",
            severity=Severity.WARNING,
        )


def _triggers(function: InngestFunction, module: Module) -> Iterator[Finding]:
    most = limit("triggers")
    if len(function.triggers) > most:
        given = (options.argument("triggers") for options in module.options if options.span == function.span)
        place = next((argument.span for argument in given if argument is not None), function.triggers[most].span)
        yield from _list(place, len(function.triggers), "triggers")
