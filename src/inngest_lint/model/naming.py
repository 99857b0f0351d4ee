"""Naming: where the name of an argument stands, and what it takes to give it another one."""

from __future__ import annotations

from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.body import Argument
from inngest_lint.text import Span


def keyword(argument: Argument) -> Span:
    """Where an option has its name, at the start of it."""
    start = argument.span.start
    return Span(argument.span.file, start, start + len((argument.name or "").encode()))


def renaming(argument: Argument, name: str) -> Fix:
    """The fix that gives an option another name; it has an effect from then on, so it is unsafe."""
    place = keyword(argument)
    # `{ trigger }` stands for `{ trigger: trigger }`.
    edit = Edit(place, name) if argument.span != place else Edit(place.at_start(), f"{name}: ")
    return Fix(f"Rename to `{name}`", (edit,), Applicability.UNSAFE)
