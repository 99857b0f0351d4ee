"""The TypeScript front end is held to its grammars, to the trees they give, and to itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from corpus import bodies, corpus, handlers
from ledger import Node, ledger, unowned
from tree_sitter import Node as TreeNode
from trees import kinds, nodes, parsed, span_of

from inngest_lint.frontends import lower
from inngest_lint.model.body import Await, Body, Call, Hole, Loop, Operation, Parallel, StepCall
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.model.walk import everywhere
from inngest_lint.text import Source, Span

LEDGER = ledger(Language.TYPESCRIPT)
OPERATIONS = LEDGER.operations
TYPES = LEDGER.others["type"]
OPERATORS = {"delete", "void"}
ENDS = {"switch_case", "switch_default"}
FUNCTIONS = frozenset(
    {
        *("arrow_function", "function_expression", "generator_function", "method_definition"),
        *("function_declaration", "generator_function_declaration"),
    }
)


def test_the_ledger_classifies_every_node_kind_of_the_grammars_and_no_other() -> None:
    assert {kind.rpartition(" ")[2] for kind in LEDGER.kinds} == kinds()


def test_the_ledger_classifies_no_node_kind_twice() -> None:
    assert sorted(LEDGER.listed) == sorted(LEDGER.kinds)


def operation_nodes(source: Source) -> Iterator[Node]:
    """The operation nodes of a tree, outside of types."""
    for node in nodes(parsed(source), without=TYPES):
        kind = kind_of(node)
        bare = kind == "variable_declarator" and node.child_by_field_name("value") is None
        if kind in OPERATIONS and not (bare or ends_a_case(node) or is_an_arm(node)):
            yield kind, span_of(source, node)


def kind_of(node: TreeNode) -> str:
    """The kind of a node, for some unary expressions with the operator."""
    operator = node.child_by_field_name("operator")
    happens = node.type == "unary_expression" and operator is not None and operator.type in OPERATORS
    return f"{operator.type} {node.type}" if operator is not None and happens else node.type


def is_an_arm(node: TreeNode) -> bool:
    """Whether a node is an `if` after an `else`, which is one more arm of the choice that it belongs to."""
    return node.type == "if_statement" and node.parent is not None and node.parent.type == "else_clause"


def ends_a_case(node: TreeNode) -> bool:
    """Whether a node is the `break` at the end of a case, or of the block that is one."""
    around = node.parent
    if around is not None and around.type == "statement_block":
        around = around.parent
    return node.type == "break_statement" and around is not None and around.type in ENDS


def test_every_operation_in_a_handler_is_in_the_model_or_in_a_hole() -> None:
    lost = [
        node
        for source, module in corpus(Language.TYPESCRIPT)
        for node in unowned(source, module, operation_nodes(source), OPERATIONS)
    ]

    assert lost == []


def test_the_corpus_has_every_kind_of_operation_in_a_handler() -> None:
    seen = {
        name
        for source, module in corpus(Language.TYPESCRIPT)
        for name, span in operation_nodes(source)
        if any(handler.span.contains(span) and handler.span != span for handler in handlers(module))
    }

    assert set(OPERATIONS) - seen == set()


@pytest.mark.parametrize("suffix", [".ts", ".tsx", ".js"])
def test_a_file_has_every_kind_of_operation_its_grammar_knows(suffix: str) -> None:
    source = next(source for source, _ in corpus(Language.TYPESCRIPT) if source.file.endswith(f"everything{suffix}"))
    seen = {name for name, _ in operation_nodes(source)}

    assert set(OPERATIONS) - seen == set()


def holes(body: Body) -> list[Span]:
    return [operation.span for operation in everywhere(body.block) if isinstance(operation, Hole)]


@pytest.mark.parametrize(
    ("written", "operations"),
    [
        ({"call_expression", "new_expression", "void unary_expression"}, (Call, StepCall, Parallel, Loop)),
        ({"await_expression"}, (Await,)),
    ],
    ids=["calls", "awaits"],
)
def test_the_tree_and_the_model_agree_inside_handlers(
    written: set[str], operations: tuple[type[Operation], ...]
) -> None:
    differences: list[str] = []
    for source, module in corpus(Language.TYPESCRIPT):
        expected = {span_of(source, node) for node in nodes(parsed(source), without=TYPES) if kind_of(node) in written}
        for handler in handlers(module):
            differences.extend(differing(source, handler, expected, operations))

    assert differences == []


def differing(
    source: Source, handler: Body, expected: set[Span], operations: tuple[type[Operation], ...]
) -> Iterator[str]:
    """What is written in a handler and not in its model, and the other way round."""
    inside = {span for span in expected if handler.span.contains(span) and span != handler.span}
    lowered = {
        operation.span
        for operation in everywhere(handler.block)
        if isinstance(operation, operations) and handler.span.contains(operation.span)
        if not isinstance(operation, Loop) or operation.span in expected
    }
    lost = {span for span in inside - lowered if not any(hole.contains(span) for hole in holes(handler))}
    yield from (f"{source.file}: lost {source.slice(span)!r}" for span in sorted(lost))
    yield from (f"{source.file}: invented {source.slice(span)!r}" for span in sorted(lowered - inside))


def test_every_function_inside_a_handler_is_a_body() -> None:
    lost: list[str] = []
    for source, module in corpus(Language.TYPESCRIPT):
        known = {body.span for body in bodies(module)}
        written = {span_of(source, node) for node in nodes(parsed(source), without=TYPES) if node.type in FUNCTIONS}
        for handler in handlers(module):
            inside = {span for span in written if handler.span.contains(span)}
            missed = {span for span in inside - known if not any(hole.contains(span) for hole in holes(handler))}
            lost.extend(f"{source.file}: {source.slice(span)!r}" for span in sorted(missed))

    assert lost == []


def named(source: Source, module: Module) -> Iterator[tuple[str, str]]:
    """The name of each body, and what stands where its name is said to stand."""
    for body in bodies(module):
        if body.name is not None and body.name_span.start != body.name_span.end:
            yield body.name, source.slice(body.name_span)


def test_the_name_of_a_body_is_what_stands_at_its_place() -> None:
    differences = [
        (source.file, name, text)
        for source, module in corpus(Language.TYPESCRIPT)
        for name, text in named(source, module)
        if text.strip("\"'") != name and (text, name) != ("constructor", "__init__")
    ]

    assert differences == []


DEEP = 3000


@pytest.mark.parametrize("suffix", [".ts", ".tsx", ".js"])
@pytest.mark.parametrize(("opening", "closing"), [("(", ")"), ("[", "]"), ("f(", ")"), ("() => {", "}"), ("-", "")])
def test_a_deep_tree_is_lowered(suffix: str, opening: str, closing: str) -> None:
    deep = f"{opening * DEEP}a{closing * DEEP}"
    head = 'import { Inngest } from "inngest";\nnew Inngest({ id: "a" }).createFunction({ id: "a", triggers: [] }, '
    source = Source(f"deep{suffix}", f"{head}({{ step }}) => step.run('a', {deep}));\n".encode())

    assert lower(source).file == source.file
