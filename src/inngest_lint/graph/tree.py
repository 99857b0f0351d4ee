"""The tree: each function with its steps below it, then the events, for people in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from inngest_lint.graph import Canvas
from inngest_lint.graph.chart import Chart, Function
from inngest_lint.graph.flow import Choice, End, Flow, Guard, Helper, Part, Repeat, Send, Step, Together
from inngest_lint.graph.phrases import about, started, tied, title
from inngest_lint.reporters.escape import one_line, safe_path
from inngest_lint.reporters.paint import Paint
from inngest_lint.reporters.width import width, window

_MARGIN = "  "
_BRANCH, _LAST, _TRUNK, _NOTHING = "├─ ", "└─ ", "│  ", "   "
_ASCII = str.maketrans({"├": "|", "└": "`", "│": "|", "─": "-", "→": ">", "…": "~", "·": "-"})
_LEAST = 24


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line, and what paints it."""

    text: str
    paint: Paint = Paint.PLAIN


Line = tuple[Piece, ...]
Entry = tuple[Line, Flow]


def write(chart: Chart, canvas: Canvas) -> str:
    """The tree of a chart, in lines that fit."""
    lines = [*_functions(chart), *_events(chart)]
    return "".join(f"{_drawn(line, canvas)}\n" for line in lines)


def _functions(chart: Chart) -> Iterator[Line]:
    for (app, file), functions in groupby(chart.functions, lambda function: (function.app, function.file)):
        yield (Piece(f"{app} · " if app else "", Paint.STRONG), Piece(safe_path(file), Paint.STRONG))
        for function in functions:
            yield ()
            yield from _function(function, chart)
        yield ()


def _function(function: Function, chart: Chart) -> Iterator[Line]:
    yield (Piece(_MARGIN), Piece(function.id, Paint.HELP), Piece(f"  line {function.line}"))
    for start in function.starts:
        word, name, condition = started(start)
        yield (
            Piece(_MARGIN),
            Piece(_TRUNK, Paint.GUTTER),
            Piece(f"{word} "),
            Piece(name, Paint.INFO),
            Piece(condition),
        )
    entries = [entry for part in function.flow for entry in _said(part, chart)]
    if function.failure:
        entries.append((_control("when it fails", ""), function.failure))
    yield from _below(entries, chart, _MARGIN)


def _below(entries: Sequence[Entry], chart: Chart, trunk: str) -> Iterator[Line]:
    for position, (line, inside) in enumerate(entries):
        is_last = position == len(entries) - 1
        yield (Piece(trunk + (_LAST if is_last else _BRANCH), Paint.GUTTER), *line)
        inner = [entry for part in inside for entry in _said(part, chart)]
        yield from _below(inner, chart, trunk + (_NOTHING if is_last else _TRUNK))


def _said(part: Part, chart: Chart) -> Iterator[Entry]:
    """What is said of a part, each line with what stands below it."""
    match part:
        case Step():
            told = Piece(about(part))
            yield (Piece(f"{title(part)} "), Piece(part.id, Paint.STRONG), told, *_sent(part.sends, chart)), ()
        case Send(events=events):
            yield (Piece("send"), *_sent(events, chart)), ()
        case Together():
            yield from _together(part)
        case Repeat(over=over, flow=flow):
            yield _control("for", over), flow
        case Choice(ways=ways):
            for position, way in enumerate(ways):
                word = "otherwise" if way.test is None else "or if" if position else "if"
                yield _control(word, way.test or ""), way.flow
        case Guard():
            yield from _guarded(part, chart)
        case Helper(name=name):
            yield (Piece(f"as in {name}"),), ()
        case End(how=how):
            yield _control(how.value, ""), ()


def _together(part: Together) -> Iterator[Entry]:
    word = "the first of" if part.first else "together"
    line = _control(word, f"for each of {part.over}" if part.over else "")
    if part.over is not None or all(len(flow) == 1 for flow in part.branches):
        yield line, tuple(inside for flow in part.branches for inside in flow)
        return
    yield line, ()
    for number, flow in enumerate(part.branches, 1):
        yield _control(f"{number}.", ""), flow


def _guarded(guard: Guard, chart: Chart) -> Iterator[Entry]:
    failures = [way for way in guard.failures if way.flow]
    if not failures and not guard.final:
        for part in guard.flow:
            yield from _said(part, chart)
        return
    yield _control("try", ""), guard.flow
    for way in failures:
        yield _control("if it fails", f"with {way.test}" if way.test else ""), way.flow
    if guard.final:
        yield _control("in any case", ""), guard.final


def _control(word: str, rest: str) -> Line:
    return (Piece(word, Paint.WARNING), Piece(f" {rest}" if rest else ""))


def _sent(events: Iterable[str], chart: Chart) -> Iterator[Piece]:
    for position, event in enumerate(events):
        yield Piece(", " if position else " ")
        yield Piece(event, Paint.INFO)
        if consumers := chart.started_by(event):
            yield Piece(f" → {', '.join(consumers)}")


def _events(chart: Chart) -> Iterator[Line]:
    if not chart.events:
        return
    yield (Piece("events", Paint.STRONG),)
    yield ()
    broad = min(max(map(width, chart.events)), 48)
    for event in chart.events:
        told = tied(event, chart)
        gap = " " * max(2, broad - width(event) + 2)
        yield (Piece(_MARGIN), Piece(event, Paint.INFO), Piece(f"{gap}{told}"))


def _drawn(line: Line, canvas: Canvas) -> str:
    pieces = [Piece(one_line(p.text).translate(_ASCII if canvas.plain else {}), p.paint) for p in line]
    if canvas.columns is not None and sum(width(piece.text) for piece in pieces) > (
        most := max(canvas.columns, _LEAST)
    ):
        pieces = [*_cut(pieces, most - 1), Piece("~" if canvas.plain else "…")]
    return "".join(canvas.paint(piece.text, piece.paint) if piece.text else "" for piece in pieces).rstrip()


def _cut(pieces: Sequence[Piece], left: int) -> Iterator[Piece]:
    """What fits of some pieces."""
    for piece in pieces:
        kept = piece.text[: window(piece.text, 0, 0, left).stop] if left else ""
        left -= width(kept)
        yield replace(piece, text=kept)
        if kept != piece.text:
            return
