"""The Python front end is held to its grammar, to `ast`, to the SDK, and to itself."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

import libcst as cst
import pytest
from corpus import bodies, corpus, handlers
from ledger import Node, ledger, unowned
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from inngest_lint.model.body import Await, Call, Hole, Operation, Parallel, StepCall
from inngest_lint.model.language import Language
from inngest_lint.model.walk import everywhere
from inngest_lint.text import ColumnUnit, Source, Span

LEDGER = ledger(Language.PYTHON)
OPERATIONS = LEDGER.operations
CORPUS = corpus(Language.PYTHON)


def node_kinds() -> set[str]:
    """Every concrete node class of libcst."""
    return {
        name
        for name, kind in vars(cst).items()
        if inspect.isclass(kind) and issubclass(kind, cst.CSTNode) and not inspect.isabstract(kind)
        if not name.startswith("Base") and name != "CSTNode"
    }


def test_the_ledger_classifies_every_node_kind_of_the_grammar() -> None:
    assert node_kinds() - LEDGER.kinds == set()


def test_the_ledger_classifies_no_node_kind_twice() -> None:
    assert sorted(LEDGER.listed) == sorted(LEDGER.kinds)


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


def test_every_operation_in_a_handler_is_in_the_model_or_in_a_hole() -> None:
    lost = [node for source, module in CORPUS for node in unowned(source, module, operation_nodes(source), OPERATIONS)]

    assert lost == []


def test_the_corpus_has_every_kind_of_operation() -> None:
    seen = {name for source, _ in CORPUS for name, _ in operation_nodes(source)}

    # Groups of exceptions came with Python 3.11.
    assert set(OPERATIONS) - seen - {"TryStar"} == set()


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
    for source, module in CORPUS:
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
    for source, module in CORPUS:
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
