"""Texts: those that the enums and the static fields of classes of a TypeScript file stand for."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from inngest_lint.frontends.typescript.scope import CLASSES, ENUM, exported, text
from inngest_lint.frontends.typescript.tree import code
from inngest_lint.model.value import Constant, Entry, Record, Value
from inngest_lint.text import Span

_FIELDS = frozenset({"public_field_definition", "field_definition"})
_ESCAPE = "\\"


def texts(statements: Iterator[Node], file: str) -> Iterator[tuple[str, Value]]:
    """The enums by their names, and static fields as `Class.field`."""
    for statement in map(exported, statements):
        name, body = statement.child_by_field_name("name"), statement.child_by_field_name("body")
        if name is None or body is None:
            continue
        if statement.type == ENUM:
            yield text(name), Record(tuple(_members(body, file)), complete=False)
        elif statement.type in CLASSES:
            yield from ((f"{text(name)}.{field}", value) for field, value in _static(body))


def _members(body: Node, file: str) -> Iterator[Entry]:
    for member in code(body):
        known = _text(member.child_by_field_name("value"))
        name = member.child_by_field_name("name")
        if member.type == "enum_assignment" and known is not None and name is not None:
            yield Entry(text(name).strip("\"'"), known, Span(file, member.start_byte, member.end_byte))


def _static(body: Node) -> Iterator[tuple[str, Value]]:
    for field in code(body):
        is_static = field.type in _FIELDS and any(child.type == "static" for child in field.children)
        name = field.child_by_field_name("name") or field.child_by_field_name("property") if is_static else None
        known = _text(field.child_by_field_name("value"))
        if name is not None and known is not None:
            yield text(name), known


def _text(node: Node | None) -> Constant | None:
    while node is not None and node.type in ("as_expression", "satisfies_expression", "parenthesized_expression"):
        node = next(iter(code(node)), None)
    if node is None or node.type != "string" or _ESCAPE in text(node):
        return None
    return Constant(text(node)[1:-1])
