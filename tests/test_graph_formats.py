"""The formats of the graph: well-formed, whatever things are called, and laid out without overlaps."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

from graphs import EXAMPLES, PLAIN, charted, shown
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it comes without types

from inngest_lint.graph import load
from inngest_lint.graph.chart import Chart, Function, Link, Start
from inngest_lint.graph.flow import Choice, End, Leaving, Repeat, Send, Step, Together, Way
from inngest_lint.graph.layout import Size, laid_out
from inngest_lint.graph.ranks import ranked
from inngest_lint.model.body import StepKind
from inngest_lint.project.events import Tie
from inngest_lint.reporters.escape import safe
from inngest_lint.reporters.width import width
from inngest_lint.text import Span

SVG = "{http://www.w3.org/2000/svg}"

SPAN = Span("a.ts", 0, 1)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        '"',
        "a\nb",
        "end",
        "`x`",
        "%%{init: {}}%%",
        "</text>",
        "]]>",
        "a -->|b| c",
        "1. a",
        "\\",
        "&amp;",
        "#quot;",
        "\u202e",
    ]
)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    """Charts with one or two functions and any names."""
    names = draw(st.lists(NAMES, min_size=6, max_size=6))
    one, two, event, test, step, app = names
    flow = (
        Step(StepKind.RUN, step, SPAN, sends=(event,)),
        Choice((Way(test, (End(Leaving.FAILS),)), Way(None, (Send((event,), SPAN),)))),
        Repeat(test, (Step(StepKind.WAIT_FOR_EVENT, step, SPAN, awaits=event, takes="1d"), End(Leaving.BREAKS))),
        Together(((Step(StepKind.SLEEP, step, SPAN, takes=test),), (End(Leaving.CONTINUES),)), over=test),
    )
    functions = tuple(
        Function(f"{name}{number}", name, app, "a.ts", 1, "typescript", (Start((event,)), Start((), test)), flow, flow)
        for number, name in enumerate((one, two))
    )
    first, second = (function.key for function in functions)
    links = (
        Link(Tie.TRIGGERS, first, event, None, "a.ts", 1, guarded=False, step=None),
        Link(Tie.SENDS, second, event, None, "a.ts", 1, guarded=True, step=step),
        Link(Tie.INVOKES, first, None, second, "a.ts", 1, guarded=False, step=step),
        Link(Tie.INVOKES, second, None, first, "a.ts", 1, guarded=False, step=step),
        Link(Tie.SENDS, None, event, None, "a.ts", 1, guarded=False, step=None),
    )
    whole = Chart(functions, (event,), links)
    return whole if draw(st.booleans()) else replace(whole.only(first), functions=functions[:1])


_LABEL = r'"(?:[^"\n`%<>&#]|#\d+;|<br/>)*"'
_MERMAID = re.compile(
    rf"flowchart (TD|LR)"
    rf"|  subgraph g\d+\[{_LABEL}\]|  end"
    rf"|  (  )?n\d+(\[{_LABEL}\]|\(\[{_LABEL}\]\)|\{{\{{{_LABEL}\}}\}}|\({_LABEL}\)|\{{{_LABEL}\}}|\(\({_LABEL}\)\))"
    rf"|  n\d+ (-->|-\.->)(\|{_LABEL}\|)? n\d+"
    rf"|  classDef [a-z]+ [a-z0-9:#,]+|  class n\d+(,n\d+)* [a-z]+"
)


@settings(max_examples=60, deadline=None)
@given(charts())
def test_every_line_of_a_flowchart_is_mermaid(whole: Chart) -> None:
    lines = shown("mermaid", whole).split("\n")[:-1]

    assert [line for line in lines if not _MERMAID.fullmatch(line)] == []


_STRING = r'"(?:[^"\\\n]|\\.)*"'
_ATTRIBUTES = rf"\[(?:[a-z]+=(?:{_STRING}|[a-z]+) ?)+\]"
_DOT = re.compile(
    rf"digraph {_STRING} \{{|  rankdir=(TB|LR)|  (node|edge) \[.*\]|  {_STRING}( -> {_STRING})?( {_ATTRIBUTES})?"
    rf"|  subgraph cluster_\d+ \{{|    label={_STRING}|    {_STRING}|  \}}|\}}"
)


@settings(max_examples=60, deadline=None)
@given(charts())
def test_every_line_of_a_directed_graph_is_dot(whole: Chart) -> None:
    lines = shown("dot", whole).split("\n")[:-1]

    assert [line for line in lines if not _DOT.fullmatch(line)] == []


@settings(max_examples=60, deadline=None)
@given(charts())
def test_every_picture_is_well_formed_and_needs_nothing_else(whole: Chart) -> None:
    picture = ET.fromstring(shown("svg", whole))  # noqa: S314 - our own text

    assert {element.tag for element in picture.iter()} <= {
        SVG + tag for tag in ("svg", "title", "style", "rect", "g", "text", "path", "polygon")
    }


@settings(max_examples=60, deadline=None)
@given(charts(), st.integers(24, 60))
def test_lines_of_a_tree_fit_and_hold_nothing_that_a_terminal_obeys(whole: Chart, columns: int) -> None:
    text = load("tree")(whole, replace(PLAIN, columns=columns))

    assert all(width(line) <= columns and safe(line) == line for line in text.split("\n"))


def test_a_plain_tree_is_ascii() -> None:
    text = load("tree")(charted(str(EXAMPLES)), replace(PLAIN, plain=True))

    assert text.isascii()


_TEXT = {"type": ["string", "null"]}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_PART = {"$ref": "#/$defs/flow"}
_WAY = {
    "type": "object",
    "required": ["test", "flow"],
    "additionalProperties": False,
    "properties": {"test": _TEXT, "flow": _PART},
}


def _object(**properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _typed(*names: str, **properties: object) -> dict[str, object]:
    return _object(type={"enum": list(names)}, **properties)


SCHEMA = {
    "$defs": {
        "flow": {"type": "array", "items": {"$ref": "#/$defs/part"}},
        "part": {
            "oneOf": [
                _typed(
                    "step",
                    kind={"enum": [kind.value for kind in StepKind]},
                    id={"type": "string"},
                    sends=_TEXTS,
                    **dict.fromkeys(("awaits", "target", "takes", "condition"), _TEXT),
                ),
                _typed("send", events=_TEXTS),
                _typed("parallel", "race", over=_TEXT, branches={"type": "array", "items": _PART}),
                _typed("loop", over={"type": "string"}, flow=_PART),
                _typed("branch", ways={"type": "array", "items": _WAY}),
                {
                    **_typed("try", flow=_PART, failures={"type": "array", "items": _WAY}, **{"finally": _PART}),
                },
                _typed("helper", name={"type": "string"}),
                _typed("end", how={"enum": [how.value for how in Leaving]}),
            ]
        },
    },
    **_object(
        version={"const": 1},
        functions={
            "type": "array",
            "items": _object(
                key={"type": "string"},
                id={"type": "string"},
                app=_TEXT,
                language={"enum": ["python", "typescript"]},
                path={"type": "string"},
                line={"type": "integer", "minimum": 1},
                triggers={"type": "array", "items": _object(events=_TEXTS, cron=_TEXT, condition=_TEXT)},
                flow=_PART,
                failure_flow=_PART,
            ),
        },
        events={"type": "array", "items": _object(name={"type": "string"}, triggers=_TEXTS)},
        edges={
            "type": "array",
            "items": _object(
                tie={"enum": [tie.value for tie in Tie]},
                function=_TEXT,
                event=_TEXT,
                target=_TEXT,
                path={"type": "string"},
                line={"type": "integer", "minimum": 1},
                conditional={"type": "boolean"},
                step=_TEXT,
            ),
        },
    ),
}


@settings(max_examples=20, deadline=None)
@given(charts())
def test_the_json_follows_its_schema(whole: Chart) -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(shown("json", whole)))


def test_the_json_of_the_examples_follows_its_schema() -> None:
    Draft202012Validator(SCHEMA).validate(json.loads(shown("json", charted(str(EXAMPLES)))))


# Layouts

KEYS = [f"n{number}" for number in range(9)]
EDGES = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=20)


@given(EDGES)
def test_every_arrow_goes_on_by_a_layer_at_least_or_back(edges: list[tuple[str, str]]) -> None:
    real = [(start, end) for start, end in edges if start != end]
    ranks = ranked(KEYS, real)

    assert all(ranks[start] != ranks[end] for start, end in real)
    assert min(ranks.values()) == 0


def test_what_has_no_circle_goes_on_only() -> None:
    edges = [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")]

    assert ranked("abcd", edges) == {"a": 0, "b": 1, "c": 2, "d": 1}


@settings(deadline=None)
@given(EDGES)
def test_nodes_never_overlap_and_lie_inside(edges: list[tuple[str, str]]) -> None:
    layout = laid_out(dict.fromkeys(KEYS, Size(30.0, 80.0)), edges, 40.0)

    places = sorted((point.across, point.along) for point in layout.places.values())
    apart = [b[1] - a[1] >= 30 or b[0] - a[0] >= 80 for a, b in pairwise(places)]
    assert all(apart)
    assert all(
        14.99 <= point.along <= layout.size.along - 14.99 and 39.99 <= point.across <= layout.size.across - 39.99
        for point in layout.places.values()
    )
