"""Trees: TypeScript and JavaScript as tree-sitter sees them, to hold the front end against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser, Tree

from inngest_lint.text import Source, Span

_TYPESCRIPT = Language(tree_sitter_typescript.language_typescript())
_TSX = Language(tree_sitter_typescript.language_tsx())
_JAVASCRIPT = Language(tree_sitter_javascript.language())

GRAMMARS = {
    **dict.fromkeys((".ts", ".mts", ".cts"), _TYPESCRIPT),
    ".tsx": _TSX,
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs"), _JAVASCRIPT),
}
"""The grammars by the suffix of the files they read."""

_CHAINS = {"call_expression", "member_expression", "subscript_expression", "non_null_expression"}
_OPERATORS = {"await_expression", "unary_expression"}


def kinds() -> set[str]:
    """Every named node kind of the three grammars."""
    return {
        kind
        for grammar in (_TYPESCRIPT, _TSX, _JAVASCRIPT)
        for number in range(grammar.node_kind_count)
        if grammar.node_kind_is_named(number) and grammar.node_kind_is_visible(number)
        if (kind := grammar.node_kind_for_id(number)) is not None
    }


def parsed(source: Source) -> Tree:
    """The tree of a source, by the grammar of its suffix."""
    grammar = GRAMMARS[PurePath(source.file).suffix]
    # The grammar of JavaScript takes `await (x).y()` for a call of `await`, that of TypeScript does not.
    if grammar is _JAVASCRIPT and not (tree := Parser(_TSX).parse(source.text)).root_node.has_error:
        return tree
    return Parser(grammar).parse(source.text)


def nodes(tree: Tree, without: frozenset[str] = frozenset()) -> Iterator[Node]:
    """The named nodes of a tree in the order they begin; those of some kinds are left out with all they hold."""
    # A stack of nodes: recursion would not survive a deep tree.
    waiting = [tree.root_node]
    while waiting:
        node = waiting.pop()
        if node.type in without:
            continue
        if node.is_named:
            yield node
        waiting.extend(reversed(node.children))


def span_of(source: Source, node: Node) -> Span:
    """Where a node stands.

    The grammar of TypeScript puts an operator before a call with types too deep: it takes `await f` for what
    `await f<T>(x)` calls. The call is said to stand after the operator here, and the operator before all of it.
    """
    start, end = node.start_byte, node.end_byte
    if node.type in _CHAINS:
        operator = _misplaced(node)
        start = start if operator is None else operator.named_children[-1].start_byte
    elif node.type in _OPERATORS:
        while (around := node.parent) is not None and around.type in _CHAINS and around.named_children[0].id == node.id:
            node = around
        end = node.end_byte
    return Span(source.file, start, end)


def _misplaced(node: Node) -> Node | None:
    while node.type in _CHAINS:
        node = node.named_children[0]
    return node if node.type in _OPERATORS else None
