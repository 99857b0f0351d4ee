"""Rule: a length of time is given as milliseconds, by one who seems to think of another unit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.model.value import Ref
from inngest_lint.platform.durations import Grammar
from inngest_lint.project.timing.lengths import Length, Place, lengths
from inngest_lint.rule import Category, Context, rule

_CANCEL = "cancel"
_SECOND = 1000
_MINUTE = 60
_HOUR = 3600
# Nobody sleeps a tenth of a second between two requests, but sixty seconds, or five minutes.
_FEW = 100
# Five minutes in seconds, but a moment in milliseconds too; the fewest are what tests sleep.
_EITHER = 300
_FEWEST = 5
_HALF_HOURS = frozenset({900, 1800, 2700, 5400})
_NAMED = re.compile(r"(?<!milli)(?<!micro)(second|minute|hour)s?$|(?<![a-z])(sec|min|hr)s?$", re.IGNORECASE)
_UNITS = {"sec": "second", "min": "minute", "hr": "hour"}


@rule(on=Module, severity=Severity.WARNING, category=Category.FLOW_CONTROL, since="0.2.0")
def suspicious_duration_unit(module: Module, context: Context) -> Iterator[Finding]:
    """A length of time that the SDK counts in milliseconds is given a number that is plainly meant in another unit."""
    told = set()
    for length in lengths(module, context.project):
        is_read = length.place is not Place.SETTING or (length.by is Grammar.MS and length.setting == _CANCEL)
        # A number in another setting is refused in Python when it is this small, in TypeScript however large it is.
        if not is_read or length.span in told:
            continue
        if context.language is Language.PYTHON and length.place in (Place.WAIT, Place.INVOKE):
            continue
        unit = _unit(length)
        if unit is not None:
            told.add(length.span)
            yield _finding(length, unit, context.language)


def _unit(length: Length) -> str | None:
    """The unit that is meant, where that is plain."""
    if length.number is not None:
        return "second" if _counts_seconds(length.number) else None
    if length.text is not None:
        return "second" if length.text.isdigit() and _counts_seconds(float(length.text)) else None
    found = _NAMED.search(_name(length)) if isinstance(length.value, Ref) else None
    word = found[1] or found[2] if found is not None else None
    return _UNITS.get(word.lower(), word.lower()) if word is not None else None


def _name(length: Length) -> str:
    """What a length of time is called where it is given."""
    ref = length.named or length.value
    return ref.path[-1] if isinstance(ref, Ref) and ref.path else ""


def _counts_seconds(number: float) -> bool:
    if number < _FEWEST or number % 1 or number == _EITHER:
        return False
    if number < _SECOND:
        return number < _FEW or number % _MINUTE == 0
    return number in _HALF_HOURS or (number % _HOUR == 0 and number % _SECOND != 0)


def _finding(length: Length, unit: str, language: Language) -> Finding:
    given = f"`{length.number:.10g}`" if length.number is not None else f'`"{length.text}"`'
    if isinstance(length.value, Ref):
        given = f"`{_name(length)}`"
    amount = f"{length.number:.10g}" if length.number is not None else length.text or "…"
    instead = f"datetime.timedelta({unit}s={amount})" if language is Language.PYTHON else f'"{amount}{unit[0]}"'
    return Finding(
        length.span,
        f"{given} counts milliseconds here, and looks like {unit}s",
        help=f"write the unit: `{instead}`",
        label="milliseconds",
    )
