"""The comparison: what has become of the functions and the steps of a manifest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from inngest_lint.manifest.entries import HOLE, Function, Step, Steps
from inngest_lint.model.body import StepKind

# How much of an id has to be left for it to have been renamed, out of one.
_LIKE = 0.6
# What the state of a step of each kind is; kinds that leave the same may take each other's place.
_SAME = ({StepKind.SLEEP, StepKind.SLEEP_UNTIL}, {StepKind.RUN, StepKind.AI_WRAP})


@dataclass(frozen=True, slots=True)
class Gone:
    """A step that is there no longer, and the one that stands in its place, if any does.

    That one has another id, or the same id and another kind.
    """

    before: Step
    instead: Step | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """A function of a manifest by its number, and that of the function which it is today, under another id perhaps."""

    before: int
    today: int | None
    renamed: bool = False


def fates(before: Sequence[Function], today: Sequence[Function]) -> Iterator[Fate]:
    """What has become of the functions of a manifest, in its order; those that may be anywhere are left out."""
    left, free = dict(enumerate(before)), dict(enumerate(today))
    found: list[Fate] = []
    for is_same, renamed in _STAGES:
        for number, function in tuple(left.items()):
            match = next((other for other, candidate in free.items() if is_same(function, candidate)), None)
            if match is not None:
                del left[number], free[match]
                found.append(Fate(number, match, renamed))
    found.extend(_leftover(left, free))
    yield from sorted(found, key=lambda fate: fate.before)


def gone(before: Steps, today: Steps) -> Iterator[Gone]:
    """The steps of a handler that are there no longer, as far as that can be known."""
    by_id = {step.id: step for step in reversed(today.known)}
    missing: list[Step] = []
    for step in before.known:
        if any(step.id == other.id and _leave_the_same(step.kind, other.kind) for other in today.known):
            continue
        if step.id in by_id:
            yield Gone(step, by_id[step.id])
        elif today.unknown <= before.unknown and not any(_may_be(step, other) for other in today.known):
            missing.append(step)
    added = [step for step in today.known if all(step.id != other.id for other in before.known)]
    for step in missing:
        instead = _instead(step, added, before.known, today.known)
        if instead is not None:
            added.remove(instead)
        yield Gone(step, instead)


def _same_in_its_file(one: Function, other: Function) -> bool:
    # Apps whose ids come from the environment may each have a function of an id.
    return one.file == other.file and (_same(one, other) or _same_but_for_an_unknown_app(one, other))


def _same(one: Function, other: Function) -> bool:
    return one.id is not None and (one.app, one.id) == (other.app, other.id)


def _same_but_for_an_unknown_app(one: Function, other: Function) -> bool:
    return one.id is not None and one.id == other.id and None in (one.app, other.app)


def _same_but_for_an_unknown_id(one: Function, other: Function) -> bool:
    return None in (one.id, other.id) and _same_code(one, other)


def _same_code(one: Function, other: Function) -> bool:
    return one.name != "" and (one.file, one.name) == (other.file, other.name)


def _same_steps(one: Function, other: Function) -> bool:
    return one.steps.known != () and one.steps.known == other.steps.known and _renamable(one, other)


def _same_but_for_its_app(one: Function, other: Function) -> bool:
    return one.id is not None and one.id == other.id


def _renamable(one: Function, other: Function) -> bool:
    return None not in (one.id, other.id) and (one.app == other.app or None in (one.app, other.app))


_STAGES: tuple[tuple[Callable[[Function, Function], bool], bool], ...] = (
    (_same_in_its_file, False),
    (_same, False),
    (_same_but_for_an_unknown_app, False),
    (_same_but_for_an_unknown_id, False),
    (_same_code, True),
    (_same_but_for_its_app, True),
    (_same_steps, True),
)


def _leftover(left: dict[int, Function], free: dict[int, Function]) -> Iterator[Fate]:
    """The fates of functions that were not found again; one whose id is not known may be any of them."""
    is_hidden = any(candidate.id is None for candidate in free.values())
    for number, function in left.items():
        nearest = _nearest(function, free) if function.id is not None else None
        if nearest is not None:
            yield Fate(number, nearest, renamed=True)
        elif function.id is not None and not is_hidden:
            yield Fate(number, None)


def _nearest(function: Function, free: dict[int, Function]) -> int | None:
    """The function that is left whose id is most like that of one that is gone; it is taken."""
    likeness = {
        number: _likeness(function.id or "", candidate.id or "")
        for number, candidate in free.items()
        if _renamable(function, candidate)
    }
    best = max(likeness, key=lambda number: likeness[number], default=None)
    if best is None or likeness[best] < _LIKE:
        return None
    del free[best]
    return best


def _instead(step: Step, added: Sequence[Step], before: Sequence[Step], today: Sequence[Step]) -> Step | None:
    """The new step that stands for one that is gone: at the same place, or else under the id that is most like it."""
    candidates = [other for other in added if _leave_the_same(step.kind, other.kind)]
    around = _around(step, before)
    for candidate in candidates:
        if around == _around(candidate, today):
            return candidate
    best = max(candidates, key=lambda other: _likeness(step.id, other.id), default=None)
    return best if best is not None and _likeness(step.id, best.id) >= _LIKE else None


def _around(step: Step, steps: Sequence[Step]) -> tuple[str | None, str | None]:
    at = steps.index(step)
    return (steps[at - 1].id if at else None, steps[at + 1].id if at + 1 < len(steps) else None)


def _leave_the_same(one: StepKind, other: StepKind) -> bool:
    return one is other or any({one, other} <= kinds for kinds in _SAME)


def _may_be(one: Step, other: Step) -> bool:
    """Whether two ids may be the same once their holes are filled."""
    return _fits(one, other) or _fits(other, one)


def _fits(step: Step, pattern: Step) -> bool:
    parts = (re.escape(part) for part in pattern.id.split(HOLE)) if pattern.pattern else ()
    return pattern.pattern and re.fullmatch(".*".join(parts), step.id, re.DOTALL) is not None


def _likeness(one: str, other: str) -> float:
    from difflib import SequenceMatcher  # noqa: PLC0415 - only what is gone is compared

    return SequenceMatcher(None, one, other, autojunk=False).ratio()
