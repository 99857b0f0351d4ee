"""Contexts: which parameters of the functions of a file hold the context, or a part of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from inngest_lint.frontends.vocabulary import STEP_TOOLS
from inngest_lint.model.value import Origin, Record, Ref, Value

Contexts = Mapping[str, tuple[str, ...]]
"""The parameters that hold a part of the context, with its path."""


def positional_contexts(parameters: Iterable[str]) -> Contexts:
    """The parameters of a handler that hold a part of the context, by their places."""
    return dict(zip(parameters, ((), STEP_TOOLS), strict=False))


def matched(
    parameters: Sequence[str], given: Sequence[tuple[str | None, tuple[str, ...] | None]]
) -> dict[str, tuple[str, ...]]:
    """The parameters that are given a part of the context."""
    contexts: dict[str, tuple[str, ...]] = {}
    for index, (name, part) in enumerate(given):
        known = name or (parameters[index] if index < len(parameters) else None)
        if part is not None and known is not None and known in parameters:
            contexts[known] = part
    return contexts


class Handed:
    """The functions of a file that calls hand parts of the context to."""

    def __init__(self) -> None:
        self._contexts: dict[str, dict[str, tuple[str, ...]]] = {}
        self._immediate: dict[str, bool] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._contexts

    def of(self, name: str) -> tuple[Contexts, bool | None]:
        """The parameters of a function that are given a part of the context, and how its steps run."""
        return self._contexts.get(name, {}), self._immediate.get(name)

    def note(self, name: str, contexts: Contexts, *, immediate: bool) -> bool:
        """Take note of what a call hands to a function; whether that was not known yet."""
        known = self._contexts.setdefault(name, {})
        if all(known.get(parameter) == part for parameter, part in contexts.items()):
            return False
        known.update(contexts)
        self._immediate[name] = immediate
        return True


def parts_of_context(value: Value) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The parts of the context in an argument, by the key they stand under; "" for the argument itself."""
    match value:
        case Ref(origin=Origin.CONTEXT, path=path) if len(path) <= 1:
            yield "", path
        case Record(entries=entries):
            for entry in entries:
                yield from ((entry.key, part) for key, part in parts_of_context(entry.value) if not key)
