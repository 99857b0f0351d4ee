"""The Python front end is held to its grammar, to `ast`, to the SDK, and to itself."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import libcst as cst
import pytest
from corpus import bodies, corpus, handlers
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from inngest_lint.model.body import Await, Body, Call, Hole, Operation, Parallel, StepCall
from inngest_lint.model.function import Module
from inngest_lint.model.walk import everywhere, parts
from inngest_lint.text import ColumnUnit, Source, Span
from inngest_lint.toml import loads

LEDGER = loads((Path(__file__).parent / "fixtures" / "ledger" / "python.toml").read_text(encoding="utf-8"))
OPERATIONS: dict[str, list[str]] = LEDGER["operation"]
Node = tuple[str, Span]


def node_kinds() -> set[str]:
    """Every concrete node class of libcst."""
    return {
        name
        for name, kind in vars(cst).items()
        if inspect.isclass(kind) and issubclass(kind, cst.CSTNode) and not inspect.isabstract(kind)
        if not name.startswith("Base") and name != "CSTNode"
    }


def test_the_ledger_classifies_every_node_kind_of_the_grammar() -> None:
    classified = {*OPERATIONS, *(kind for part in LEDGER.values() for kind in part.get("kinds", ()))}

    assert node_kinds() - classified == set()


def test_the_ledger_classifies_no_node_kind_twice() -> None:
    listed = [*OPERATIONS, *(kind for part in LEDGER.values() for kind in part.get("kinds", ()))]

    assert sorted(listed) == sorted(set(listed))


class Nodes(cst.CSTVisitor):
    """The operation nodes of a tree, outside annotations and the heads of definitions."""

    METADATA_DEPENDENCIES = (ByteSpanPositionProvider,)

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file
        self.found: list[Node] = []
        self.elifs: set[int] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, (cst.Annotation, cst.TypeAlias)):
            return False
        if isinstance(node, cst.If) and isinstance(node.orelse, cst.If):
            self.elifs.add(id(node.orelse))
        name = type(node).__name__
        bare = isinstance(node, cst.AnnAssign) and node.value is None
        if name in OPERATIONS and id(node) not in self.elifs and not bare:
            place = self.get_metadata(ByteSpanPositionProvider, node)
            self.found.append((name, Span(self.file, place.start, place.start + place.length)))
        return super().on_visit(node)


def operation_nodes(source: Source) -> list[Node]:
    wrapper = MetadataWrapper(cst.parse_module(source.text), unsafe_skip_copy=True)
    nodes = Nodes(source.file)
    wrapper.visit(nodes)
    return nodes.found


def owned(module: Module) -> dict[str, set[Span]]:
    """The spans of all operations by the name of their class; a loop counts with its start alone."""
    spans: dict[str, set[Span]] = {}
    for body in bodies(module):
        for operation in everywhere(body.block):
            name = type(operation).__name__
            span = operation.span.at_start() if name == "Loop" else operation.span
            spans.setdefault(name, set()).add(span)
    return spans


def unowned(source: Source, module: Module) -> Iterator[str]:
    """The operation nodes inside handlers that the model has lost."""
    spans = owned(module)
    for name, span in operation_nodes(source):
        inside = any(body.span.contains(span) and body.span != span for body in handlers(module))
        in_hole = any(hole.contains(span) for hole in spans.get("Hole", ()))
        found = any((span.at_start() if kind == "Loop" else span) in spans.get(kind, ()) for kind in OPERATIONS[name])
        if inside and not in_hole and not found:
            yield f"{source.file}: {name} {source.slice(span)!r}"


def test_every_operation_in_a_handler_is_in_the_model_or_in_a_hole() -> None:
    lost = [node for source, module in corpus() for node in unowned(source, module)]

    assert lost == []


def test_the_corpus_has_every_kind_of_operation() -> None:
    seen = {name for source, _ in corpus() for name, _ in operation_nodes(source)}

    # Groups of exceptions came with Python 3.11.
    assert set(OPERATIONS) - seen - {"TryStar"} == set()


def blocks_of(body: Body) -> Iterator[tuple[Operation, ...]]:
    yield body.block
    for operation in everywhere(body.block):
        yield from parts(operation)


def test_operations_of_a_block_are_ordered_by_their_ends() -> None:
    blocks = [block for _, module in corpus() for body in bodies(module) for block in blocks_of(body)]
    disordered = [
        (first.span, second.span)
        for block in blocks
        for first, second in pairwise(block)
        if first.span.end > second.span.end
    ]

    assert disordered == []


def test_an_operation_lies_inside_the_one_that_holds_it() -> None:
    outside = [
        (operation.span, inner.span)
        for _, module in corpus()
        for body in bodies(module)
        for operation in everywhere(body.block)
        for block in parts(operation)
        for inner in block
        if not operation.span.contains(inner.span)
    ]

    assert outside == []


def test_an_operation_lies_inside_its_body() -> None:
    outside = [
        (body.span, operation.span)
        for _, module in corpus()
        for body in bodies(module)
        for operation in body.block
        if not body.span.contains(operation.span)
    ]

    assert outside == []


def ast_spans(source: Source, kind: type[ast.Call | ast.Await]) -> set[tuple[int, int]]:
    """Where `ast` finds calls or awaits, in bytes."""
    starts = source.line_starts
    tree = ast.parse(source.text)
    skipped = {id(inner) for node in ast.walk(tree) for inner in ignored_by_the_model(node)}
    return {
        (
            starts[node.lineno - 1] + node.col_offset,
            starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0),
        )
        for node in ast.walk(tree)
        if isinstance(node, kind) and id(node) not in skipped
    }


def ignored_by_the_model(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns):
            yield from ast.walk(returns) if returns else ()
            # A class inside a function is a hole.
            yield from (n for inner in ast.walk(node) if isinstance(inner, ast.ClassDef) for n in ast.walk(inner))
        case ast.arg(annotation=annotation) | ast.AnnAssign(annotation=annotation) if annotation:
            yield from ast.walk(annotation)


@pytest.mark.parametrize(
    ("kind", "operations"), [(ast.Call, (Call, StepCall, Parallel)), (ast.Await, (Await,))], ids=["calls", "awaits"]
)
def test_ast_and_the_model_agree_inside_handlers(
    kind: type[ast.Call | ast.Await], operations: tuple[type[Operation], ...]
) -> None:
    differences: list[tuple[str, object]] = []
    for source, module in corpus():
        expected = ast_spans(source, kind)
        for handler in handlers(module):
            written = {span for span in expected if handler.span.start < span[0] and span[1] <= handler.span.end}
            lowered = {
                (operation.span.start, operation.span.end)
                for operation in everywhere(handler.block)
                if isinstance(operation, operations) and handler.span.contains(operation.span)
            }
            holes = [o.span for o in everywhere(handler.block) if isinstance(o, Hole)]
            lost = {s for s in written - lowered if not any(h.start <= s[0] and s[1] <= h.end for h in holes)}
            differences.extend((source.file, span) for span in lost | (lowered - written))

    assert differences == []


def test_names_of_functions_are_where_ast_finds_them() -> None:
    differences = []
    for source, module in corpus():
        tree = ast.parse(source.text)
        defined = {
            (node.name, node.lineno)
            for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        }
        for body in bodies(module):
            line = source.position(body.name_span.start, ColumnUnit.BYTES).line + 1
            if body.name is not None and (body.name, line) not in defined:
                differences.append((source.file, body.name))

    assert differences == []
