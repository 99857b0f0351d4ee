"""What could not be known: the places the rules had to be silent about."""

from __future__ import annotations

from dataclasses import dataclass

from inngest_lint.text import Span


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A place that was not checked, and why."""

    span: Span
    message: str
