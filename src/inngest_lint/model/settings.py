"""Settings: what the settings of a function say, one by one, and where each of it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.model.function import InngestFunction
from inngest_lint.model.value import Entry, Items, Record, Value
from inngest_lint.text import Span


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is said: the neutral keys that lead to it, `("concurrency", "limit")`, and where it stands."""

    path: tuple[str, ...]
    value: Value
    span: Span


def said(function: InngestFunction) -> Iterator[Said]:
    """All that the settings of a function say, those of each record of a list included."""
    for entry in function.settings.entries:
        yield from _said((), entry)


def records(value: Value | None) -> tuple[Record, ...]:
    """The records of a setting that is one, or a list of them."""
    match value:
        case Record():
            return (value,)
        case Items(values=values):
            return tuple(member for member in values if isinstance(member, Record))
    return ()


def _said(path: tuple[str, ...], entry: Entry) -> Iterator[Said]:
    here = (*path, entry.key)
    yield Said(here, entry.value, entry.span)
    for record in records(entry.value):
        for inner in record.entries:
            yield from _said(here, inner)
