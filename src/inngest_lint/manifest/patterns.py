"""Patterns: what is known of a string, with holes where it is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from inngest_lint.manifest.entries import HOLE
from inngest_lint.model.bindings import Bindings
from inngest_lint.model.body import Body, Call
from inngest_lint.model.parameters import received_by
from inngest_lint.model.value import Constant, Origin, Ref, Template, Value
from inngest_lint.project import Project

# Names that stand for names, templates in templates.
_DEEPEST = 16


@dataclass(frozen=True, slots=True)
class Text:
    """The parts of a string; None for each hole."""

    parts: tuple[str | None, ...]

    @property
    def whole(self) -> str | None:
        """The string, where all of it is known."""
        return None if None in self.parts else "".join(part or "" for part in self.parts)

    @property
    def pattern(self) -> str | None:
        """The string with its holes; None where it is nothing but one."""
        return None if self.parts == (None,) else "".join(HOLE if part is None else part for part in self.parts)


UNKNOWN = Text((None,))
"""A string of which nothing is known."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the file, the names in force, and what the parameters of a function were given.

    `inner` where the value is written in another function inside of that one.
    """

    file: str
    names: Bindings = field(default_factory=Bindings)
    given: Mapping[str, Text] = field(default_factory=dict)
    inner: bool = False


def text(value: Value, place: Place, project: Project) -> Text:
    """What is known of a value as a string."""
    return _joined(_parts(value, place, project, _DEEPEST))


def given(call: Call, callee: Body, place: Place, project: Project) -> dict[str, Text]:
    """What is known of the strings that a call gives a function for its parameters."""
    found = {p.name: text(p.default, Place(callee.span.file), project) for p in callee.parameters if p.default}
    for argument in call.arguments:
        name = received_by(call, argument, callee)
        if name is not None:
            found[name] = text(argument.value, place, project)
    return {name: known for name, known in sorted(found.items()) if known != UNKNOWN}


def _parts(value: Value, place: Place, project: Project, left: int) -> Iterator[str | None]:
    match value:
        case Constant(value=str() as known):
            yield known
        case Constant(value=int() as number) if not isinstance(number, bool):
            yield str(number)
        case Template(parts=parts):
            for part in parts:
                yield from (part,) if isinstance(part, str) else _parts(part, place, project, left)
        case Ref() if left:
            yield from _named(value, place, project, left - 1)
        case _:
            yield None


def _named(ref: Ref, place: Place, project: Project, left: int) -> Iterator[str | None]:
    """The parts of what a name stands for."""
    if ref.is_variable:
        values = place.names.values(ref) if len(ref.path) == 1 else ()
        if values == (None,) and (ref.origin is Origin.ENCLOSING) is place.inner and ref.name in place.given:
            yield from place.given[ref.name].parts
        elif len(values) == 1 and values[0] is not None:
            yield from _parts(values[0], place, project, left)
        else:
            yield None
        return
    bound = project.bound(ref, place.file)
    yield from _parts(bound, place, project, left) if bound is not None and not isinstance(bound, Ref) else (None,)


def _joined(parts: Iterable[str | None]) -> Text:
    """Parts with neither two strings nor two holes beside each other."""
    joined: list[str | None] = []
    for is_hole, run in groupby(parts, lambda part: part is None):
        joined.append(None if is_hole else "".join(part or "" for part in run))
    return Text(tuple(part for part in joined if part != "") or ("",))
