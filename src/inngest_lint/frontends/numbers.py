"""Numbers: what is known of those that are worked out of others, and of lengths of time."""

from __future__ import annotations

import operator
from collections.abc import Callable

from inngest_lint.model.value import Constant, Duration, Value

_WORKED_OUT: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
}
# A program that works out more than this has no such number in mind.
_LARGEST = 1e18


def worked_out(sign: str, left: Value, right: Value) -> Value | None:
    """What an operator makes of two numbers, or lengths of time; None where they are not known."""
    match left, right:
        case Constant(), Constant():
            return _number(sign, left, right)
        case Duration(milliseconds=first), Duration(milliseconds=second) if sign in ("+", "-"):
            return Duration(_WORKED_OUT[sign](first, second))
        case Duration(milliseconds=length), Constant() if sign in ("*", "/"):
            found = _number(sign, Constant(length), right)
            return found and Duration(float(found.value or 0))
        case Constant(), Duration() if sign == "*":
            return worked_out(sign, right, left)
    return None


def _number(sign: str, left: Constant, right: Constant) -> Constant | None:
    work, first, second = _WORKED_OUT.get(sign), _plain(left), _plain(right)
    if work is None or first is None or second is None or (second == 0 and sign in ("/", "//", "%")):
        return None
    found = work(first, second)
    return Constant(found) if abs(found) <= _LARGEST else None


def _plain(constant: Constant) -> float | None:
    value = constant.value
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _LARGEST else None
