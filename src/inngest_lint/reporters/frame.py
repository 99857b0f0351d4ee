"""Frames: lines of source with marks under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from inngest_lint.reporters.escape import one_line
from inngest_lint.reporters.paint import Paint, Painter
from inngest_lint.reporters.width import cut, placed, width, window
from inngest_lint.text import ColumnUnit, Position, Source, Span

_LONG = 8  # lines of one span that are shown
_HEAD, _TAIL = 4, 3  # what is shown of a longer one


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to point at, from one character up to another, and what stands beside it."""

    start: Position
    end: Position
    label: str
    sign: str
    paint: Paint

    @property
    def is_single(self) -> bool:
        """Whether it stays on its line."""
        return self.start.line == self.end.line

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines to show for it."""
        first, last = self.start.line, self.end.line
        if last - first < _LONG:
            return tuple(range(first, last + 1))
        return (*range(first, first + _HEAD), *range(last - _TAIL + 1, last + 1))


def mark(source: Source, span: Span, label: str, sign: str, paint: Paint) -> Mark:
    """The mark of a span; one that ends with a line's end does not reach into the next line."""
    start = source.position(span.start, ColumnUnit.CHARACTERS)
    end = source.position(max(span.start, span.end), ColumnUnit.CHARACTERS)
    if end.column == 0 and end.line > start.line:
        end = Position(end.line - 1, len(source.line(end.line - 1)))
    if end.line == start.line and end.column <= start.column:
        end = Position(start.line, start.column + 1)
    return Mark(start, end, one_line(label), sign, paint)


class Row:
    """A row of cells that are filled in any order, and a text after them."""

    def __init__(self) -> None:
        self._cells: dict[int, tuple[str, Paint]] = {}
        self._end: tuple[str, Paint] = ("", Paint.PLAIN)

    def put(self, column: int, text: str, paint: Paint) -> None:
        """Fill cells with a text of narrow characters."""
        for offset, character in enumerate(text):
            self._cells[column + offset] = (character, paint)

    def line(self, start: int, end: int, paint: Paint) -> None:
        """Draw a line through the cells that are free."""
        for column in range(start, end):
            self._cells.setdefault(column, ("_", paint))

    def end(self, text: str, paint: Paint) -> None:
        """Say what stands after the last cell."""
        self._end = (text, paint)

    def render(self, painter: Painter) -> str:
        """The row as text, without blanks at its end."""
        runs: list[tuple[str, Paint]] = []
        for column in range(max(self._cells, default=-1) + 1):
            text, paint = self._cells.get(column, (" ", Paint.PLAIN))
            if runs and runs[-1][1] is paint:
                runs[-1] = (runs[-1][0] + text, paint)
            else:
                runs.append((text, paint))
        runs.append(self._end)
        return "".join(painter(text, paint) for text, paint in runs if text)


@dataclass(frozen=True, slots=True)
class _Shown:
    """The part of a line that is shown, and the columns of its characters."""

    line: str
    part: range

    @property
    def text(self) -> str:
        return cut(self.line, self.part)

    def column(self, character: int) -> int:
        """The column at which a character begins; one that is not shown is at the sign of the cut."""
        if character < self.part.start:
            return 0
        lead = 1 if self.part.start > 0 else 0
        if character > len(self.line):
            return lead + width(self.line[self.part.start :]) + character - len(self.line)
        return lead + width(self.line[self.part.start : min(character, self.part.stop)])


