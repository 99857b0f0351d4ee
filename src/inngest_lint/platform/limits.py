"""Limits: how much of everything the platform takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

from inngest_lint.toml import load


class _LimitTable(TypedDict):
    value: int
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: its value, the unit it counts (bytes, characters, milliseconds, or things), and where it is set."""

    name: str
    value: int
    unit: str
    source: str


@cache
def limits() -> dict[str, Limit]:
    """Every limit by its name."""
    with Path(__file__).with_name("limits.toml").open("rb") as file:
        tables: dict[str, _LimitTable] = load(file)
    return {name: Limit(name, table["value"], table["unit"], table["source"]) for name, table in tables.items()}


def limit(name: str) -> int:
    """The value of a limit; raises a `KeyError` where there is none of this name."""
    return limits()[name].value
