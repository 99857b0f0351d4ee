"""Options: what the table of a rule may hold besides its severity, read from the rule's class of options."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import get_type_hints

from inngest_lint.rule import MEANING, Rule


@dataclass(frozen=True, slots=True)
class Option:
    """An option as it is written: its type, what counts where it is not set, and what it means."""

    name: str
    kind: object
    default: object
    meaning: str


def options(rule: Rule) -> tuple[Option, ...]:
    """The options of a rule, in the order of its class."""
    if rule.options is None:
        return ()
    types = get_type_hints(rule.options)
    return tuple(
        Option(field.name.replace("_", "-"), types[field.name], field.default, field.metadata.get(MEANING, ""))
        for field in fields(rule.options)
    )
