"""Loads: what a value carries of the sources that are followed through a body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product, takewhile

from inngest_lint.model.body import Operation
from inngest_lint.model.value import CALLS, EACH, Ref

Source = Operation | Ref
"""What a value of interest begins with: an operation that gives it, or a name for it."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A source that a value holds; `inside` where it is only part of it, `under` the keys that lead to that part."""

    source: Source
    other: Source | None = None
    inside: bool = False
    under: tuple[str, ...] = ()


Load = frozenset[Carried]
"""All that a value carries."""

NOTHING: Load = frozenset()
"""What a value carries that no source leads to."""


def inside(load: Load) -> Load:
    """What something carries that holds a value in itself."""
    return frozenset(replace(carried, inside=True) for carried in load)


def under(load: Load, *keys: str) -> Load:
    """What something carries that holds a value under some keys."""
    known = tuple(takewhile(_is_key, keys))
    return frozenset(
        replace(carried, under=(*known, *carried.under) if len(known) == len(keys) else known) for carried in load
    )


def below(load: Load, keys: tuple[str, ...]) -> Load:
    """What is held under some keys: `order["at"]` is no part of `order["id"]`."""
    known = tuple(takewhile(_is_key, keys))
    return frozenset(
        replace(carried, under=carried.under[len(known) :] if len(known) == len(keys) else ())
        for carried in load
        if all(one == other for one, other in zip(carried.under, known, strict=False))
    )


def anywhere(load: Load) -> Load:
    """What is held, wherever in the value that was."""
    return frozenset(replace(carried, under=()) for carried in load)


def _is_key(hop: str) -> bool:
    return hop not in CALLS and hop != EACH


def against(loads: Sequence[Load]) -> Load:
    """What an expression holds; two of its parts that began apart are set against each other."""
    found: dict[Carried, Source] = {}
    for one, two in combinations(filter(None, loads), 2):
        for left, right in product(ordered(one), ordered(two)):
            if left.source is not right.source and left.other is None and right.other is None:
                found.setdefault(left, right.source)
                found.setdefault(right, left.source)
    whole = NOTHING.union(*loads)
    return frozenset(replace(carried, other=found.get(carried, carried.other)) for carried in whole)


def ordered(load: Load) -> list[Carried]:
    """What is carried, what stands first in the source first."""
    return sorted(load, key=lambda carried: (carried.other is not None, carried.inside, _place(carried.source)))


def _place(source: Source) -> int:
    return source.span.start if source.span is not None else -1
