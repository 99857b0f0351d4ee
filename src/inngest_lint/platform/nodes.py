"""Nodes: what the parser of expressions gives, and what a part of it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lark import Token, Tree

    Node = Tree[Token]

# fmt: off
_WRAPPERS = frozenset({
    "expr", "conditionalor", "conditionaland", "relation", "addition", "multiplication", "unary", "member",
    "primary", "paren_expr",
})
# fmt: on
JOINED = {"conditionalor": "||", "conditionaland": "&&"}
"""The nodes of what joins conditions."""

QUOTES = re.compile(r"(?P<raw>[rR]?)(?P<quote>\"\"\"|'''|\"|')(?P<text>.*)(?P=quote)", re.DOTALL)
"""A text as it is written."""


def tested(node: Node) -> list[Node]:
    """The parts of an operator that are true or false."""
    inner = list(parts(node))
    match node.data:
        case "unary" if inner[0].data == "unary_not":
            return inner[1:]
        case "expr" if len(inner) == 3:
            return inner[:1]
    return inner if node.data in JOINED and len(inner) == 2 else []


def plain(node: Node) -> str | None:
    """The text or the number that a part of an expression is, as it is written."""
    node = bare(node)
    written = str(node.children[0]) if node.data == "literal" else ""
    return written if QUOTES.fullmatch(written) is not None or written[:1].isdigit() else None


def parts(node: Node) -> Iterator[Node]:
    """The parts of a node that are nodes."""
    for child in node.children:
        if not is_token(child):
            yield child  # type: ignore[misc] # a child is a token or a node


def is_token(child: object) -> bool:
    """Whether a part of a node is a word of the text."""
    return isinstance(child, str)


def bare(node: Node) -> Node:
    """A node without the levels of the grammar that only lead to it."""
    while node.data in _WRAPPERS and len(node.children) == 1:
        node = next(parts(node))
    return node


def path(node: Node) -> tuple[str, ...]:
    """The hops that a node reads one after the other from a variable; none where it is something else."""
    hops: list[str] = []
    while True:
        match node.data:
            case "ident" | "dot_ident":
                return (str(node.children[0]), *reversed(hops))
            case "member_dot":
                hops.append(str(node.children[1]))
            case "member_index":
                key = _key(bare(list(parts(node))[1]))
                if key is None:
                    return ()
                hops.append(key)
            case _:
                return ()
        node = bare(next(parts(node)))


def _key(node: Node) -> str | None:
    """The hop that an index is, where it is written out."""
    if node.data != "literal":
        return None
    written = str(node.children[0])
    quoted = QUOTES.fullmatch(written)
    if quoted is not None:
        return quoted["text"]
    return written if written.isdigit() else None


# The parser forgets where `true` and `false` stand, and with them where what begins or ends with one does.


def start(node: Node) -> int:
    """The offset that a node begins at."""
    return node.meta.start_pos or 0


def end(node: Node) -> int:
    """The offset that a node ends at."""
    return node.meta.end_pos or 0
