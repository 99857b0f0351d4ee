"""Trees: a file as tree-sitter reads it, and what it could not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import PurePath

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from inngest_lint.model.function import Comment, Problem
from inngest_lint.text import Source, Span

_TYPED = (".ts", ".mts", ".cts")
_WITH_TAGS = ".tsx"
CHAINS = frozenset({"call_expression", "member_expression", "subscript_expression", "non_null_expression"})
"""The expressions that begin with another one, without brackets."""
STARTS_WITH_OPERATOR = (b"await", b"!", b"void", b"typeof", b"-", b"+", b"~", b"delete")
"""How one of them begins where an operator was misplaced."""
_OPERATORS = frozenset({"await_expression", "unary_expression"})
_CLOSING = frozenset({")", "]", "}"})
_CONFLICT = re.compile(rb"^<{7} .*$(?=[\s\S]*^={7}\r?$)", re.MULTILINE)
_COMMENTS = ("comment", "html_comment", "hash_bang_line")
# Around a comment in JSX; it is alone on its line all the same.
_JSX_BRACES = b" \t{}"


def parsed(source: Source) -> Node:
    """The root of a file's tree."""
    suffix = PurePath(source.file).suffix
    if suffix in (*_TYPED, _WITH_TAGS):
        return _parser(suffix).parse(source.text).root_node
    # The grammar of JavaScript takes `await (x).y()` for a call of `await`; that of TypeScript lacks `using`.
    root = _parser(_WITH_TAGS).parse(source.text).root_node
    return root if not root.has_error else _parser(suffix).parse(source.text).root_node


def misplaced(node: Node) -> Node | None:
    """The operator that the parser has put too deep: it takes `await f` for what `await f<T>(x)` calls."""
    while node.type in CHAINS:
        inner = node.child_by_field_name("function") or node.child_by_field_name("object") or code(node)[0]
        if inner.type in _OPERATORS:
            return inner
        node = inner
    return None


def operand(node: Node) -> Node:
    """What an operator stands before."""
    return node.child_by_field_name("argument") or code(node)[0]


@cache
def _parser(suffix: str) -> Parser:
    if suffix in _TYPED:
        return Parser(Language(tree_sitter_typescript.language_typescript()))
    if suffix == _WITH_TAGS:
        return Parser(Language(tree_sitter_typescript.language_tsx()))
    return Parser(Language(tree_sitter_javascript.language()))


def walk(root: Node, closed: frozenset[str] = frozenset()) -> Iterator[Node]:
    """Each named node of a tree in the order it stands; the closed kinds are not entered."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if node.type not in closed or node is root:
            waiting.extend(reversed(node.named_children))


def code(node: Node) -> list[Node]:
    """The named children of a node, comments left out."""
    return [child for child in node.named_children if child.type != "comment"]


def comments(source: Source, root: Node) -> tuple[Comment, ...]:
    """The comments of a file."""
    if b"//" not in source.text and b"/*" not in source.text:
        return ()
    found = (node for node in walk(root) if node.type in _COMMENTS)
    return tuple(_comment(source, node) for node in found)


def _comment(source: Source, node: Node) -> Comment:
    span = Span(source.file, node.start_byte, node.end_byte)
    first, last = source.line_of(span.start), source.line_of(max(span.end - 1, span.start))
    before = source.text[source.line_starts[first] : span.start]
    ends = [*source.line_starts, len(source.text)]
    after = source.text[span.end : ends[last + 1]]
    alone = not before.strip(_JSX_BRACES) and not after.strip(_JSX_BRACES + b"\r\n")
    return Comment(span, source.slice(span), alone)


def problems(source: Source, root: Node) -> tuple[Problem, ...]:
    """The first thing that the parser could not read; what comes after it may only follow from it."""
    if not root.has_error:
        return ()
    found = (_first_error(statement) for statement in root.children if statement.has_error or statement.is_missing)
    return tuple(_problem(source, node) for node in found if node is not None)[:1]


def _first_error(root: Node) -> Node | None:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            return node
        waiting.extend(reversed([child for child in node.children if child.has_error or child.is_missing]))
    return None


def _problem(source: Source, node: Node) -> Problem:
    conflict = _CONFLICT.search(source.text)
    if conflict is not None:
        return Problem(Span(source.file, conflict.start(), conflict.start()), "a merge conflict is not resolved")
    place = Span(source.file, node.start_byte, node.start_byte)
    # The grammar does not know all that compilers accept.
    missing = f": `{node.type}` is missing" if node.is_missing and node.type in _CLOSING else ""
    return Problem(place, f"the parser stops here{missing}", certain=False)
