"""Laws of spans: how the places of operations lie to one another, whatever the language."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import pytest
from corpus import bodies, corpus
from trees import nodes, parsed, span_of

from inngest_lint.frontends import language_of
from inngest_lint.model.body import Body, Operation
from inngest_lint.model.language import Language
from inngest_lint.model.walk import everywhere, parts
from inngest_lint.text import Source, Span

EACH_LANGUAGE = pytest.mark.parametrize("language", Language, ids=lambda language: language.value)


def blocks_of(body: Body) -> Iterator[tuple[Operation, ...]]:
    yield body.block
    for operation in everywhere(body.block):
        yield from parts(operation)


@cache
def displaced(source: Source) -> list[Span]:
    """What happens after something that stands further down: the step of a counting loop, defaults in patterns."""
    if language_of(source.file) is not Language.TYPESCRIPT:
        return []
    fields = (("for_statement", "increment"), ("variable_declarator", "name"), ("assignment_expression", "left"))
    found = (
        node.child_by_field_name(part) for node in nodes(parsed(source)) for kind, part in fields if kind == node.type
    )
    return [span_of(source, node) for node in found if node is not None]


def in_order(source: Source, block: tuple[Operation, ...]) -> list[Span]:
    """The spans of a block, those that are displaced left out."""
    places = displaced(source)
    return [operation.span for operation in block if not any(place.contains(operation.span) for place in places)]


@EACH_LANGUAGE
def test_operations_of_a_block_are_ordered_by_their_ends(language: Language) -> None:
    disordered = [
        (first, second)
        for source, module in corpus(language)
        for body in bodies(module)
        for block in blocks_of(body)
        for first, second in pairwise(in_order(source, block))
        if first.end > second.end
    ]

    assert disordered == []


@EACH_LANGUAGE
def test_an_operation_lies_inside_the_one_that_holds_it(language: Language) -> None:
    outside = [
        (operation.span, inner.span)
        for _, module in corpus(language)
        for body in bodies(module)
        for operation in everywhere(body.block)
        for block in parts(operation)
        for inner in block
        if not operation.span.contains(inner.span)
    ]

    assert outside == []


@EACH_LANGUAGE
def test_an_operation_lies_inside_its_body(language: Language) -> None:
    outside = [
        (body.span, operation.span)
        for _, module in corpus(language)
        for body in bodies(module)
        for operation in body.block
        if not body.span.contains(operation.span)
    ]

    assert outside == []
