"""Parsing: one top-level statement as a libcst tree that knows where each node stands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from warnings import catch_warnings, simplefilter

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider

from inngest_lint.frontends.python.validity import refusal
from inngest_lint.model.function import Problem
from inngest_lint.text import Source, Span

# libcst's visitors recurse in Python, about five frames per level of nesting; the scanner has
# already refused what is nested deeper than the language allows.
_RECURSION_LIMIT = 12_000

# What libcst has been seen to raise on text that is no Python.
_FAILURES = (cst.ParserSyntaxError, SyntaxError, ValueError, LookupError, RecursionError, NotImplementedError)


class _Positions(ByteSpanPositionProvider):
    """Where each node of a tree stands, in bytes.

    A `MetadataWrapper` would walk the tree once more for providers that nobody asked for.
    """

    def __init__(self, tree: cst.Module) -> None:
        super().__init__()
        self._gen_impl(tree)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The tree of a piece of a file that begins at `offset`, in bytes."""

    tree: cst.Module
    positions: _Positions
    file: str
    offset: int

    def span(self, node: cst.CSTNode) -> Span:
        """Where a node stands in the file."""
        position = self.positions.get_metadata(_Positions, node)
        start = self.offset + position.start
        return Span(self.file, start, start + position.length)


def parse(source: Source, span: Span) -> Parsed | Problem:
    """The tree of a span of whole statements, or what is wrong with it."""
    text = source.slice(span)
    try:
        tree = cst.parse_module(text)
        return Parsed(tree, _Positions(tree), source.file, span.start)
    except _FAILURES as error:
        return _problem(source, span, error)


def parse_names(source: Source, span: Span) -> cst.Module | None:
    """The bare tree of a span, for what needs no positions; None where it is no Python."""
    try:
        return cst.parse_module(source.slice(span))
    except _FAILURES:
        return None


def evaluated(node: cst.SimpleString) -> str | bytes | None:
    """What a string literal stands for; None where the language refuses it."""
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
    return Parsed(tree, _Positions(tree), "", 0)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Room on the stack for the visitors of deeply nested code."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


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
