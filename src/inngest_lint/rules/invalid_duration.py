"""Rule: a length of time is written so that what reads it refuses it, or takes it for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.function import Module
from inngest_lint.platform.durations import Grammar, as_text, read, sent_by_python
from inngest_lint.project import Project
from inngest_lint.project.timing.lengths import Length, Place, lengths
from inngest_lint.rule import Category, Context, rule

_SECOND = 1000
_HOUR = 3_600_000
# The settings of checkpointing have a rule of their own.
_ELSEWHERE = "checkpointing"
_BATCH = "batch"
# What the server does not read in these is as if it was not set; in the others it is an error.
_OPTIONAL = frozenset({("debounce", "timeout"), ("timeouts", "start"), ("timeouts", "finish")})
# Since this release a wait of less than a second takes one second.
_ROUNDED_UP = (4, 15)
_POINT = re.compile(r"\d{4}-\d\d-\d\d.*")

_READERS = {
    Grammar.MS: "the SDK",
    Grammar.SERVER: "Inngest",
    Grammar.GO: "Inngest",
    Grammar.PYTHON: "the SDK",
}
_EXAMPLES = {
    Grammar.MS: 'one number and one unit, such as `"90m"`',
    Grammar.SERVER: 'numbers with short units, such as `"1h30m"`',
    Grammar.GO: 'numbers with the units `h`, `m` and `s`, such as `"1h30m"`',
}
_NOTHING = {
    Place.SLEEP: "taken for nothing, so the run goes on at once",
    Place.WAIT: "taken for nothing, so the wait ends at once",
    Place.INVOKE: "taken for nothing, so the wait is as long as can be",
    Place.RETRY: "raises an error of its own in the place of this one",
    Place.SETTING: "taken for nothing, so it is as if it was not there",
}


@rule(on=Module, severity=Severity.ERROR, category=Category.FLOW_CONTROL, since="0.2.0")
def invalid_duration(module: Module, context: Context) -> Iterator[Finding]:
    """A length of time is written in a way that what reads it does not take, or takes for no time at all."""
    told = set()
    for length in lengths(module, context.project):
        if length.setting == _ELSEWHERE or length.span in told:
            continue
        by_sdk = length.by is Grammar.PYTHON
        finding = _python(length) if by_sdk else _typescript(length, context.project)
        if finding is not None:
            told.add(length.span)
            yield finding


# TypeScript, and the texts that Python hands on


def _typescript(length: Length, project: Project) -> Finding | None:
    if length.text is not None:
        return _text(length, length.text, project)
    number = length.number
    if number is None:
        return None
    if length.by is not Grammar.MS:
        return Finding(
            length.span,
            f"`{length.key}` is a number, where Inngest reads a text",
            help=f"write it with its unit: {_EXAMPLES[length.by]}",
            label=_refused(length),
        )
    # Not a number, which is no less than anything, is no more either.
    return None if number > 0 else _nothing(length, f"`{number:g}`")


def _text(length: Length, text: str, project: Project) -> Finding | None:
    milliseconds = read(text, length.by)
    if milliseconds is None:
        return _unread(length, text)
    if length.by is Grammar.MS and milliseconds <= 0:
        return _nothing(length, f'`"{text}"`')
    if length.by is Grammar.MS and milliseconds < _SECOND and length.place is not Place.RETRY:
        sdk = project.sdk(length.span.file)
        is_old = sdk is not None and not sdk.is_open and sdk.release < _ROUNDED_UP
        return _nothing(length, f'`"{text}"`', "is less than a second, which this release takes") if is_old else None
    return None


def _unread(length: Length, text: str) -> Finding:
    meant = _meant(text, length.by)
    help_ = f'write `"{meant}"`' if meant is not None else f"write {_EXAMPLES[length.by]}"
    if length.place is Place.SLEEP and _POINT.fullmatch(text):
        help_ = "use `step.sleepUntil` for a point in time"
    return Finding(
        length.span,
        f'`"{_shown(text)}"` is no length of time to {_READERS[length.by]}',
        help=help_,
        label=_NOTHING[length.place] if length.by is Grammar.MS else _refused(length),
        fix=_fix(length, meant),
    )


def _shown(text: str) -> str:
    return text.replace("`", "'")


def _refused(length: Length) -> str:
    if (length.setting, length.key) in _OPTIONAL:
        return _NOTHING[Place.SETTING]
    return "refused when the app is synced"


def _meant(text: str, by: Grammar) -> str | None:
    """The same length of time in the form that is read, where another reader knows it."""
    others = (read(text, other) for other in (Grammar.MS, Grammar.SERVER))
    milliseconds = next((found for found in others if found is not None), None)
    if milliseconds is None or milliseconds < _SECOND or milliseconds % _SECOND:
        return None
    match by:
        case Grammar.MS:
            return sent_by_python(milliseconds)
        case Grammar.GO:
            hours, rest = divmod(int(milliseconds), _HOUR)
            return (f"{hours}h" if hours else "") + as_text(rest)
        case _:
            return as_text(milliseconds)


def _fix(length: Length, meant: str | None) -> Fix | None:
    """The text in the form that is read, where it stands as the argument of a step."""
    if meant is None or length.named is not None or length.place is Place.SETTING:
        return None
    key = "" if length.place in (Place.SLEEP, Place.RETRY) else "timeout: "
    return Fix(f'Write `"{meant}"`', (Edit(length.span, f'{key}"{meant}"'),), Applicability.SAFE)


def _nothing(length: Length, shown: str, how: str = "is a length of time that the SDK takes") -> Finding | None:
    # What is thrown with no time to wait is tried again as soon as may be.
    if length.place is Place.RETRY and length.number is not None and length.number <= 0:
        return None
    return Finding(
        length.span,
        f"{shown} {how} for nothing",
        help="give the time that is to pass, a second or more, or leave it out",
        label=_NOTHING[length.place],
    )


# Python


def _python(length: Length) -> Finding | None:
    if length.text is not None:
        return _type(length, "a text")
    if length.place is Place.SLEEP:
        return _slept(length)
    milliseconds, number = length.milliseconds, length.number
    if length.place is Place.RETRY or milliseconds is None:
        return _type(length, "a float") if isinstance(number, float) and length.place is Place.RETRY else None
    if isinstance(number, float) and length.place is Place.SETTING:
        return _type(length, "a float")
    sent = sent_by_python(milliseconds)
    if sent is None:
        return _unsent(length, milliseconds)
    return _days(length) if length.setting == _BATCH and read(sent, Grammar.GO) is None else None


def _type(length: Length, what: str) -> Finding:
    return Finding(
        length.span,
        f"a length of time is given as {what}",
        help="give a `datetime.timedelta`, or whole milliseconds",
        label="raises an error",
    )


def _slept(length: Length) -> Finding | None:
    if isinstance(length.number, float):
        return _type(length, "a float")
    milliseconds = length.milliseconds
    if milliseconds is None or milliseconds > 0:
        return None
    return Finding(
        length.span,
        "a sleep of no time",
        help="give the time that is to pass",
        label="over at once",
        severity=Severity.WARNING,
    )


def _unsent(length: Length, milliseconds: float) -> Finding:
    number = length.number
    if milliseconds < _SECOND:
        what, label = "a length of time is less than a second", "raises an error: at least a second"
    else:
        what, label = "a length of time is no whole number of seconds", "raises an error: whole seconds only"
    if number is None or number <= 0:
        return Finding(length.span, what, help="give whole seconds, one at least", label=label)
    return Finding(
        length.span,
        f"{what}: `{number:.10g}` counts milliseconds",
        help=f"if seconds are meant, give `datetime.timedelta(seconds={number:.10g})`",
        label=label,
    )


def _days(length: Length) -> Finding:
    return Finding(
        length.span,
        "the time a batch waits is given in whole days",
        help="give less than a day",
        label="sent as days, which Inngest does not read here: the app is not synced",
    )
