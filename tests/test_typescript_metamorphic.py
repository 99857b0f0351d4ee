"""What changes nothing about a TypeScript program changes nothing about its model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePath

import pytest
from corpus import corpus
from tree_sitter import Node, Tree
from trees import nodes, parsed

from inngest_lint.frontends import lower
from inngest_lint.model.dump import dump
from inngest_lint.model.language import Language
from inngest_lint.text import Source

Edit = tuple[int, int, str]
"""Where a text begins and ends, and what stands there instead."""
Change = Callable[[Tree], Iterator[Edit]]

NAMES = {"identifier", "type_identifier"}
SHORT_NAMES = {"shorthand_property_identifier", "shorthand_property_identifier_pattern"}
BLOCKS = {"program", "statement_block", "switch_case", "switch_default"}
REMARK = "\n// a remark about nothing\n/* and\none more */ "
# What a line must not begin with, if the one above is to end without a semicolon.
GOES_ON = re.compile(rb"\s*(?:[^\w\s}\"'@#]|in\b|instanceof\b|as\b|satisfies\b|else\b|while\b|\Z)")


def edited(source: Source, change: Change) -> Source:
    """A source after a change."""
    text, end = bytearray(), 0
    for start, stop, instead in sorted(change(parsed(source)), key=lambda edit: edit[:2]):
        text += source.text[end:start] + instead.encode()
        end = stop
    return Source(source.file, bytes(text + source.text[end:]))


def text_of(node: Node) -> str:
    return (node.text or b"").decode()


def remarks(tree: Tree) -> Iterator[Edit]:
    """A blank line and comments before each statement."""
    for block in nodes(tree):
        if block.type in BLOCKS:
            named = (node for node in block.named_children if node.type not in {"comment", "hash_bang_line"})
            yield from ((node.start_byte, node.start_byte, REMARK) for node in named if follows_a_mark(node))


def follows_a_mark(node: Node) -> bool:
    """Whether a node is a statement, and not the value of a case."""
    return node.prev_sibling is None or node.prev_sibling.type != "case"


def renamed(tree: Tree, names: set[str]) -> Iterator[Edit]:
    """Another name for variables, wherever they are spoken of."""
    for node in nodes(tree, without=frozenset({"import_specifier"})):
        if text_of(node) not in names:
            continue
        if node.type in NAMES:
            yield node.end_byte, node.end_byte, "_renamed"
        if node.type in SHORT_NAMES:
            yield node.end_byte, node.end_byte, f": {text_of(node)}_renamed"


def bound_in(pattern: Node | None) -> Iterator[str]:
    """The names that a pattern binds; none where it has defaults, which name other things too."""
    if pattern is None or pattern.type == "assignment_pattern":
        return
    if pattern.type in {"identifier", "shorthand_property_identifier_pattern"}:
        yield text_of(pattern)
    for child in pattern.named_children:
        yield from bound_in(child.child_by_field_name("value") if child.type == "pair_pattern" else child)


def inside_a_function(node: Node) -> bool:
    around = node.parent
    while around is not None and around.type != "statement_block":
        around = around.parent
    return around is not None


def renamed_variables(tree: Tree) -> Iterator[Edit]:
    """Another name for each variable of a function that is nothing else in the file."""
    local: set[str] = set()
    fixed = {text_of(node) for node in nodes(tree) if node.type == "import_specifier"}
    for node in nodes(tree):
        name = node.child_by_field_name("name")
        if node.type == "variable_declarator" and inside_a_function(node):
            local |= set(bound_in(name))
        elif node.type in {"required_parameter", "formal_parameters", "arrow_function", "class_body"}:
            fixed |= {text_of(inner) for inner in node.named_children if inner.type == "identifier"}
        elif name is not None and node.type not in {"member_expression", "pair_pattern"}:
            fixed.add(text_of(name))
    yield from renamed(tree, local - fixed - parameters(tree) - half_local(tree, local))


def half_local(tree: Tree, names: set[str]) -> set[str]:
    """The names among these that are variables of one statement of the top level, and spoken of in another one."""
    return {
        name
        for statement in tree.root_node.named_children
        for name in spoken_of(statement) & names - local_in(statement)
    }


def spoken_of(statement: Node) -> set[str]:
    return {text_of(node) for node in descendants(statement) if node.type in NAMES | SHORT_NAMES}


def local_in(statement: Node) -> set[str]:
    declarators = (node for node in descendants(statement) if node.type == "variable_declarator")
    return {name for node in declarators for name in bound_in(node.child_by_field_name("name"))}


def parameters(tree: Tree) -> set[str]:
    """The names in parameters, and those that are handed out of the file."""
    return {
        text_of(inner)
        for node in nodes(tree)
        if node.type in {"formal_parameters", "export_clause", "import_clause"}
        for inner in descendants(node)
    }


def descendants(node: Node) -> Iterator[Node]:
    yield node
    for child in node.named_children:
        yield from descendants(child)


def aliased_imports(tree: Tree) -> Iterator[Edit]:
    """Another name for each import."""
    exported = {text_of(name) for node in nodes(tree) if node.type == "export_clause" for name in descendants(node)}
    names: set[str] = set()
    for node in nodes(tree):
        if node.type == "import_specifier" and node.child_by_field_name("alias") is None:
            name = text_of(node.named_children[-1])
            if name not in exported:
                names.add(name)
                yield node.end_byte, node.end_byte, f" as {name}_renamed"
        elif node.type in {"import_clause", "namespace_import"}:
            names |= {text_of(child) for child in node.named_children if child.type == "identifier"} - exported
    yield from renamed(tree, names)


def functions_of(tree: Tree) -> Iterator[tuple[Node, Node]]:
    """The functions of the top level that have one form only and make none of Inngest, each as a statement."""
    several = {text_of(name) for node in nodes(tree) if (name := signature_name(node)) is not None}
    for statement in tree.root_node.named_children:
        function = statement.child_by_field_name("declaration") if is_export(statement) else statement
        if function is None or function.type != "function_declaration":
            continue
        name = function.child_by_field_name("name")
        if name is not None and text_of(name) not in several and "createFunction" not in text_of(function):
            yield statement, function


def signature_name(node: Node) -> Node | None:
    return node.child_by_field_name("name") if node.type == "function_signature" else None


def is_export(node: Node) -> bool:
    return node.type == "export_statement" and not any(child.type == "default" for child in node.children)


def functions_last(tree: Tree) -> Iterator[Edit]:
    """The functions of the top level below everything else."""
    end = tree.root_node.end_byte
    for statement, _ in functions_of(tree):
        yield statement.start_byte, statement.end_byte, ""
        yield end, end, f"\n{text_of(statement)}\n"


def arrows(tree: Tree) -> Iterator[Edit]:
    """The functions of the top level as arrow functions."""
    for _, function in functions_of(tree):
        name, body = function.child_by_field_name("name"), function.child_by_field_name("body")
        of_its_own = any(node.type == "this" or text_of(node) == "arguments" for node in descendants(function))
        if name is None or body is None or of_its_own or function.child_by_field_name("type_parameters"):
            continue
        prefix = "async " if function.children[0].type == "async" else ""
        yield function.start_byte, name.end_byte, f"const {text_of(name)} = {prefix}"
        yield body.start_byte, body.start_byte, "=> "
        yield body.end_byte, body.end_byte, ";"


def expressions(tree: Tree) -> Iterator[Node]:
    """Arguments, the values of variables, and names whose members are read."""
    for node in nodes(tree, without=frozenset({"decorator", "jsx_opening_element", "jsx_self_closing_element"})):
        match node.type:
            case "arguments":
                given = (child for child in node.named_children if child.type not in {"spread_element", "comment"})
                yield from given if not is_import(node.prev_sibling) else ()
            case "variable_declarator":
                value = node.child_by_field_name("value")
                yield from () if value is None or is_required(value) else (value,)
            case "member_expression" if node.parent is None or not node.parent.type.startswith("jsx_"):
                holder = node.child_by_field_name("object")
                yield from (holder,) if holder is not None and holder.type == "identifier" else ()


def is_import(callee: Node | None) -> bool:
    """Whether what is called takes in a module."""
    return callee is not None and text_of(callee) in {"import", "require"}


def is_required(value: Node) -> bool:
    """Whether a value is a module taken in."""
    return is_import(value.child_by_field_name("function"))


def wrapped(tree: Tree, before: str, after: str) -> Iterator[Edit]:
    for node in expressions(tree):
        yield node.start_byte, node.start_byte, before
        yield node.end_byte, node.end_byte, after


def parentheses(tree: Tree) -> Iterator[Edit]:
    """Parentheses around expressions."""
    return wrapped(tree, "((", "))")


def casts(tree: Tree) -> Iterator[Edit]:
    """Casts around expressions."""
    return wrapped(tree, "((", ") as any)")


def claims(tree: Tree) -> Iterator[Edit]:
    """Claims about the types of expressions."""
    return wrapped(tree, "((", ")! satisfies any)")


def no_semicolons(tree: Tree) -> Iterator[Edit]:
    """No semicolon where the line ends."""
    text = tree.root_node.text or b""
    for statement in nodes(tree):
        last = statement.children[-1] if statement.children else None
        if last is None or last.type != ";" or not statement.type.endswith(("_statement", "_declaration")):
            continue
        ends_line = text[last.end_byte : last.end_byte + 1] == b"\n"
        in_a_head = statement.parent is not None and statement.parent.type == "for_statement"
        if ends_line and not in_a_head and not GOES_ON.match(text, last.end_byte):
            yield last.start_byte, last.end_byte, ""


def other_quotes(tree: Tree) -> Iterator[Edit]:
    """Single quotes for double ones."""
    for node in nodes(tree):
        text = text_of(node)
        if node.type == "string" and text.startswith('"') and "'" not in text and "\\" not in text:
            yield node.start_byte, node.start_byte + 1, "'"
            yield node.end_byte - 1, node.end_byte, "'"


def returns(tree: Tree) -> Iterator[Edit]:
    """Blocks that return for arrow functions that give."""
    for node in nodes(tree):
        body = node.child_by_field_name("body") if node.type == "arrow_function" else None
        if body is not None and body.type != "statement_block":
            yield body.start_byte, body.start_byte, "{ return "
            yield body.end_byte, body.end_byte, "; }"


EVERYWHERE: list[Change] = [
    *(remarks, renamed_variables, aliased_imports, functions_last, arrows),
    *(parentheses, no_semicolons, other_quotes, returns),
]
TYPED: list[Change] = [casts, claims]


def apply_to(source: Source) -> list[Change]:
    """The changes that the language of a file knows."""
    return [*EVERYWHERE, *(TYPED if PurePath(source.file).suffix in {".ts", ".tsx"} else ())]


@pytest.mark.parametrize("change", [*EVERYWHERE, *TYPED], ids=lambda change: change.__name__)
def test_the_model_does_not_change(change: Change) -> None:
    different = []
    for source, module in corpus(Language.TYPESCRIPT):
        if change in apply_to(source) and dump(lower(edited(source, change))) != dump(module):
            different.append(source.file)

    assert different == []


@pytest.mark.parametrize("change", [*EVERYWHERE, *TYPED], ids=lambda change: change.__name__)
def test_a_change_leaves_a_valid_program(change: Change) -> None:
    files = [source for source, _ in corpus(Language.TYPESCRIPT) if change in apply_to(source)]
    broken = [source.file for source in files if parsed(edited(source, change)).root_node.has_error]

    assert broken == []


@pytest.mark.parametrize("change", [*EVERYWHERE, *TYPED], ids=lambda change: change.__name__)
def test_a_change_changes_something(change: Change) -> None:
    files = [source for source, _ in corpus(Language.TYPESCRIPT) if change in apply_to(source)]

    assert any(edited(source, change).text != source.text for source in files)
