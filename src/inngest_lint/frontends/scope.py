"""Scopes: the names of a function while it is lowered, and what each is known to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from inngest_lint.model.body import Argument, Body
from inngest_lint.model.value import Constant, Origin, Ref, Value

Definition = TypeVar("Definition")
"""The node of a parser that defines a function."""


@dataclass(slots=True)
class Binding:
    """A name of a function: how often it is bound, and the values seen so far.

    `type` is the class an annotation promises; `added` what was appended to it; `is_traced` while the
    name is being traced, which may lead back to it.
    """

    count: int = 0
    values: list[Value] = field(default_factory=list)
    type: Ref | None = None
    added: list[Argument] = field(default_factory=list)
    is_traced: bool = False

    @property
    def value(self) -> Value | None:
        """What the name stands for wherever it is read: the value of a name that is bound once, or always alike."""
        if len(self.values) == 1:
            return self.values[0] if self.count == 1 else None
        alike = len(self.values) >= self.count and len(set(self.values)) == 1
        return self.values[-1] if alike and _is_of_context(self.values[-1]) else None

    def candidates(self) -> list[Value]:
        """The values the name may stand for; a `None` that waits for another is left out."""
        real = [value for value in self.values if value != Constant(None)]
        return real or self.values


def _is_of_context(value: Value) -> bool:
    return isinstance(value, Ref) and value.origin is Origin.CONTEXT


@dataclass(slots=True)
class Frame(Generic[Definition]):
    """The scope of a function, a lambda, a comprehension or a block while it is lowered.

    One that is `within` is part of the function around it. `functions` are those defined in it once, `lowered`
    those already read, `told` the parameters of theirs that are known to hold a part of the context. `owner` is
    the class whose method this is, `this` the name of its instance. `immediate` tells, where the frame brought in
    the context, whether its steps give their results at once.
    """

    parent: Frame[Definition] | None
    names: dict[str, Binding] = field(default_factory=dict)
    nonlocals: frozenset[str] = frozenset()
    globals: frozenset[str] = frozenset()
    functions: dict[str, Definition] = field(default_factory=dict)
    lowered: dict[str, Body] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    told: dict[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    owner: str | None = None
    this: str | None = None
    immediate: bool | None = None
    is_async: bool = False
    within: bool = False
    generates: bool = False

    def bind(self, name: str, value: Value | None) -> None:
        """Note a value of a name."""
        binding = self.names.setdefault(name, Binding(count=1))
        if value is not None:
            binding.values.append(value)

    @property
    def steps_are_immediate(self) -> bool:
        """Whether a step called here gives its result at once."""
        frame: Frame[Definition] | None = self
        while frame is not None:
            if frame.immediate is not None:
                return frame.immediate
            frame = frame.parent
        return False
