"""The DOT format: a directed graph, for Graphviz."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.graph import Canvas
from inngest_lint.graph.chart import Chart
from inngest_lint.graph.diagram import Arrow, Diagram, Node, Shape
from inngest_lint.graph.steps import diagram

_STYLES = {
    Shape.FUNCTION: 'shape=box style="rounded,filled" fillcolor="#2f5fb3" color="#2f5fb3" fontcolor="#ffffff"',
    Shape.EVENT: 'shape=box style="rounded,filled" fillcolor="#e7efe3" color="#5f8a4c"',
    Shape.SCHEDULE: 'shape=hexagon style=filled fillcolor="#f1e9dc" color="#a07a3c"',
    Shape.STEP: "shape=box",
    Shape.PAUSE: 'shape=box style="rounded"',
    Shape.CHOICE: "shape=diamond",
    Shape.END: "shape=doublecircle",
}


def write(chart: Chart, canvas: Canvas) -> str:  # noqa: ARG001 - Graphviz paints and lays out itself
    """The directed graph of a chart."""
    return "".join(f"{line}\n" for line in _lines(diagram(chart)))


def _lines(drawn: Diagram) -> Iterator[str]:
    yield f"digraph {_quoted(drawn.title)} {{"
    yield f"  rankdir={'TB' if drawn.downwards else 'LR'}"
    yield '  node [fontname="Helvetica" fontsize=11]'
    yield '  edge [fontname="Helvetica" fontsize=10]'
    for node in drawn.nodes:
        yield f"  {_quoted(node.key)} [{_attributes(node)}]"
    for number, group in enumerate(drawn.groups):
        yield f"  subgraph cluster_{number} {{"
        yield f"    label={_quoted(group.label)}"
        yield from (f"    {_quoted(key)}" for key in group.keys)
        yield "  }"
    yield from (f"  {_arrow(arrow)}" for arrow in drawn.arrows)
    yield "}"


def _attributes(node: Node) -> str:
    label = f"{node.label}\n{node.detail}" if node.detail else node.label
    tooltip = f" tooltip={_quoted(node.place)}" if node.place else ""
    return f"label={_quoted(label)}{tooltip} {_STYLES[node.shape]}"


def _arrow(arrow: Arrow) -> str:
    given = [f"label={_quoted(arrow.label)}"] if arrow.label else []
    given += ["style=dashed"] if arrow.dashed else []
    return f"{_quoted(arrow.start)} -> {_quoted(arrow.end)}{f' [{chr(32).join(given)}]' if given else ''}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{"".join(character if character.isprintable() else " " for character in escaped)}"'
