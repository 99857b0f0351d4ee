"""CommonJS: what a file exports by writing to `exports` and `module.exports`, and what it requires."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from inngest_lint.frontends.typescript.scope import bare, function_in, text
from inngest_lint.frontends.typescript.tree import code
from inngest_lint.model.function import WHOLE

_EXPORTS = ("exports", "module.exports")
_BINDS = re.compile(rb"(?:\{([^{}]*)\}|([\w$]+))\s*=\s*require\(\s*['\"]([^'\"\n]+)['\"]\s*\)")
_BOUND = re.compile(rb"(?:[\w$]+\s*:\s*)?([\w$]+)")


@dataclass(frozen=True, slots=True)
class Written:
    """Something that a file exports, and under which name; that of all it spreads in is `*`."""

    name: str
    value: Node


def own_name(name: str) -> str:
    """What an export is called in the file itself, where no name of the file can be in the way."""
    return name if name == WHOLE else f"export {name}"


def exported_name(target: Node) -> str | None:
    """The name that is exported where a target is written to; None where it is an ordinary one."""
    if target.type != "member_expression":
        return None
    if text(target) == _EXPORTS[1]:
        return WHOLE
    holder, name = target.child_by_field_name("object"), target.child_by_field_name("property")
    return text(name) if holder is not None and name is not None and text(holder) in _EXPORTS else None


def written(statement: Node) -> Iterator[Written]:
    """What a statement of the top level exports; of an object each of its entries."""
    inner = next(iter(code(statement)), None) if statement.type == "expression_statement" else None
    names: list[str] = []
    while inner is not None and inner.type == "assignment_expression":
        target = inner.child_by_field_name("left")
        name = exported_name(target) if target is not None else None
        names.extend((name,) if name is not None else ())
        inner = inner.child_by_field_name("right")
    if inner is not None:
        yield from (Written(name, inner) for name in names)
        if WHOLE in names and bare(inner).type == "object":
            yield from _entries(bare(inner))


def required(node: Node) -> tuple[str, ...] | None:
    """The path of `require("./store")`, and of what is read of it; None where it is something else."""
    if node.type == "member_expression":
        holder, name = node.child_by_field_name("object"), node.child_by_field_name("property")
        base = required(holder) if holder is not None else None
        return (*base, text(name)) if base is not None and name is not None else None
    called, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if node.type != "call_expression" or called is None or given is None or text(called) != "require":
        return None
    (first, *_) = code(given) or (given,)
    return (text(first)[1:-1].removeprefix("node:"),) if first.type == "string" else None


def bound_by_require(source: bytes) -> Iterator[tuple[str, str]]:
    """The names that a file binds to what it requires, each with the module, found without a parser."""
    if b"require" not in source:
        return
    for parts, whole, module in _BINDS.findall(source):
        names: list[bytes] = _BOUND.findall(parts) if parts else [whole]
        yield from ((name.decode(), module.decode(errors="replace")) for name in names)


def _entries(node: Node) -> Iterator[Written]:
    for entry in code(node):
        key, value = entry.child_by_field_name("key"), entry.child_by_field_name("value")
        match entry.type:
            case "shorthand_property_identifier":
                yield Written(text(entry), entry)
            case "method_definition":
                yield Written(text(entry.child_by_field_name("name") or entry), entry)
            case "pair" if key is not None and value is not None and key.type == "property_identifier":
                yield Written(text(key), value)
            case "spread_element" if code(entry):
                yield Written("*", code(entry)[0])


def function_of(value: Node) -> Node | None:
    """The function that is exported, if it is one."""
    return value if value.type == "method_definition" else function_in(value)
