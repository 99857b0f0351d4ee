"""Instances: the methods and attributes that the names of classes lead to, in whichever language they are written."""

from __future__ import annotations

from typing import Generic, Protocol, TypeVar

from inngest_lint.model.value import CALLS, Origin, Ref, Value

CONSTRUCTOR = "__init__"
"""What the model calls the method that makes an instance."""


class Owner(Protocol):
    """A class while its file is lowered; `held` are the values of its instances' attributes, `types` their classes."""

    held: dict[str, list[Value]]
    types: dict[str, Ref]
    is_initialised: bool


_Owner = TypeVar("_Owner", bound=Owner)


class Wanting(Protocol):
    """A file that lowers what is reached of it."""

    def want(self, name: str) -> None:
        """A function or `Class.method` that something reaches."""


class Instances(Generic[_Owner]):
    """What is asked of the classes of a file about their instances."""

    def __init__(self, file: Wanting) -> None:
        self._file = file

    def _class(self, name: str) -> _Owner | None:
        raise NotImplementedError

    def _has_method(self, name: str, method: str) -> bool:
        raise NotImplementedError

    def _initialise(self, owner: _Owner, name: str) -> None:
        raise NotImplementedError

    def known(self, name: str) -> bool:
        """Whether the file's top level defines a class of this name."""
        return self._class(name) is not None

    def forget(self, key: str) -> None:
        """A method is about to be lowered again, with what an instance holds."""
        owner = self._class(key.rpartition(".")[0])
        if owner is not None and key.endswith(f".{CONSTRUCTOR}"):
            owner.is_initialised = False
            owner.held.clear()

    def method_of(self, ref: Ref) -> tuple[str | None, str]:
        """The class and method that `Clock.now` or `Clock().now` leads to; `Clock` itself is its constructor."""
        if ref.origin not in (Origin.MODULE, Origin.SELF) or not ref.path or not self.known(ref.name):
            return None, ""
        hops = [hop for hop in ref.path[1:] if hop not in CALLS]
        if not hops and ref.origin is Origin.MODULE and len(ref.path) == 1:
            return ref.name, CONSTRUCTOR
        if len(hops) == 1 and ref.path[-1] == hops[0] and self._has_method(ref.name, hops[0]):
            return ref.name, hops[0]
        return None, ""

    def attribute(self, ref: Ref) -> Ref:
        """What an attribute of an instance stands for: a part of the context, or itself."""
        base = self._held(ref)
        if base is not None and base.origin is Origin.CONTEXT:
            path = (*base.path, *ref.path[2:])
            return Ref(Origin.CONTEXT, path, len(path) if ref.attributes == len(ref.path) else len(base.path), ref.span)
        owner, method = self.method_of(ref)
        if owner is not None:
            self._file.want(f"{owner}.{method}")
        return ref

    def canonical(self, ref: Ref) -> Ref:
        """A reference traced through the attributes of instances."""
        base = self._held(ref)
        return Ref(base.origin, (*base.path, *ref.path[2:])) if base is not None else ref

    def _held(self, ref: Ref) -> Ref | None:
        owner = self._class(ref.name)
        if owner is None or len(ref.path) < 2:
            return None
        self._initialise(owner, ref.name)
        values = owner.held.get(ref.path[1], [])
        known = {value for value in values if isinstance(value, Ref)}
        if len(known) == 1:
            return known.pop()
        return owner.types.get(ref.path[1]) if not values else None
