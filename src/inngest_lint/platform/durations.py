"""Durations: the four ways in which lengths of time are written, and which of them is read where."""

from __future__ import annotations

import re
from enum import Enum

_SECOND = 1000.0
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_YEAR = 365.25 * _DAY

_WORDS = {
    ("milliseconds", "millisecond", "msecs", "msec", "ms", ""): 1.0,
    ("seconds", "second", "secs", "sec", "s"): _SECOND,
    ("minutes", "minute", "mins", "min", "m"): _MINUTE,
    ("hours", "hour", "hrs", "hr", "h"): _HOUR,
    ("days", "day", "d"): _DAY,
    ("weeks", "week", "w"): _WEEK,
    ("years", "year", "yrs", "yr", "y"): _YEAR,
}
_FACTORS = {word: factor for words, factor in _WORDS.items() for word in words}
_ONE_UNIT = re.compile(r"(-?[0-9]*\.?[0-9]+) *([a-z]*)", re.IGNORECASE)
_LONGEST = 100

_OF_GO = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1.0, "s": _SECOND, "m": _MINUTE, "h": _HOUR}
_OF_SERVER = {**_OF_GO, "d": _DAY, "w": _WEEK}
_PART = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([^0-9.]+)")
# Go counts nanoseconds in 64 bits.
_MOST = (2**63 - 1) / 1e6

# The units of `timeStr` and of `to_duration_str`, largest first.
_UNITS = (("w", int(_WEEK)), ("d", int(_DAY)), ("h", int(_HOUR)), ("m", int(_MINUTE)), ("s", int(_SECOND)))


class Grammar(Enum):
    """Who reads a length of time: the npm package `ms`, Go's `str2duration`, Go's `time`, or the Python SDK."""

    MS = "ms"
    SERVER = "str2duration"
    GO = "time.ParseDuration"
    PYTHON = "python"


_SETTINGS = {
    ("batch", "timeout"): Grammar.GO,
    ("cancel", "timeout"): Grammar.MS,
    ("checkpointing", "max-interval"): Grammar.MS,
    ("checkpointing", "max-runtime"): Grammar.MS,
    ("debounce", "period"): Grammar.SERVER,
    ("debounce", "timeout"): Grammar.SERVER,
    ("rate-limit", "period"): Grammar.SERVER,
    ("throttle", "period"): Grammar.SERVER,
    ("timeouts", "finish"): Grammar.SERVER,
    ("timeouts", "start"): Grammar.SERVER,
    ("trigger", "jitter"): Grammar.SERVER,
}

SETTINGS = tuple(_SETTINGS)
"""The settings that are lengths of time, and the jitter of a trigger: the setting and the key in it."""

STEP_ARGUMENTS = frozenset({"duration", "timeout"})
"""The arguments of steps that are lengths of time."""


def grammar(setting: str, key: str) -> Grammar | None:
    """Who reads the text under a key of a setting that the TypeScript SDK hands on; None where it is no length of time.

    The SDK itself reads the timeout of a cancellation and the settings of checkpointing; all else is left to the
    server (components/InngestFunction.ts, `getConfig`; pkg/inngest/function.go, batch.go and trigger.go).
    """
    return _SETTINGS.get((setting, key))


def read(text: str, by: Grammar) -> float | None:
    """The milliseconds that a text stands for; None where it is refused, as every text is by the Python SDK."""
    match by:
        case Grammar.MS:
            return read_by_ms(text)
        case Grammar.SERVER:
            return _compound(text, _OF_SERVER)
        case Grammar.GO:
            return _compound(text, _OF_GO)
        case Grammar.PYTHON:
            return None


def read_by_ms(text: str) -> float | None:
    """What the npm package `ms` makes of a text: one number and one unit (ms 2.1.3, index.js, `parse`)."""
    match = _ONE_UNIT.fullmatch(text) if len(text) <= _LONGEST else None
    factor = _FACTORS.get(match[2].lower()) if match else None
    return float(match[1]) * factor if match and factor is not None else None


def _compound(text: str, units: dict[str, float]) -> float | None:
    """What Go's `time.ParseDuration` and `str2duration`, which knows days and weeks too, make of a text.

    (Go, src/time/format.go, `ParseDuration`; xhit/go-str2duration, str2duration.go, `ParseDuration`.)
    """
    sign = -1.0 if text.startswith("-") else 1.0
    unsigned = text[1:] if text.startswith(("-", "+")) else text
    if unsigned == "0":
        return 0.0
    total, end = 0.0, 0
    for part in _PART.finditer(unsigned):
        if part.start() != end or part[2] not in units:
            return None
        total, end = total + float(part[1]) * units[part[2]], part.end()
    return sign * total if 0 < end == len(unsigned) and total < _MOST else None


def as_text(milliseconds: float) -> str:
    """The text that the TypeScript SDK makes of a time: empty for less than a second (helpers/strings.ts, `timeStr`).

    From release 4.15 on what is more than nothing is rounded up to a second first.
    """
    text, rest = "", int(milliseconds)
    for suffix, unit in _UNITS:
        if rest >= unit:
            text, rest = f"{text}{rest // unit}{suffix}", rest % unit
    return text


def sent_by_python(milliseconds: float) -> str | None:
    """The text that the Python SDK makes of a time, in the largest unit that fits; None where it raises an error.

    It takes whole seconds only, and one at least (_internal/transforms.py, `to_duration_str`).
    """
    whole = int(milliseconds)
    if whole < _SECOND:
        return None
    return next((f"{whole // unit}{suffix}" for suffix, unit in _UNITS if whole % unit == 0), None)