class Frame:
    """The lines of one source that hold marks, each with its marks beneath it.

    A mark over several lines has a lane of its own at the left, which is drawn from its first line
    to its last. `limit` is how many columns there are beside the numbers.
    """

    def __init__(self, source: Source, marks: Iterable[Mark], gutter: int, limit: int) -> None:
        self._source = source
        self._marks = sorted(marks, key=lambda mark: (mark.start.line, mark.start.column, -mark.end.line))
        self._lanes = [mark for mark in self._marks if not mark.is_single]
        self._indent = len(self._lanes) + 1 if self._lanes else 0
        self._gutter = gutter
        self._limit = limit - self._indent
        self._open: set[int] = set()

    def render(self, painter: Painter) -> Iterator[str]:
        """The frame, row by row."""
        bar = painter(f"{' ' * self._gutter} |", Paint.GUTTER)
        previous: int | None = None
        for line in self._lines():
            if previous is not None and line != previous + 1:
                yield self._cut(painter)
            previous = line
            shown = self._show(line)
            number = painter(f"{line + 1:>{self._gutter}} |", Paint.GUTTER)
            code = self._row(line, shown).render(painter) + shown.text
            yield f"{number} {code}".rstrip()
            for row in self._beneath(line, shown):
                yield f"{bar} {row.render(painter)}".rstrip()

    def _lines(self) -> list[int]:
        lines = {line for mark in self._marks for line in mark.lines}
        # A row that says one line is left out would take as much room as the line.
        return sorted(lines | {line + 1 for line in lines if line + 2 in lines})

    def _cut(self, painter: Painter) -> str:
        lanes = self._lane_row().render(painter)
        dots = painter("...", Paint.GUTTER)
        return dots + " " * self._gutter + lanes if lanes.strip() else dots

    def _show(self, line: int) -> _Shown:
        text = self._source.line(line)
        points = [
            (start, end)
            for mark in sorted(self._marks, key=lambda mark: mark.sign != "^")
            for start, end in _points(mark, line)
        ]
        first, last = points[0] if points else (0, 0)
        return _Shown(text, window(text, min(first, len(text)), last, self._limit))

    def _row(self, line: int, shown: _Shown) -> Row:
        """The lanes beside a line of code, where marks that begin before any code open at once."""
        row = self._lane_row()
        for lane, mark in enumerate(self._lanes):
            if mark.start.line == line and not shown.line[: mark.start.column].strip():
                row.put(lane, "/", mark.paint)
                self._open.add(lane)
        if self._indent:
            row.put(self._indent - 1, " ", Paint.PLAIN)
        return row

    def _lane_row(self) -> Row:
        row = Row()
        for lane in self._open:
            row.put(lane, "|", self._lanes[lane].paint)
        return row

    def _beneath(self, line: int, shown: _Shown) -> Iterator[Row]:
        yield from self._singles([mark for mark in self._marks if mark.is_single and mark.start.line == line], shown)
        for lane, mark in enumerate(self._lanes):
            if mark.end.line == line:
                yield from self._closing(lane, mark, shown.column(max(mark.end.column - 1, 0)))
            elif mark.start.line == line and lane not in self._open:
                row = self._lane_row()
                self._arm(row, lane, shown.column(mark.start.column))
                self._open.add(lane)
                yield row

    def _closing(self, lane: int, mark: Mark, column: int) -> Iterator[Row]:
        """The row in which a lane ends, and its label beside or beneath it."""
        row = self._lane_row()
        self._arm(row, lane, column)
        self._open.discard(lane)
        beside = self._beside(row, mark, column + 1)
        yield row
        if not beside:
            yield from self._label(mark, column, {})

    def _arm(self, row: Row, lane: int, column: int) -> None:
        mark = self._lanes[lane]
        row.put(self._indent + column, mark.sign, mark.paint)
        row.line(lane + 1, self._indent + column, mark.paint)

    def _singles(self, marks: list[Mark], shown: _Shown) -> Iterator[Row]:
        if not marks:
            return
        row = self._lane_row()
        for mark in sorted(marks, key=lambda mark: mark.sign == "^"):
            start, end = shown.column(mark.start.column), shown.column(mark.end.column)
            row.put(self._indent + start, mark.sign * max(1, end - start), mark.paint)
        last = max(marks, key=lambda mark: (mark.end.column, mark.start.column, mark.sign == "^"))
        beside = self._beside(row, last, max(shown.column(last.end.column), shown.column(last.start.column) + 1))
        yield row
        hanging = [mark for mark in marks if mark.label and not (beside and mark is last)]
        if hanging and len(marks) > 1:
            yield self._strung(self._columns(hanging, shown))
        for number in range(len(hanging) - 1, -1, -1):
            mark, strings = hanging[number], self._columns(hanging[:number], shown)
            yield from self._label(mark, shown.column(mark.start.column), strings)

    def _beside(self, row: Row, mark: Mark, column: int) -> bool:
        """Whether a label has room beside its mark, which ends before a column; if so, it is put there."""
        fits = column + 1 + width(mark.label) <= self._limit
        if fits and mark.label:
            row.end(f" {mark.label}", mark.paint)
        return fits

    def _label(self, mark: Mark, column: int, strings: Mapping[int, Paint]) -> Iterator[Row]:
        """A label that found no room beside its mark, right of the strings that lead to those still to come."""
        start, lines = placed(mark.label, column, min(column, max(strings, default=-2) + 2), self._limit)
        for line in lines:
            row = self._strung(strings)
            row.put(self._indent + start, line, mark.paint)
            yield row

    def _strung(self, strings: Mapping[int, Paint]) -> Row:
        row = self._lane_row()
        for column, paint in strings.items():
            row.put(self._indent + column, "|", paint)
        return row

    def _columns(self, marks: list[Mark], shown: _Shown) -> dict[int, Paint]:
        return {shown.column(mark.start.column): mark.paint for mark in marks}


def _points(mark: Mark, line: int) -> Iterator[tuple[int, int]]:
    if mark.start.line == line:
        yield mark.start.column, mark.end.column if mark.is_single else mark.start.column + 1
    elif mark.end.line == line:
        yield max(mark.end.column - 1, 0), mark.end.column
