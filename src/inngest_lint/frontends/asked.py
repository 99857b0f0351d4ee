"""Asked: what other files want of a file: names of its top level, and what they hand to its functions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """A part of the context in an argument: its place or its name, and the key it stands under in an object."""

    place: int | str
    part: tuple[str, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A name of the top level, or a method of a class there, and what a call of it is given of the context.

    `immediate` where the steps that are given give their results at once.
    """

    path: tuple[str, ...]
    given: frozenset[Given] = frozenset()
    immediate: bool = False
