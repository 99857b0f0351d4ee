"""Patterns: keys with one star in them, and what it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_STAR = "*"


def matches(patterns: Mapping[str, object], name: str) -> Iterator[tuple[object, str]]:
    """What is said of a name, the most exact pattern first, and what the star of the pattern stands for."""
    for pattern in sorted(patterns, key=_exactness, reverse=True):
        before, star, after = pattern.partition(_STAR)
        if not star:
            if name == pattern:
                yield patterns[pattern], ""
        elif name.startswith(before) and name.endswith(after) and len(name) >= len(before) + len(after):
            yield patterns[pattern], name[len(before) : len(name) - len(after)]


def targets(value: object, star: str) -> Iterator[str]:
    """The paths in a target, whichever conditions or alternatives they stand under."""
    match value:
        case str():
            yield value.replace(_STAR, star)
        case list():
            for choice in value:
                yield from targets(choice, star)
        case dict():
            for choice in value.values():
                yield from targets(choice, star)


def _exactness(pattern: str) -> tuple[bool, int]:
    return _STAR not in pattern, len(pattern.partition(_STAR)[0])
