"""Memory: what the functions that steps run keep in the process, outside of any function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.model.body import Assign, Call
from inngest_lint.model.value import Origin, Ref
from inngest_lint.model.walk import everywhere, refs, refs_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Body, Operation
    from inngest_lint.project import Project
    from inngest_lint.text import Span

_MAKING = frozenset({"__init__", "__post_init__", "constructor"})

Key = tuple[Origin, str, tuple[str, ...]]
"""Where something is kept: a name of a file, or an attribute of the instances of a class."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A write of something that outlives a step, and the function it is made in."""

    key: Key
    operation: Operation
    body: Body


def kept(inside: Body, taking: frozenset[str], project: Project) -> Iterator[Kept]:
    """What the function of a step keeps, where what is kept is not looked at in the function that keeps it.

    A cache looks first. A name of the module that the step's own function writes is told as a variable it changes.
    An instance is known to be the same one only where the steps are taken by methods of its class, which are `taking`.
    """
    for body in project.reachable(inside):
        if body.name in _MAKING:
            continue
        found = [(key, operation) for key, operation in _keeping(body) if _counts(key, taking, is_own=body is inside)]
        looked_at = {key for key, _ in reads(body)} if found else set()
        yield from (Kept(key, operation, body) for key, operation in found if key not in looked_at)


def _keeping(body: Body) -> Iterator[tuple[Key, Operation]]:
    for operation in everywhere(body.block):
        for ref in _written(operation):
            key = _key(ref, body.span.file)
            if key is not None:
                yield key, operation


def _counts(key: Key, taking: frozenset[str], *, is_own: bool) -> bool:
    return key[2][0] in taking if key[0] is Origin.SELF else not is_own


def reads(body: Body) -> Iterator[tuple[Key, Span]]:
    """What a function reads of what is kept in the process."""
    for operation in everywhere(body.block):
        read = refs(operation.value) if isinstance(operation, Assign) else refs_in(operation)
        for ref in read:
            key = _key(ref, body.span.file)
            if key is not None:
                yield key, ref.span or operation.span


def writes(body: Body) -> frozenset[Key]:
    """What a function writes of it."""
    return frozenset(key for key, _ in _keeping(body))


def _written(operation: Operation) -> Iterator[Ref]:
    match operation:
        case Assign(targets=targets):
            yield from targets
        case Call(mutates=Ref() as changed):
            yield changed


def _key(ref: Ref, file: str) -> Key | None:
    match ref:
        case Ref(origin=Origin.MODULE, path=(name, *_)):
            return Origin.MODULE, file, (name,)
        case Ref(origin=Origin.SELF, path=(owner, name, *_)):
            return Origin.SELF, file, (owner, name)
    return None
