"""The Mermaid format: a flowchart, for Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inngest_lint.graph import Canvas
from inngest_lint.graph.chart import Chart
from inngest_lint.graph.diagram import Arrow, Diagram, Node, Shape
from inngest_lint.graph.steps import diagram

_BRACKETS = {
    Shape.FUNCTION: ("[", "]"),
    Shape.EVENT: ("([", "])"),
    Shape.SCHEDULE: ("{{", "}}"),
    Shape.STEP: ("[", "]"),
    Shape.PAUSE: ("(", ")"),
    Shape.CHOICE: ("{", "}"),
    Shape.END: ("((", "))"),
}
_STYLES = {
    Shape.FUNCTION: "fill:#2f5fb3,stroke:#2f5fb3,color:#ffffff",
    Shape.EVENT: "fill:#e7efe3,stroke:#5f8a4c,color:#1d2a17",
    Shape.SCHEDULE: "fill:#f1e9dc,stroke:#a07a3c,color:#2e2412",
}
# A label may be Markdown, hold entities and begin a directive: these characters are written as entities.
_SPECIAL = re.compile(r"""["#&<>`%\\;*_~\[\]{}()|]|^[-+]|^\d+\.""")


def write(chart: Chart, canvas: Canvas) -> str:  # noqa: ARG001 - a flowchart is neither painted nor cut
    """The flowchart of a chart."""
    return "".join(f"{line}\n" for line in _lines(diagram(chart)))


def _lines(drawn: Diagram) -> Iterator[str]:
    yield f"flowchart {'TD' if drawn.downwards else 'LR'}"
    ids = {node.key: f"n{number}" for number, node in enumerate(drawn.nodes)}
    grouped = {key for group in drawn.groups for key in group.keys}
    for number, group in enumerate(drawn.groups):
        yield f'  subgraph g{number}["{_label(group.label)}"]'
        yield from (f"    {_node(node, ids)}" for node in drawn.nodes if node.key in group.keys)
        yield "  end"
    yield from (f"  {_node(node, ids)}" for node in drawn.nodes if node.key not in grouped)
    yield from (f"  {_arrow(arrow, ids)}" for arrow in drawn.arrows)
    for shape, style in _STYLES.items():
        named = [ids[node.key] for node in drawn.nodes if node.shape is shape]
        if named:
            yield f"  classDef {shape.value} {style}"
            yield f"  class {','.join(named)} {shape.value}"


def _node(node: Node, ids: dict[str, str]) -> str:
    opening, closing = _BRACKETS[node.shape]
    detail = f"<br/>{_label(node.detail)}" if node.detail else ""
    return f'{ids[node.key]}{opening}"{_label(node.label)}{detail}"{closing}'


def _arrow(arrow: Arrow, ids: dict[str, str]) -> str:
    line = "-.->" if arrow.dashed else "-->"
    label = f'|"{_label(arrow.label)}"|' if arrow.label else ""
    return f"{ids[arrow.start]} {line}{label} {ids[arrow.end]}"


def _label(text: str) -> str:
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return _SPECIAL.sub(lambda match: "".join(f"#{ord(character)};" for character in match.group()), line) or " "
