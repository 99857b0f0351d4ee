"""Values: what an expression of the user's code is known to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.model.body import Body, Operation

CALLED = "()"
"""The hop of a path that stands for "what calling this without arguments gives"."""

CALLED_WITH_ARGUMENTS = "(_)"
"""The hop of a path that stands for "what calling this with arguments gives"."""

CALLS = frozenset({CALLED, CALLED_WITH_ARGUMENTS})
"""The hops that stand for calls."""

EACH = "*"
"""The hop of a path that stands for "each item of this"."""


class Origin(Enum):
    """Where the first name of a reference was bound."""

    CONTEXT = "context"  # the handler's context; the path begins below it: ("event", "data", "id")
    SELF = "self"  # the instance; the path begins with the class: ("Orders", "now")
    LOCAL = "local"  # this function
    ENCLOSING = "enclosing"  # a function around this one
    MODULE = "module"  # the top level of this module
    IMPORT = "import"  # another module: ("datetime", "datetime", "now")
    GLOBAL = "global"  # the language itself, or nowhere


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal."""

    value: str | int | float | bool | bytes | None


@dataclass(frozen=True, slots=True)
class Template:
    """A string with holes: an f-string, a template literal."""

    parts: tuple[str | Value, ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """A name and the hops that lead on from it.

    A hop is an attribute, a constant key, `CALLED` or `EACH`. The first `attributes` hops of the
    path were written as attributes or names or lead to an item of a list, the next one was not.
    The last `written` hops stand at `span` after the first name; those before are what that name was bound to.
    From the hop at `guarded` on it gives nothing, or something else, where what that is taken from is missing: 1 in
    `reply?.data`, 2 in `reply.data?.id`; None where each hop fails then.
    """

    origin: Origin
    path: tuple[str, ...]
    attributes: int = field(default=0, compare=False)
    span: Span | None = field(default=None, compare=False)
    written: int = field(default=0, compare=False)
    guarded: int | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The first hop."""
        return self.path[0] if self.path else ""

    @property
    def dotted(self) -> str:
        """The path as people write it: `requests.Session().get`."""
        text = ""
        for hop in self.path:
            if hop in CALLS:
                text += CALLED
            else:
                text += ("." if text and not text.endswith(".") else "") + hop
        return text

    @property
    def is_variable(self) -> bool:
        """Whether the first name is a variable of this function, or of one around it."""
        return self.origin in (Origin.LOCAL, Origin.ENCLOSING)

    @property
    def is_foreign(self) -> bool:
        """Whether it leads to another module, or to a name of the language."""
        return self.origin in (Origin.IMPORT, Origin.GLOBAL)

    def starts_with(self, *path: str) -> bool:
        """Whether the path begins with these hops."""
        return self.path[: len(path)] == path


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a record and its value; the span covers both."""

    key: str
    value: Value
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys; not `complete` when it spreads something or has computed keys."""

    entries: tuple[Entry, ...]
    complete: bool = True

    def get(self, key: str) -> Entry | None:
        """The entry under a key; the last one wins, as at run time."""
        return next((entry for entry in reversed(self.entries) if entry.key == key), None)


@dataclass(frozen=True, slots=True)
class Items:
    """A list or tuple; a set when not `ordered`."""

    values: tuple[Value, ...]
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Closure:
    """A function as a value."""

    body: Body


@dataclass(frozen=True, slots=True)
class Result:
    """What an earlier operation gave; `path` are the hops read from it, `guarded` as those of a reference are."""

    of: Operation
    path: tuple[str, ...] = ()
    guarded: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time; `written` is the text that says it, where it is one."""

    milliseconds: float
    written: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Opaque:
    """An expression that is not known, but for what it reads; it is `either` of that where it is a choice."""

    reads: tuple[Value, ...] = ()
    either: bool = field(default=False, compare=False)


Value = Constant | Template | Ref | Record | Items | Closure | Result | Duration | Opaque


def only_import(found: Iterable[Ref | None]) -> Ref | None:
    """The one reference to another module among several; None where there are more, or none.

    Of `mongoose.models.Order || mongoose.model("Order", schema)` it is what is made, not the place where it is kept.
    """
    imported = {ref for ref in found if ref is not None and ref.origin is Origin.IMPORT}
    if len(imported) > 1:
        imported = {ref for ref in imported if not CALLS.isdisjoint(ref.path)}
    return imported.pop() if len(imported) == 1 else None
