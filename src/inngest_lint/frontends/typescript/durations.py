"""Durations: lengths of time as the TypeScript SDK takes them, `"10m"`."""

from __future__ import annotations

from inngest_lint.model.value import Constant, Duration, Value
from inngest_lint.platform.durations import STEP_ARGUMENTS, Grammar, grammar, read


def step_duration(value: Value, name: str) -> Value:
    """What a step is given under a name of the model: a text that says a length of time as that."""
    return _read(value, Grammar.MS) if name in STEP_ARGUMENTS else value


def setting_duration(value: Value, setting: str, key: str) -> Value:
    """What stands under a key of a setting of the model: a text that says a length of time as that.

    A text that is refused at this place remains a text.
    """
    by = grammar(setting, key)
    return value if by is None else _read(value, by)


def _read(value: Value, by: Grammar) -> Value:
    if not isinstance(value, Constant) or not isinstance(value.value, str):
        return value
    milliseconds = read(value.value, by)
    return value if milliseconds is None else Duration(milliseconds, value.value)
