"""The full format: each finding with the source it is about."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint import pages
from inngest_lint.diagnostic import Diagnostic
from inngest_lint.report import Report
from inngest_lint.reporters import Sink, Style
from inngest_lint.reporters.escape import one_line, safe
from inngest_lint.reporters.frame import Frame, Mark, mark
from inngest_lint.reporters.paint import Paint, Painter, of, painter
from inngest_lint.reporters.patch import patch
from inngest_lint.reporters.places import written
from inngest_lint.reporters.summary import hint, summary, suppressed, unresolved
from inngest_lint.reporters.width import wrapped
from inngest_lint.text import Source, Span

_HANGING = "    "


def report(report: Report, out: Sink, style: Style) -> None:
    """Write each finding as a frame, then what there is in all."""
    paint = painter(colour=style.colour)
    for diagnostic in report.diagnostics:
        for row in _Drawing(diagnostic, report, paint, style.width).rows():
            out.write(f"{row}\n")
        out.write("\n")
    for line in unresolved(report) if style.unresolved else ():
        out.write(f"{line}\n")
    for line in suppressed(report) if style.suppressed else ():
        out.write(f"{line}\n")
    if style.summary:
        out.write(f"{paint(summary(report), Paint.STRONG)}\n")
        if (more := hint(report)) is not None:
            out.write(f"{more}\n")


class _Drawing:
    """One finding on its way to rows of text."""

    def __init__(self, diagnostic: Diagnostic, report: Report, paint: Painter, width: int) -> None:
        self._diagnostic = diagnostic
        self._finding = diagnostic.finding
        self._report = report
        self._sources = report.sources
        self._paint = paint
        self._width = width
        self._marks = self._place()
        last = max((mark.end.line for marks in self._marks.values() for mark in marks), default=0)
        self._gutter = len(str(last + 1))
        self._beside = width - self._gutter - len(" | ")

    def rows(self) -> Iterator[str]:
        """The heading, the frames, and what there is to say after them."""
        yield from self._heading()
        yield from self._frames()
        yield from self._notes()
        if self._finding.help:
            yield from self._saying("help", self._finding.help, Paint.HELP)
        if self._finding.fix is not None and self._finding.span.file in self._sources:
            yield from self._fix(self._sources[self._finding.span.file])
        yield from self._saying("docs", pages.url(self._diagnostic.rule), Paint.STRONG)

    def _heading(self) -> Iterator[str]:
        severity, paint = self._diagnostic.severity, self._paint
        head = f"{severity.value}[{self._diagnostic.rule}]"
        first, *others = wrapped(f"{head}: {one_line(self._finding.message)}", self._width)
        yield paint(head, of(severity)) + paint(first[len(head) :], Paint.STRONG)
        for line in others:
            yield _HANGING + paint(line, Paint.STRONG)

    def _place(self) -> dict[str, list[Mark]]:
        """The marks of each file, that of the fault itself first."""
        finding, places = self._finding, self._sources
        marks: dict[str, list[Mark]] = {}
        if finding.span.file in places:
            first = mark(places[finding.span.file], finding.span, finding.label, "^", of(self._diagnostic.severity))
            marks[finding.span.file] = [first]
        for note in finding.notes:
            if note.span.file in places:
                other = mark(places[note.span.file], note.span, note.message, "-", Paint.GUTTER)
                marks.setdefault(note.span.file, []).append(other)
        return marks

    def _frames(self) -> Iterator[str]:
        if self._finding.span.file not in self._marks:
            yield self._arrow("-->", self._finding.span)
        for file, marks in self._marks.items():
            yield self._arrow("-->" if file == self._finding.span.file else ":::", self._first(file))
            yield self._bar()
            yield from Frame(self._sources[file], marks, self._gutter, self._beside).render(self._paint)
            yield self._bar()

    def _first(self, file: str) -> Span:
        if file == self._finding.span.file:
            return self._finding.span
        return next(note.span for note in self._finding.notes if note.span.file == file)

    def _notes(self) -> Iterator[str]:
        for note in self._finding.notes:
            if note.span.file not in self._sources:
                yield from self._saying("note", f"{note.message} ({written(self._report, note.span)})", Paint.STRONG)

    def _fix(self, source: Source) -> Iterator[str]:
        fix = self._finding.fix
        assert fix is not None, "asked for the fix of a finding without one"
        trust = self._paint(f"fix ({fix.applicability.value})", Paint.HELP)
        yield f"{trust}: {one_line(fix.title)}"
        yield self._bar()
        for sign, line in patch(source, fix, self._beside - len("+ ")):
            yield f"{self._bar()} {self._paint(sign, Paint.ERROR if sign == '-' else Paint.HELP)} {line}".rstrip()
        yield self._bar()

    def _arrow(self, sign: str, span: Span) -> str:
        return " " * self._gutter + self._paint(sign, Paint.GUTTER) + f" {written(self._report, span)}"

    def _bar(self) -> str:
        return " " * self._gutter + self._paint(" |", Paint.GUTTER)

    def _saying(self, what: str, text: str, paint: Paint) -> Iterator[str]:
        before = " " * self._gutter + " = "
        blank = " " * len(f"{before}{what}: ")
        first, *others = self._lines(safe(text), self._width - len(blank))
        yield self._paint(before, Paint.GUTTER) + self._paint(f"{what}:", paint) + f" {first}"
        for line in others:
            yield (blank + line).rstrip()

    def _lines(self, text: str, room: int) -> Iterator[str]:
        """The lines of a text, broken where they are too long; one that is indented is code, and left as it is."""
        for line in text.split("\n"):
            yield from (line,) if line[:1].isspace() else wrapped(line, room)
