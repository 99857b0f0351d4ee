"""Parsing: one top-level statement as a libcst tree that knows where each node stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from warnings import catch_warnings, simplefilter

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider
from libcst.metadata.span_provider import SpanProvidingCodegenState

from inngest_lint.frontends.python.validity import refusal
from inngest_lint.model.function import Problem
from inngest_lint.text import Source, Span

# What a string holds where it does not stand for itself.
_ESCAPES = re.compile("[\\\\\r\0\ud800-\udfff]")

# What libcst has been seen to raise on text that is no Python.
_FAILURES = (cst.ParserSyntaxError, SyntaxError, ValueError, LookupError, RecursionError, NotImplementedError)


class _Positions(SpanProvidingCodegenState):
    """Where each node of a tree stands, in bytes, by identity.

    It is found by writing the tree out without keeping what is written. A `MetadataWrapper` would walk the tree
    once more for providers that nobody asked for.
    """

    def __init__(self, tree: cst.Module) -> None:
        super().__init__(tree.default_indent, tree.default_newline, ByteSpanPositionProvider())
        self.spans: dict[int, tuple[int, int]] = {}

    def add_indent_tokens(self) -> None:
        for token in self.indent_tokens:
            self.position += len(token)

    def add_token(self, value: str) -> None:
        self.position += len(value) if value.isascii() else len(value.encode())

    def after_codegen(self, node: cst.CSTNode) -> None:
        self.spans.setdefault(id(node), (self._stack.pop(), self.position))

    def record_syntactic_position(  # type: ignore[override]  # a context manager that is no generator, for speed
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> _Syntactic:
        return _Syntactic(self, node, start_node, end_node)


@dataclass(slots=True)
class _Syntactic:
    """A node while it is written, without the white space and the brackets around it."""

    positions: _Positions
    node: cst.CSTNode
    first: cst.CSTNode | None
    last: cst.CSTNode | None
    start: int = 0

    def __enter__(self) -> None:
        self.start = self.positions.position

    def __exit__(self, *error: object) -> None:
        spans = self.positions.spans
        start = self.start if self.first is None else spans[id(self.first)][0]
        end = self.positions.position if self.last is None else spans[id(self.last)][1]
        spans[id(self.node)] = (start, end)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree of a piece of a file that begins at `offset`, in bytes."""

    tree: cst.Module
    positions: dict[int, tuple[int, int]]
    file: str
    offset: int

    def span(self, node: cst.CSTNode) -> Span:
        """Where a node stands in the file."""
        start, end = self.positions[id(node)]
        return Span(self.file, self.offset + start, self.offset + end)


def parse(source: Source, span: Span) -> Parsed | Problem:
    """The tree of a span of whole statements, or what is wrong with it."""
    text = source.slice(span)
    try:
        tree = cst.parse_module(text)
        return Parsed(tree, _positions(tree), source.file, span.start)
    except _FAILURES as error:
        return _problem(source, span, error)


def _positions(tree: cst.Module) -> dict[int, tuple[int, int]]:
    state = _Positions(tree)
    tree._codegen(state)  # noqa: SLF001 - what libcst's own providers do
    return state.spans


def parse_names(source: Source, span: Span) -> cst.Module | None:
    """The bare tree of a span, for what needs no positions; None where it is no Python."""
    try:
        return cst.parse_module(source.slice(span))
    except _FAILURES:
        return None


def evaluated(node: cst.SimpleString) -> str | bytes | None:
    """What a string literal stands for; None where the language refuses it."""
    if not node.prefix:
        text = node.raw_value
        if not _ESCAPES.search(text):
            return text
    try:
        with catch_warnings():
            simplefilter("ignore")  # `"\d"` would be told on standard error
            return node.evaluated_value
    except (SyntaxError, ValueError):
        # `"\x"` and zero bytes are strings to libcst.
        return None


def nowhere() -> Parsed:
    """An empty piece of no file, for questions that need no place."""
    tree = cst.Module([])
    return Parsed(tree, {}, "", 0)


def _problem(source: Source, span: Span, error: Exception) -> Problem:
    # The interpreter says best what is wrong and where; libcst often knows no more than the line.
    said = refusal(source.slice(span))
    if isinstance(said, SyntaxError) and said.lineno is not None:
        place = _place(source, span, said.lineno, (said.offset or 1) - 1)
        return Problem(place, f"this is not valid Python: {said.msg}")
    if isinstance(error, cst.ParserSyntaxError):
        return Problem(_place(source, span, error.raw_line, error.raw_column), "this is not valid Python")
    return Problem(span.at_start(), "this statement cannot be parsed")


def _place(source: Source, span: Span, line: int, column: int) -> Span:
    """A place inside a statement, by its line counted from one and its column in characters."""
    number = min(source.line_of(span.start) + max(line, 1) - 1, len(source.line_starts) - 1)
    start = source.line_starts[number] + len(source.line(number)[: max(column, 0)].encode())
    place = min(max(span.start, start), span.end)
    return Span(span.file, place, place)
