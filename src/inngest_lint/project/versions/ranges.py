"""Ranges: the lowest release of the SDK that a requirement allows."""

from __future__ import annotations

import re
from dataclasses import dataclass

Release = tuple[int, ...]

_CLAUSE = re.compile(r"(===|==|~=|!=|>=|<=|>|<|\^|~|=|)\s*v?(?:\d+!)?(\d{1,9}(?:\.\d{1,9})*)")
_EXACT = frozenset({"===", "==", "=", ""})
_UPPER = frozenset({"<", "<=", "!="})


@dataclass(frozen=True, slots=True)
class Sdk:
    """The lowest release of the SDK that a project may run on, and the file that says so.

    It `is_open` where a later major release may be what runs.
    """

    release: Release
    file: str
    is_open: bool = False

    def __str__(self) -> str:
        return ".".join(str(part) for part in self.release)


@dataclass(frozen=True, slots=True, order=True)
class Stated:
    """The lowest release that a requirement allows, and whether it allows no other."""

    release: Release
    is_exact: bool


def allowed(asked: str) -> Stated | None:
    """The lowest release in a range as pip, Poetry, Pipenv or npm write it."""
    choices = [_bounded(choice) for choice in asked.split("||")]
    return None if None in choices else min(filter(None, choices))


def _bounded(choice: str) -> Stated | None:
    bounds: list[Stated] = []
    for clause in filter(None, re.split(r"[,\s]+(?=[<>=!~^])|,", choice.strip())):
        match = _CLAUSE.match(clause.strip())
        if match is None:
            continue
        operator, version = match.groups()
        if operator not in _UPPER:
            is_exact = operator in _EXACT and not clause.rstrip().endswith("*")
            bounds.append(Stated(tuple(map(int, version.split("."))), is_exact))
    return max(bounds, default=None)
