"""The ledgers: what node kinds of a grammar the model must own, and which of them it has lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus import bodies, handlers

from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.model.walk import everywhere
from inngest_lint.text import Source, Span
from inngest_lint.toml import loads

Node = tuple[str, Span]
"""A kind of node and where one stands."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The kinds that happen, each with the operations that may own it, and all other kinds by their class."""

    operations: dict[str, list[str]]
    others: dict[str, frozenset[str]]
    listed: tuple[str, ...]

    @property
    def kinds(self) -> set[str]:
        """Every kind it classifies."""
        return set(self.listed)


def ledger(language: Language) -> Ledger:
    """The ledger of a language."""
    path = Path(__file__).parent / "fixtures" / "ledger" / f"{language.value}.toml"
    tables = loads(path.read_text(encoding="utf-8"))
    operations: dict[str, list[str]] = tables.pop("operation")
    others = {name: frozenset(table["kinds"]) for name, table in tables.items()}
    return Ledger(operations, others, (*operations, *(kind for table in tables.values() for kind in table["kinds"])))


def unowned(source: Source, module: Module, nodes: Iterable[Node], operations: dict[str, list[str]]) -> Iterator[str]:
    """The operation nodes inside handlers that the model has lost."""
    spans = _owned(module)
    places = [body.span for body in handlers(module)]
    for name, span in nodes:
        inside = any(place.contains(span) and place != span for place in places)
        in_hole = any(hole.contains(span) for hole in spans.get("Hole", ()))
        found = any((span.at_start() if kind == "Loop" else span) in spans.get(kind, ()) for kind in operations[name])
        if inside and not in_hole and not found:
            yield f"{source.file}: {name} {source.slice(span)!r}"


def _owned(module: Module) -> dict[str, set[Span]]:
    """The spans of all operations by the name of their class; a loop counts with its start alone."""
    spans: dict[str, set[Span]] = {}
    for body in bodies(module):
        for operation in everywhere(body.block):
            name = type(operation).__name__
            spans.setdefault(name, set()).add(operation.span.at_start() if name == "Loop" else operation.span)
    return spans
