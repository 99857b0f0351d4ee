"""Expressions: what the server's expression language makes of a text, and what the text reads.

The language is CEL; its words, and what a cancellation may use of it, are in expressions.toml, after the server's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from inngest_lint.platform.nodes import JOINED, QUOTES, bare, end, is_token, parts, path, plain, start, tested
from inngest_lint.toml import load

if TYPE_CHECKING:
    from inngest_lint.platform.nodes import Node

with Path(__file__).with_name("expressions.toml").open("rb") as _file:
    _WORDS: dict[str, list[str]] = load(_file)

VARIABLES = frozenset(_WORDS["variables"])
"""The variables that the server declares; `vars` holds the texts that it lifts out of an expression."""

MACROS = frozenset(_WORDS["macros"])
"""What looks like a function, and is made into something else before the expression runs."""

FUNCTIONS = frozenset(_WORDS["functions"])
"""The functions and methods of the language, and those that the server adds to it."""

RESTRICTED_FUNCTIONS = frozenset(_WORDS["restricted-functions"])
"""The functions that the condition of a cancellation may call."""

ARITHMETIC = frozenset(_WORDS["arithmetic"])
"""The operators that the condition of a cancellation may not use."""

_RESERVED = frozenset(_WORDS["reserved"])
_PLAIN = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
_STRINGS = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'")
_FOREIGN = re.compile(
    r"===|!==|\?\.|\?\?|=>|\{\{|\$\{|`|(?<![=!<>])=(?!=)|(?<!&)&(?!&)|(?<!\|)\|(?!\|)|<>|\b(?:and|or|not|typeof|is)\b"
)
_OPERATORS = {
    "relation_lt": "<",
    "relation_le": "<=",
    "relation_gt": ">",
    "relation_ge": ">=",
    "relation_eq": "==",
    "relation_ne": "!=",
    "relation_in": "in",
    "addition_add": "+",
    "addition_sub": "-",
    "multiplication_mul": "*",
    "multiplication_div": "/",
    "multiplication_mod": "%",
    "unary_not": "!",
    "unary_neg": "-",
}


@dataclass(frozen=True, slots=True)
class Word:
    """A name, an operator or a literal of an expression, and the offset of its first character."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Read:
    """What an expression reads: the hops from a variable on, and the offset of the variable."""

    hops: tuple[str, ...]
    offset: int

    @property
    def dotted(self) -> str:
        """The path as people write it: `event.data.userId`."""
        return ".".join(self.hops)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a text is no expression: the characters from `offset` on that it fails at, and what they are.

    `foreign` are those characters where they belong to another language: `===`, `?.`, `and`.
    """

    message: str
    offset: int
    foreign: str | None = None


@dataclass(frozen=True)
class Expression:
    """What is in an expression, in the order it is written.

    `reads` are the longest paths that begin with a variable, `literals` the texts in quotes, `functions` what is
    called, macros among it. `equalities` are the paths on both sides of each `==`, where both sides are paths,
    `misplaced` the texts and numbers that stand where only what is true or false may.
    """

    text: str
    reads: tuple[Read, ...] = ()
    functions: tuple[Word, ...] = ()
    operators: tuple[Word, ...] = ()  # those that join conditions stand where what they join begins
    literals: tuple[Word, ...] = ()
    equalities: tuple[tuple[str, str], ...] = ()
    misplaced: tuple[Word, ...] = ()

    @cached_property
    def roots(self) -> frozenset[str]:
        """The variables that are read."""
        return frozenset(read.hops[0] for read in self.reads)

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths that are read, dotted."""
        return frozenset(read.dotted for read in self.reads)

    @cached_property
    def macros(self) -> tuple[Word, ...]:
        """The macros that are called."""
        return tuple(function for function in self.functions if function.text in MACROS)


@lru_cache(maxsize=1024)
def read(text: str) -> Expression | Refusal:
    """What a text is to the server's parser; names and functions that it does not know are in the expression."""
    if _PLAIN.fullmatch(text) and text.split(".", maxsplit=1)[0] not in _RESERVED:
        return Expression(text, (Read(tuple(text.split(".")), 0),))
    foreign = _FOREIGN.search(_blanked(text))
    tree = _parse(text)
    if isinstance(tree, int):
        if foreign is not None:
            return Refusal(f"`{foreign[0]}` is not part of the language", foreign.start(), foreign[0])
        return Refusal(_stopped(text, tree), tree)
    found = _Reading(text)
    found.read(tree)
    reserved = next((word for word in found.reads if word.hops[0] in _RESERVED), None)
    if reserved is not None:
        return Refusal(f"`{reserved.hops[0]}` is a reserved word", reserved.offset)
    return found.expression()


def _blanked(text: str) -> str:
    """A text with blanks for what stands in quotes."""
    return _STRINGS.sub(lambda match: " " * len(match[0]), text)


