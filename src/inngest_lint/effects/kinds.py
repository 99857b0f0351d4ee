"""Kinds: what library types and calls are to one rule, read from a table of patterns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from inngest_lint.toml import load

if TYPE_CHECKING:
    from inngest_lint.model.language import Language
    from inngest_lint.model.value import Ref


class _KindTable(TypedDict, total=False):
    phrase: str
    help: str
    harm: str
    makers: list[str]
    types: list[str]
    values: list[str]
    lossless: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: what messages call it, what to do about it, what happens to it, and the patterns that tell it.

    `types` are dotted names of classes, `values` what expressions lead to, as people write it:
    `datetime.datetime.now()`; a call of a type gives a value of its kind, and so does one of its `makers`.
    One is `lossless` where storing it makes another thing of it, which says as much.
    """

    name: str
    phrase: str
    help: str
    harm: str
    makers: tuple[str, ...]
    types: tuple[str, ...]
    values: tuple[str, ...]
    lossless: bool = False


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of a table; the first that fits is taken."""

    listed: Sequence[Kind]
    _known: dict[tuple[str, int], Kind | None] = field(default_factory=dict, compare=False)

    def named(self, name: str) -> Kind | None:
        """The kind with this name, where the table has it."""
        return next((kind for kind in self.listed if kind.name == name), None)

    def of_type(self, ref: Ref) -> Kind | None:
        """The kind of a class."""
        return self._first(ref.dotted, 0)

    def of_value(self, dotted: str) -> Kind | None:
        """The kind of what an expression leads to."""
        return self._first(dotted, 1)

    def _first(self, dotted: str, table: int) -> Kind | None:
        if (dotted, table) not in self._known:
            # A file calls the same few functions over and over.
            patterns = ((kind, kind.values if table else kind.types) for kind in self.listed)
            found = (kind for kind, names in patterns if any(matches(name, dotted) for name in names))
            self._known[dotted, table] = next(found, None)
        return self._known[dotted, table]


def matches(pattern: str, dotted: str) -> bool:
    """Whether a dotted name fits a pattern, in which `*` is a part of a name and `**` anything."""
    return _compiled(pattern).fullmatch(dotted) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*+)", pattern)
    wild = {"*": r"[^.()]*", "**": r".*"}
    return re.compile("".join(wild.get(part) or re.escape(part) for part in parts))


@cache
def kinds(table: str, language: Language) -> Kinds:
    """The kinds of a table that comes with the linter; none where a language has no use for it."""
    path = Path(__file__).parent / language.value / f"{table}.toml"
    if not path.is_file():
        return Kinds(())
    with path.open("rb") as file:
        tables: dict[str, _KindTable] = load(file)
    return Kinds(tuple(_kind(name, entry) for name, entry in tables.items()))


def _kind(name: str, table: _KindTable) -> Kind:
    types = tuple(table.get("types", ()))
    return Kind(
        name=name,
        phrase=table.get("phrase", ""),
        help=table.get("help", ""),
        harm=table.get("harm", ""),
        makers=tuple(table.get("makers", ())),
        types=types,
        values=(*(f"{type_}()" for type_ in types), *table.get("values", ())),
        lossless=table.get("lossless", False),
    )
