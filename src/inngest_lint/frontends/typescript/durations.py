"""Durations: lengths of time as the SDK writes them, `"10m"`."""

from __future__ import annotations

import re

from inngest_lint.model.value import Constant, Duration, Value

# What npm's `ms` accepts, which the SDK reads times with (helpers/strings.ts, `timeStr`).
_WRITTEN = re.compile(r"(-?\d*\.?\d+) *([a-z]*)", re.IGNORECASE)
_SECOND = 1000.0
_UNITS = {
    "ms": ("milliseconds", "millisecond", "msecs", "msec", "ms", ""),
    "s": ("seconds", "second", "secs", "sec", "s"),
    "m": ("minutes", "minute", "mins", "min", "m"),
    "h": ("hours", "hour", "hrs", "hr", "h"),
    "d": ("days", "day", "d"),
    "w": ("weeks", "week", "w"),
    "y": ("years", "year", "yrs", "yr", "y"),
}
_MILLISECONDS = {
    "ms": 1.0,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
    "d": 86_400 * _SECOND,
    "w": 604_800 * _SECOND,
    "y": 31_557_600 * _SECOND,
}
_FACTORS = {word: _MILLISECONDS[unit] for unit, words in _UNITS.items() for word in words}

# What the server reads settings with that the SDK hands on as they are: `1h30m`.
_COMPOUND = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")
_OF_SERVER = frozenset({"period", "start", "finish", "jitter"})

KEYS = frozenset({"duration", "timeout", "period", "start", "finish", "jitter", "max-runtime", "max-interval"})
"""The names of the model under which lengths of time stand."""


def as_duration(value: Value, key: str) -> Value:
    """A text that says a length of time as that, where one stands under this key of the model; all else as it is."""
    if key not in KEYS or not isinstance(value, Constant) or not isinstance(value.value, str):
        return value
    if key in _OF_SERVER and _COMPOUND.fullmatch(value.value):
        parts = _PART.findall(value.value)
        return Duration(sum(float(count) * _MILLISECONDS[unit] for count, unit in parts), value.value)
    match = _WRITTEN.fullmatch(value.value)
    factor = _FACTORS.get(match[2].lower()) if match else None
    return Duration(float(match[1]) * factor, value.value) if match and factor is not None else value
