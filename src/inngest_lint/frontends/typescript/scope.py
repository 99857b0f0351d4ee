"""Declared names: which names the blocks and functions of JavaScript bind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tree_sitter import Node

from inngest_lint.frontends.typescript.tree import code, walk

FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
"""The expressions that are functions."""

DEFINITIONS = frozenset({"function_declaration", "generator_function_declaration"})
"""The statements that define functions."""

CLASSES = frozenset({"class_declaration", "abstract_class_declaration"})
"""The statements that define classes."""

ENUM = "enum_declaration"
"""The statement that defines an enum."""

DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration"})
"""The statements that declare variables."""

# What stands around an expression and changes nothing of its value.
_TRANSPARENT = frozenset(
    {
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "instantiation_expression",
    }
)
_OPEN = frozenset({"object_pattern", "array_pattern", "rest_pattern"})
_WRITES = frozenset({"assignment_expression", "augmented_assignment_expression", "update_expression"})


@dataclass(frozen=True, slots=True)
class Declared:
    """The names a block declares, how often each is given a value, and the functions among them."""

    counts: Mapping[str, int]
    functions: Mapping[str, Node]


def text(node: Node) -> str:
    """The source of a node."""
    return (node.text or b"").decode("utf-8", "replace")


def bare(node: Node) -> Node:
    """An expression without the brackets and assertions around it."""
    while node.type in _TRANSPARENT or node.type == "type_assertion":
        inner = code(node)
        if not inner:
            break
        node = inner[-1] if node.type == "type_assertion" else inner[0]
    return node


def function_in(node: Node | None) -> Node | None:
    """The function that an expression is, if it is one."""
    inner = bare(node) if node is not None else None
    return inner if inner is not None and inner.type in FUNCTIONS else None


def declared(statements: Iterable[Node], writes: Mapping[str, int]) -> Declared:
    """What the statements of a block declare; `writes` are the assignments around them."""
    counts: dict[str, int] = {}
    functions: dict[str, Node] = {}
    for statement in statements:
        for name, count, function in _declared(exported(statement)):
            counts[name] = counts.get(name, 0) + count + writes.get(name, 0)
            if function is not None:
                functions[name] = function
    return Declared(counts, {name: node for name, node in functions.items() if counts[name] == 1})


def exported(statement: Node) -> Node:
    """The declaration that an `export` or `declare` stands before, or the statement itself."""
    if statement.type == "export_statement":
        return statement.child_by_field_name("declaration") or statement.child_by_field_name("value") or statement
    return statement


def _declared(statement: Node) -> Iterator[tuple[str, int, Node | None]]:
    if statement.type in DEFINITIONS or statement.type in CLASSES or statement.type == ENUM:
        name = statement.child_by_field_name("name")
        if name is not None:
            yield text(name), 1, statement if statement.type in DEFINITIONS else None
    elif statement.type in DECLARATIONS:
        for declarator in code(statement):
            target = declarator.child_by_field_name("name")
            value = declarator.child_by_field_name("value")
            if target is None:
                continue
            function = function_in(value) if target.type == "identifier" else None
            for bound in target_names(target):
                yield bound, int(value is not None), function
    elif statement.type == "expression_statement":
        yield from ((name, 1, None) for name in _used(statement))


def _used(statement: Node) -> Iterator[str]:
    """The names that `using x = …` declares, which the grammar takes for an assignment."""
    inner = code(statement)[:1]
    if inner and inner[0].type == "await_expression":
        inner = code(inner[0])[:1]
    if inner and _is_using(inner[0]):
        left = inner[0].child_by_field_name("left")
        yield from target_names(left) if left is not None else ()


def _is_using(node: Node) -> bool:
    return node.type == "assignment_expression" and node.children[0].type == "using"


def target_names(pattern: Node) -> Iterator[str]:
    """The plain names that a pattern binds."""
    match pattern.type:
        case "identifier" | "shorthand_property_identifier_pattern":
            yield text(pattern)
        case "pair_pattern":
            value = pattern.child_by_field_name("value")
            yield from target_names(value) if value is not None else ()
        case "assignment_pattern" | "object_assignment_pattern":
            left = pattern.child_by_field_name("left")
            yield from target_names(left) if left is not None else ()
        case kind if kind in _OPEN:
            for child in code(pattern):
                yield from target_names(child)


def writes_in(function: Node) -> Counter[str]:
    """How often each name is assigned to in a function, the functions in it included."""
    found: Counter[str] = Counter()
    source = function.text or b""
    if b"let " not in source and b"var " not in source:
        return found
    for node in walk(function):
        if node.type in _WRITES and not _is_using(node):
            target = node.child_by_field_name("left") or node.child_by_field_name("argument")
            found.update(target_names(target) if target is not None else ())
    return found


def hoisted(function: Node) -> Iterator[Node]:
    """The `var` declarations inside the blocks of a function."""
    if b"var " not in (function.text or b""):
        return
    closed = FUNCTIONS | DEFINITIONS | {"method_definition"}
    yield from (node for node in walk(function, closed) if node.type == "variable_declaration")
