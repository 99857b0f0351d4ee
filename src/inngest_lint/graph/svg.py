"""The SVG format: a picture that needs nothing else, in colours for light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from inngest_lint.graph import Canvas
from inngest_lint.graph.chart import Chart
from inngest_lint.graph.diagram import Arrow, Diagram, Node, Shape
from inngest_lint.graph.layout import Layout, Point, Size, laid_out
from inngest_lint.graph.steps import diagram
from inngest_lint.reporters.width import width

_CHARACTER = 7.25  # what a monospaced character of 12 pixels takes, with a little to spare
_SMALL = 6.1
_LINE = 16.0
_PADDING = 12.0
_MARGIN = 20.0
_LONGEST = 44
_STYLE = """
    text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2733; }
    .function { fill: #2f5fb3; stroke: #2f5fb3; }
    .function-text { fill: #ffffff; font-weight: 600; }
    .event { fill: #eaf3e6; stroke: #6b9a58; }
    .schedule { fill: #f6eddd; stroke: #b08a48; }
    .step { fill: #ffffff; stroke: #8a97a8; }
    .pause { fill: #f0ecf8; stroke: #8f79bd; }
    .choice { fill: #f4f5f7; stroke: #8a97a8; stroke-dasharray: 2 2; }
    .end { fill: #f8e6e4; stroke: #bb6a60; }
    .detail { font-size: 10px; fill: #5b6675; }
    .function-detail { font-size: 10px; fill: #d5e0f3; }
    .arrow { fill: none; stroke: #7d8896; stroke-width: 1.3; }
    .dashed { stroke-dasharray: 4 3; }
    .tip { fill: #7d8896; }
    .label { font-size: 10px; fill: #5b6675; paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }
    .page { fill: #ffffff; }
    @media (prefers-color-scheme: dark) {
      text { fill: #dbe2ec; }
      .event { fill: #20301b; stroke: #6b9a58; }
      .schedule { fill: #33291a; stroke: #b08a48; }
      .step { fill: #1c222b; stroke: #66707f; }
      .pause { fill: #2a2338; stroke: #8f79bd; }
      .choice { fill: #222831; stroke: #66707f; }
      .end { fill: #3a211f; stroke: #bb6a60; }
      .detail { fill: #a2adbb; }
      .label { fill: #a2adbb; stroke: #0d1117; }
      .page { fill: #0d1117; }
    }
"""


def write(chart: Chart, canvas: Canvas) -> str:  # noqa: ARG001 - a picture is neither painted nor cut
    """The picture of a chart."""
    drawn = diagram(chart)
    sizes = {node.key: _size(node, drawn) for node in drawn.nodes}
    gap = 46.0 + _SMALL * max((len(arrow.label[:_LONGEST]) for arrow in drawn.arrows), default=0) * (
        not drawn.downwards
    )
    layout = laid_out(sizes, ((arrow.start, arrow.end) for arrow in drawn.arrows), gap)
    return "".join(f"{line}\n" for line in _Picture(drawn, sizes, layout).lines())


def _size(node: Node, drawn: Diagram) -> Size:
    broad = max(width(_cut(node.label)) * _CHARACTER, width(_cut(node.detail)) * _SMALL) + 2 * _PADDING
    high = _LINE + (_LINE - 3 if node.detail else 0) + _PADDING
    return Size(broad, high) if drawn.downwards else Size(high, broad)


def _cut(text: str) -> str:
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


class _Picture:
    """A diagram with a place for everything."""

    def __init__(self, drawn: Diagram, sizes: Mapping[str, Size], layout: Layout) -> None:
        self._drawn, self._sizes, self._layout = drawn, sizes, layout

    def lines(self) -> Iterator[str]:
        """The lines of the file."""
        broad, high = self._pair(Point(self._layout.size.along, self._layout.size.across))
        across, down = _number(broad + _MARGIN), _number(high + _MARGIN)
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" '
            f'viewBox="0 0 {across} {down}" role="img" aria-label={quoteattr(_clean(self._drawn.title))}>'
        )
        yield f"  <title>{escape(_clean(self._drawn.title))}</title>"
        yield f"  <style>{_STYLE}  </style>"
        yield '  <rect class="page" width="100%" height="100%" rx="8"/>'
        for arrow in self._drawn.arrows:
            yield from self._arrow(arrow)
        for node in self._drawn.nodes:
            yield from self._node(node)
        for arrow in self._drawn.arrows:
            yield from self._label(arrow)
        yield "</svg>"

    def _pair(self, point: Point) -> tuple[float, float]:
        """Where a point is on the page, from the left and from the top."""
        along, across = point.along + _MARGIN, point.across + _MARGIN
        return (along, across) if self._drawn.downwards else (across, along)

    def _node(self, node: Node) -> Iterator[str]:
        x, y = self._pair(self._layout.places[node.key])
        size = self._sizes[node.key]
        broad, high = (size.along, size.across) if self._drawn.downwards else (size.across, size.along)
        round_ = high / 2 if node.shape in (Shape.EVENT, Shape.END) else 5.0
        whole = _clean(" ".join(filter(None, (node.label, node.detail, node.place))))
        yield f"  <g><title>{escape(whole)}</title>"
        yield (
            f'    <rect class="{node.shape.value}" x="{_number(x - broad / 2)}" y="{_number(y - high / 2)}" '
            f'width="{_number(broad)}" height="{_number(high)}" rx="{_number(round_)}"/>'
        )
        kind = "function-" if node.shape is Shape.FUNCTION else ""
        top = y + 4 - (6.5 if node.detail else 0)
        yield _text(f"{kind}text", x, top, _cut(node.label))
        if node.detail:
            yield _text(f"{kind}detail", x, top + _LINE - 2, _cut(node.detail))
        yield "  </g>"

    def _ends(self, arrow: Arrow) -> list[Point]:
        """The points of an arrow, from the edge of one node to that of the other."""
        route = list(self._layout.routes[arrow.start, arrow.end])
        is_forward = route[-1].across > route[0].across
        sign = 1 if is_forward else -1
        first, last = self._sizes[arrow.start].across / 2, self._sizes[arrow.end].across / 2
        route[0] = Point(route[0].along, route[0].across + sign * first)
        route[-1] = Point(route[-1].along, route[-1].across - sign * (last + 6))
        return route

    def _arrow(self, arrow: Arrow) -> Iterator[str]:
        if arrow.start == arrow.end:
            yield from self._loop(arrow)
            return
        route = self._ends(arrow)
        dashed = " dashed" if arrow.dashed else ""
        yield f'  <path class="arrow{dashed}" d="{self._curve(route)}"/>'
        yield self._tip(route)

    def _loop(self, arrow: Arrow) -> Iterator[str]:
        x, y = self._pair(self._layout.places[arrow.start])
        size = self._sizes[arrow.start]
        top = y - (size.across if self._drawn.downwards else size.along) / 2
        yield (
            f'  <path class="arrow" d="M {_number(x - 12)} {_number(top)} c -6 -16 30 -16 24 -3"/>'
            f'<path class="tip" d="M {_number(x + 12)} {_number(top)} l -4.5 -6 l 7 -1 z"/>'
        )

    def _curve(self, route: Sequence[Point]) -> str:
        x, y = self._pair(route[0])
        commands = [f"M {_number(x)} {_number(y)}"]
        for one, other in pairwise(route):
            middle = (one.across + other.across) / 2
            points = (Point(one.along, middle), Point(other.along, middle), other)
            commands.append("C " + ", ".join(" ".join(map(_number, self._pair(point))) for point in points))
        return " ".join(commands)

    def _tip(self, route: Sequence[Point]) -> str:
        x, y = self._pair(route[-1])
        sign = 1 if route[-1].across > route[-2].across else -1
        across, along = (0, 6 * sign) if self._drawn.downwards else (6 * sign, 0)
        one = (x + 3.5, y) if self._drawn.downwards else (x, y + 3.5)
        other = (x - 3.5, y) if self._drawn.downwards else (x, y - 3.5)
        corners = (one, (x + across, y + along), other)
        return f'  <polygon class="tip" points="{" ".join(f"{_number(a)},{_number(b)}" for a, b in corners)}"/>'

    def _label(self, arrow: Arrow) -> Iterator[str]:
        if arrow.label and arrow.start != arrow.end:
            one, other = self._ends(arrow)[:2]
            x, y = self._pair(Point((one.along + other.along) / 2, (one.across + other.across) / 2))
            yield _text("label", x, y + 3, _cut(arrow.label))


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'    <text class="{kind}" x="{_number(x)}" y="{_number(y)}" text-anchor="middle">{escape(text)}</text>'


def _clean(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