def _stopped(text: str, offset: int) -> str:
    """What is said of the place where a parser stopped."""
    if not text.strip():
        return "it is empty"
    if offset >= len(text.rstrip()):
        return "it ends too early"
    if text[offset] in "\"'":
        return "a quote in it is never closed"
    word = re.match(r"\w+|\W", text[offset:])
    return f"`{word[0] if word else text[offset]}` is not expected there"


@cache
def _parser() -> object:
    """The parser, made once: that takes longer than reading hundreds of expressions."""
    from celpy.celparser import CELParser  # noqa: PLC0415

    return CELParser()


def _parse(text: str) -> Node | int:
    """The tree of a text, or the offset that its parser stopped at."""
    from celpy.celparser import CELParseError, CELParser  # noqa: PLC0415
    from lark.exceptions import UnexpectedToken  # noqa: PLC0415

    parser = _parser()
    assert isinstance(parser, CELParser)
    try:
        return parser.parse(text)
    except CELParseError as error:
        cause = error.__context__
        at_end = isinstance(cause, UnexpectedToken) and cause.token.type == "$END"
        if at_end or error.line is None or error.column is None:
            return len(text.rstrip())
        lines = text.split("\n")
        return min(sum(len(line) + 1 for line in lines[: error.line - 1]) + error.column - 1, len(text))


class _Reading:
    """What has been found of an expression so far."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.reads: list[Read] = []
        self.functions: list[Word] = []
        self.operators: list[Word] = []
        self.literals: list[Word] = []
        self.equalities: list[tuple[str, str]] = []
        self.misplaced: list[Word] = []

    def read(self, tree: Node) -> None:
        """Look at all of a tree; without recursion, because each bracket is ten levels of it."""
        waiting: list[tuple[Node, frozenset[str]]] = [(tree, frozenset())]
        while waiting:
            node, bound = waiting.pop()
            waiting.extend(self._found(bare(node), bound))

    def expression(self) -> Expression:
        """All that was found."""
        return Expression(
            self.text,
            tuple(sorted(self.reads, key=lambda read: read.offset)),
            _sorted(self.functions),
            _sorted(self.operators),
            _sorted(self.literals),
            tuple(self.equalities),
            _sorted(self.misplaced),
        )

    def _found(self, node: Node, bound: frozenset[str]) -> Iterator[tuple[Node, frozenset[str]]]:
        """Note a node, and give those in it that are to be looked at, with the names that macros bind there."""
        hops = path(node)
        if hops:
            if hops[0] not in bound:
                self.reads.append(Read(hops, start(node)))
            return
        match node.data:
            case "literal":
                self._literal(node)
            case "member_dot_arg" | "ident_arg" | "dot_ident_arg":
                yield from self._call(node, bound)
            case "fieldinits":
                yield from ((child, bound) for child in parts(node))
            case _:
                self._operator(node)
                yield from ((child, bound) for child in parts(node))

    def _literal(self, node: Node) -> None:
        quoted = QUOTES.fullmatch(str(node.children[0]))
        if quoted is not None:
            self.literals.append(Word(quoted["text"], start(node)))

    def _call(self, node: Node, bound: frozenset[str]) -> Iterator[tuple[Node, frozenset[str]]]:
        name = next(child for child in node.children if is_token(child))
        self.functions.append(Word(str(name), getattr(name, "start_pos", None) or 0))
        given = [tree for child in parts(node) if child.data == "exprlist" for tree in parts(child)]
        if str(name) in MACROS - {"has"} and len(given) > 1:
            variable = path(bare(given[0]))
            inner = bound | frozenset(variable)
            yield from ((tree, inner) for tree in given[1:])
        else:
            yield from ((tree, bound) for tree in given)
        yield from ((child, bound) for child in parts(node) if child.data != "exprlist")

    def _operator(self, node: Node) -> None:
        operator = _OPERATORS.get(node.data)
        if operator is not None:
            self.operators.append(Word(operator, end(node) - len(operator)))
        elif node.data in JOINED and len(node.children) == 2:
            self.operators.append(Word(JOINED[node.data], start(node)))
        elif node.data == "expr" and len(node.children) == 3:
            self.operators.append(Word("?:", start(node)))
        if node.data == "relation":
            self._equality(node)
        self.misplaced.extend(
            Word(text, start(bare(part))) for part in tested(node) if (text := plain(part)) is not None
        )

    def _equality(self, node: Node) -> None:
        match list(parts(node)):
            case [compared, right] if compared.data == "relation_eq":
                left = path(bare(next(parts(compared))))
                other = path(bare(right))
                if left and other:
                    self.equalities.append((".".join(left), ".".join(other)))


def _sorted(words: list[Word]) -> tuple[Word, ...]:
    return tuple(sorted(words, key=lambda word: word.offset))
