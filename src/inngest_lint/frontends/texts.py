"""Texts: what is known of strings that are put together."""

from __future__ import annotations

from inngest_lint.model.value import Constant, Template, Value


def is_text(value: Value) -> bool:
    """Whether a value is known to be a text."""
    return isinstance(value, Template) or (isinstance(value, Constant) and isinstance(value.value, str))


def joined(left: Value, right: Value) -> Value:
    """One string after another; bytes too."""
    match left, right:
        case Constant(value=str(first)), Constant(value=str(second)):
            return Constant(first + second)
        case Constant(value=bytes(start)), Constant(value=bytes(end)):
            return Constant(start + end)
    return Template((*_parts_of(left), *_parts_of(right)))


def _parts_of(value: Value) -> tuple[str | Value, ...]:
    match value:
        case Template(parts=parts):
            return parts
        case Constant(value=str(text)):
            return (text,)
    return (value,)
