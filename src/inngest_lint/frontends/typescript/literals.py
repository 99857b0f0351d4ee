"""Literals: what is written out in TypeScript, and how it is put together."""

from __future__ import annotations

import re

from tree_sitter import Node

from inngest_lint.frontends.typescript.scope import text
from inngest_lint.frontends.typescript.signatures import Signatures
from inngest_lint.frontends.typescript.tree import code
from inngest_lint.model.body import Body
from inngest_lint.model.value import (
    CALLED_WITH_ARGUMENTS,
    EACH,
    Closure,
    Constant,
    Entry,
    Items,
    Opaque,
    Origin,
    Record,
    Ref,
    Template,
    Value,
)

_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}


class Literals(Signatures):
    """The part of the lowering that reads what is written out."""

    def string(self, node: Node) -> Value:
        """The text of a string."""
        return Constant(unescaped(text(node)[1:-1]))

    def number(self, node: Node) -> Value:
        """A number, or a `BigInt`."""
        written = text(node)
        return _made_by("BigInt") if written.endswith("n") else Constant(_number(written))

    def regex(self, node: Node) -> Value:
        """A regular expression."""
        return _made_by("RegExp")

    def template(self, node: Node) -> Value:
        """A template literal: a text, or one with holes."""
        parts: list[str | Value] = []
        for child in node.named_children:
            if child.type == "template_substitution":
                parts.append(self.value(code(child)[0]) if code(child) else Opaque())
            elif parts and isinstance(parts[-1], str):
                parts[-1] += unescaped(text(child))
            else:
                parts.append(unescaped(text(child)))
        if all(isinstance(part, str) for part in parts):
            return Constant("".join(part for part in parts if isinstance(part, str)))
        return Template(tuple(parts))

    def array(self, node: Node) -> Value:
        """The items of an array."""
        return Items(tuple(self.element(child) for child in code(node)))

    def element(self, node: Node) -> Value:
        """An item of an array, or what is spread in its place."""
        if node.type != "spread_element":
            return self.value(node)
        return Opaque((self.value(code(node)[0]),)) if code(node) else Opaque()

    def object(self, node: Node) -> Value:
        """The entries of an object."""
        entries: list[Entry] = []
        complete = True
        for child in code(node):
            entry = self._entry(child)
            entries.append(entry)
            complete = complete and entry.key != EACH
        return Record(tuple(entries), complete)

    def _entry(self, node: Node) -> Entry:
        span = self.span(node)
        match node.type:
            case "pair":
                key = node.child_by_field_name("key")
                name = self._key(key) if key is not None else None
                return Entry(EACH if name is None else name, self.field(node, "value"), span)
            case "shorthand_property_identifier":
                return Entry(text(node), self.named(text(node), self.span(node)), span)
            case "method_definition":
                key = node.child_by_field_name("name")
                name = self._key(key) if key is not None else None
                return Entry(EACH if name is None else name, Closure(self.closure(node)), span)
            case "spread_element":
                return Entry(EACH, self.value(code(node)[0]) if code(node) else Opaque(), span)
        return Entry(EACH, self.value(node), span)

    def _key(self, node: Node) -> str | None:
        """The name of a property; None where it is computed."""
        match node.type:
            case "computed_property_name":
                value = self.value(code(node)[0]) if code(node) else Opaque()
                return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None
            case "string":
                return unescaped(text(node)[1:-1])
            case _:
                return text(node)

    def field(self, node: Node, name: str) -> Value:
        """What a part of an expression is worth; nothing known where the parser found none."""
        child = node.child_by_field_name(name)
        return self.value(child) if child is not None else Opaque()

    def closure(self, node: Node) -> Body:
        """A function that stands in an expression."""
        raise NotImplementedError


def _made_by(name: str) -> Ref:
    """What a literal is that stands for a call of the language: `10n`, `/a/`."""
    return Ref(Origin.GLOBAL, (name, CALLED_WITH_ARGUMENTS))


def unescaped(written: str) -> str:
    """What a text stands for that may have escapes in it."""
    if "\\" not in written:
        return written
    return _ESCAPE.sub(_unescape, written)


def _unescape(match: re.Match[str]) -> str:
    code_ = match[1]
    if len(code_) > 1 and code_[0] in "ux":
        number = int(code_[1:].strip("{}"), 16)
        return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else "\ufffd"
    return _ESCAPED.get(code_, code_)


def _number(written: str) -> int | float | None:
    digits = written.replace("_", "")
    if len(digits) > 100:
        return None
    try:
        return int(digits, 0) if not digits.startswith("0") or not digits[1:].isdigit() else int(digits)
    except ValueError:
        pass
    try:
        return float(digits)
    except ValueError:
        return None
