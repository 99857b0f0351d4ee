"""The catalogue: what library calls do, read from tables and looked up by the path of what is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from inngest_lint.effects.effect import Effect
from inngest_lint.model.language import Language
from inngest_lint.model.value import CALLED, CALLED_WITH_ARGUMENTS, CALLS
from inngest_lint.toml import loads

if TYPE_CHECKING:
    from inngest_lint.model.body import Call

Pattern = tuple[str, ...]
Keys = tuple[str, ...]
Kind = TypeVar("Kind", bound=Enum)
T = TypeVar("T")

_ANYWHERE = "*"
_ALIASES = "alias"
_BUILTINS = "builtins"  # what needs no import, and has no hop for one
_DEFAULT = "default"  # the default export, which is the module itself to who imports it
_DOT = re.compile(r"\.(?=(?:[^']*'[^']*')*[^']*$)")  # one outside of quotes
_PIECE = re.compile(r"('[^']+'|[^.()\s']*)((?:\(_?\))*)")
_CALL = re.compile(r"\(_?\)")
_PLAIN = re.compile(r"[^.()]*")
# Languages that import a module by one name, whatever is in it: `discord.js`, `@/lib/db`.
_OF_WHOLE_NAMES = frozenset({Language.TYPESCRIPT})

# What every function of JavaScript has, and what does not run it: `client.charges.create.bind(client.charges)`.
_BOUND = ("bind",)


class CatalogueError(Exception):
    """A mistake in a table of effects: the keys that lead to it, and what is wrong there."""

    def __init__(self, keys: Keys, reason: str) -> None:
        super().__init__(f"{'.'.join(keys)}: {reason}")
        self.keys = keys
        self.reason = reason


class Condition(Enum):
    """What must hold of a call's arguments for it to have its effect."""

    NO_ARGUMENTS = "no-arguments"
    AT_MOST_ONE_ARGUMENT = "at-most-one-argument"

    def holds(self, call: Call) -> bool:
        """Whether a call meets the condition; one that unpacks its arguments does not."""
        most = 0 if self is Condition.NO_ARGUMENTS else 1
        return len(call.arguments) <= most and not any(argument.spread for argument in call.arguments)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a pattern says of the calls that match it."""

    effect: Effect
    condition: Condition | None = None


_NOTHING = Mark(Effect.PURE)


@dataclass(slots=True)
class _Node:
    """A place in the tree of patterns: its own mark, and those of the calls below it at any depth."""

    children: dict[str, _Node] = field(default_factory=dict)
    mark: Mark | None = None
    below: Mark | None = None
    named: dict[str, Mark] = field(default_factory=dict)

    def child(self, hop: str) -> _Node:
        return self.children.setdefault(hop, _Node())

    def reach(self, hop: str) -> Mark | None:
        return self.named.get(hop, self.below)


class Catalogue:
    """What is known of the calls of a language's libraries.

    The longest pattern wins, and a name at its end wins over `*`. What a call with an effect gives has no
    effect of its own (`requests.get(url).json()`), unless a pattern begins below that call.
    """

    def __init__(self, language: Language, marks: Mapping[Pattern, Mark], aliases: Mapping[Pattern, Pattern]) -> None:
        self._language = language
        self._marks = marks
        self._aliases = aliases
        self._libraries = _by_library(marks)
        self._waiting = _by_library(aliases)
        self._trees: dict[str, _Node] = {}

    def classify(self, path: tuple[str, ...], call: Call) -> Effect | None:
        """What calling this path does; `PURE` where that is known to be nothing, None where it is not known."""
        if self._language in _OF_WHOLE_NAMES and path[-1:] == _BOUND:
            return Effect.PURE
        mark = self._find(_exported(path) if self._language in _OF_WHOLE_NAMES else path)
        if mark is None:
            return None
        if mark.condition and not mark.condition.holds(call):
            return Effect.PURE
        return mark.effect

    def knows(self, library: str) -> bool:
        """Whether there is anything about a library: what is not said of it then is harmless."""
        return library in self._libraries or library in self._waiting

    def entries(self) -> Iterator[tuple[str, Effect, str | None]]:
        """Every pattern, aliases spelled out, with its effect and its condition."""
        for library in sorted({*self._libraries, *self._waiting}):
            for pattern, mark in self._library(library).items():
                yield _written(pattern), mark.effect, mark.condition.value if mark.condition else None

    def extended(self, extra: Mapping[str, object]) -> Catalogue:
        """The catalogue with more tables; their `*` also replaces everything it held below."""
        marks, aliases = _tables(extra, self._language)
        areas = tuple(pattern[:-1] for pattern in marks if pattern[-1] == _ANYWHERE)
        kept = {p: m for p, m in self._marks.items() if not any(p[: len(area)] == area for area in areas)}
        return Catalogue(self._language, {**kept, **marks}, {**self._aliases, **aliases})

    def _find(self, path: tuple[str, ...]) -> Mark | None:
        node: _Node | None = self._tree(path[0]) if path else None
        mark: Mark | None = None
        scopes: list[tuple[int, _Node]] = []
        spent = -1  # where the last call with an effect stands in the path
        for depth, hop in enumerate(path if node else ()):
            if mark and mark.effect is not Effect.PURE and hop in CALLS:
                spent = depth
            node = node.children.get(hop) if node else None
            mark = node.mark if node else None
            if not mark:
                mark = next((m for at, scope in reversed(scopes) if at > spent and (m := scope.reach(hop))), None)
            if node and (node.below or node.named):
                scopes.append((depth + 1, node))
        return mark or (_NOTHING if spent >= 0 else None)

    # A file uses a few libraries of hundreds, so aliases and trees wait until they are asked for.

    def _tree(self, library: str) -> _Node | None:
        if library not in self._trees and (marks := self._library(library)):
            self._trees[library] = _tree(marks)
        return self._trees.get(library)

    def _library(self, name: str) -> Mapping[Pattern, Mark]:
        for alias, target in self._waiting.pop(name, {}).items():
            marks = self._libraries.setdefault(name, {})
            for pattern, mark in tuple(self._library(target[0]).items()):
                if pattern[: len(target)] == target:
                    marks.setdefault((*alias, *pattern[len(target) :]), mark)
        return self._libraries.get(name, {})


@cache
def catalogue(language: Language) -> Catalogue:
    """The catalogue that comes with the linter."""
    # importlib.resources would do, but takes longer to import than the table to read.
    text = Path(__file__).with_name(f"{language.value}.toml").read_text("utf-8")
    return Catalogue(language, *_tables(loads(text), language))


def _tables(tables: Mapping[str, object], language: Language) -> tuple[dict[Pattern, Mark], dict[Pattern, Pattern]]:
    libraries = {key: value for key, value in tables.items() if key != _ALIASES}
    marks, aliases = dict(_marks(libraries, (), ((),), language)), dict(_aliases(tables.get(_ALIASES, {})))
    if language not in _OF_WHOLE_NAMES:
        return marks, aliases
    return (
        {_exported(pattern): mark for pattern, mark in marks.items()},
        {_exported(alias): _exported(target) for alias, target in aliases.items()},
    )


def _exported(pattern: Pattern) -> Pattern:
    return (pattern[0], *pattern[2:]) if pattern[1:2] == (_DEFAULT,) else pattern


def _marks(
    table: Mapping[str, object], above: Keys, prefixes: Iterable[Pattern], language: Language
) -> Iterator[tuple[Pattern, Mark]]:
    for key, value in table.items():
        keys = (*above, key)
        is_table = isinstance(value, Mapping) and not value.keys() & {"effect", "when"}
        is_module = is_table and not above and language in _OF_WHOLE_NAMES
        found = _modules(key, keys) if is_module else _patterns(key, keys)
        patterns = [(*prefix, *rest) for prefix in prefixes for rest in found]
        if isinstance(value, Mapping) and is_table:
            yield from _marks(value, keys, patterns, language)
            continue
        mark = _mark(value, keys)
        for pattern in patterns:
            _check_stars(pattern, keys)
            yield pattern, mark


def _mark(value: object, keys: Keys) -> Mark:
    if not isinstance(value, Mapping):
        return Mark(_choice(value, Effect, keys))
    for key in value:
        if key not in ("effect", "when"):
            raise CatalogueError((*keys, str(key)), "unknown key; there are `effect` and `when`")
    effect = _choice(value.get("effect"), Effect, (*keys, "effect"))
    return Mark(effect, _choice(value["when"], Condition, (*keys, "when")) if "when" in value else None)


def _choice(value: object, kind: type[Kind], keys: Keys) -> Kind:
    try:
        return kind(value)
    except ValueError:
        names = [str(member.value) for member in kind]
    noun = kind.__name__.lower()
    if not isinstance(value, str):
        raise CatalogueError(keys, f"{noun} has to be one of {', '.join(names)}")
    from difflib import get_close_matches  # noqa: PLC0415 - only mistakes ask for it

    nearest = get_close_matches(value, names, n=1, cutoff=0.5)
    hint = f"did you mean '{nearest[0]}'?" if nearest else f"there are {', '.join(names)}"
    raise CatalogueError(keys, f"unknown {noun} '{value}' — {hint}")


def _aliases(table: object) -> Iterator[tuple[Pattern, Pattern]]:
    if not isinstance(table, Mapping):
        raise CatalogueError((_ALIASES,), "not a table")
    for key, value in table.items():
        keys = (_ALIASES, str(key))
        if not isinstance(value, str):
            raise CatalogueError(keys, "not the name of what it stands for")
        target, *others = _patterns(value, keys)
        if others or _ANYWHERE in target:
            raise CatalogueError(keys, "stands for more than one thing")
        yield from ((pattern, target) for pattern in _patterns(str(key), keys))


def _modules(text: str, keys: Keys) -> list[Pattern]:
    """The modules a key speaks of, each by the one name it is imported by."""
    names = [name.strip() for name in text.split(",")]
    if "" in names:
        raise CatalogueError(keys, f"'{text}' is not the name of a module")
    return [(name,) for name in names]


def _patterns(text: str, keys: Keys) -> list[Pattern]:
    """The paths a key speaks of: `Client|AsyncClient().get, get` are three."""
    return [pattern for path in text.split(",") for pattern in _choices(path.strip(), keys)]


def _choices(path: str, keys: Keys) -> list[Pattern]:
    found: list[Pattern] = [()]
    for piece in _DOT.split(path):
        match = _PIECE.fullmatch(piece)
        if not match or not piece or "" in match[1].split("|")[1:]:
            raise CatalogueError(keys, f"'{path}' is not a path such as `requests.Session().get`")
        calls = _CALL.findall(match[2])
        names = [(name.strip("'"),) if name else () for name in match[1].split("|")]
        found = [(*pattern, *name, *calls) for pattern in found for name in names]
    return found


def _check_stars(pattern: Pattern, keys: Keys) -> None:
    after = pattern[pattern.index(_ANYWHERE) + 1 :] if _ANYWHERE in pattern else ()
    if len(after) > 1 or CALLS & {*after} or _ANYWHERE in after or pattern[0] == _ANYWHERE:
        raise CatalogueError(keys, "`*` stands below a name, and last or before one last name")


def _by_library(patterns: Mapping[Pattern, T]) -> dict[str, dict[Pattern, T]]:
    libraries: dict[str, dict[Pattern, T]] = {}
    for pattern, what in patterns.items():
        libraries.setdefault(pattern[0], {})[pattern] = what
        if pattern[0] == _BUILTINS and len(pattern) > 1:
            libraries.setdefault(pattern[1], {})[pattern[1:]] = what
    return libraries


def _tree(marks: Mapping[Pattern, Mark]) -> _Node:
    """The patterns as a tree in which `()` leads both ways; where `(_)` says otherwise, that is kept."""
    root = _Node()
    for pattern in sorted(marks, key=lambda pattern: pattern.count(CALLED_WITH_ARGUMENTS)):
        end = pattern.index(_ANYWHERE) if _ANYWHERE in pattern else len(pattern)
        nodes = [root]
        for hop in pattern[:end]:
            hops = CALLS if hop == CALLED else {hop}
            nodes = [node.child(each) for node in nodes for each in hops]
        for node in nodes:
            _place(node, pattern[end:], marks[pattern])
    return root


def _place(node: _Node, rest: Pattern, mark: Mark) -> None:
    match rest:
        case ():
            node.mark = mark
        case (_, name):
            node.named[name] = mark
        case _:
            node.below = mark


def _written(pattern: Pattern) -> str:
    text = ""
    for hop in pattern:
        name = hop if hop in CALLS or _PLAIN.fullmatch(hop) else f"'{hop}'"
        text += name if hop in CALLS or not text else f".{name}"
    return text
