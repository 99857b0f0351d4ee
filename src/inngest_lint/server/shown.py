"""Shown: what an editor shows of a file, and what stays of it while the file cannot be parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from inngest_lint.diagnostic import Diagnostic, Note
from inngest_lint.report import Report
from inngest_lint.server.difference import shared
from inngest_lint.text import Source, Span

_SYNTAX_ERROR = "syntax-error"
# Where a statement of the top level begins: not what closes the one above, nor a comment.
_OPENING = re.compile(rb"^[^\s)\]}#/]", re.MULTILINE)
_DECORATOR = b"@"


@dataclass(frozen=True, slots=True)
class Shown:
    """The diagnostics of a file, and the report that knows the texts they stand in."""

    report: Report
    diagnostics: tuple[Diagnostic, ...]


def shown(before: Mapping[str, Shown], report: Report, typed: Iterable[str]) -> Mapping[str, Shown]:
    """What is to be shown of each file after a run, given what was shown before it.

    While one of the files that are being `typed` is broken, what it declares is missing everywhere: of files whose
    text is the same, what was found before holds. In the broken file itself, the statements that cannot be parsed
    keep what was found in them.
    """
    broken = report.partly.intersection(typed)
    return {
        file: _of_broken(before.get(file), report, file, found)
        if file in broken
        else _of_sound(before.get(file), Shown(report, found), file, is_whole=not broken)
        for file, found in _by_file(report).items()
    }


def _by_file(report: Report) -> Mapping[str, tuple[Diagnostic, ...]]:
    files: dict[str, list[Diagnostic]] = {file: [] for file in report.files}
    for diagnostic in report.diagnostics:
        files.setdefault(diagnostic.span.file, []).append(diagnostic)
    return {file: tuple(found) for file, found in files.items()}


def _of_sound(before: Shown | None, now: Shown, file: str, *, is_whole: bool) -> Shown:
    if is_whole or before is None:
        return now
    return before if _text(before.report, file) == _text(now.report, file) else now


def _of_broken(before: Shown | None, report: Report, file: str, found: tuple[Diagnostic, ...]) -> Shown:
    if before is None or file not in before.report.sources:
        return Shown(report, found)
    source = report.sources[file]
    move = _Move(before.report.sources[file], source)
    statements = [_statement(source, each.span.start) for each in found if each.rule == _SYNTAX_ERROR]
    known = {(each.rule, each.span) for each in found}
    kept = [
        moved
        for moved in move.all(before.diagnostics)
        if moved.rule != _SYNTAX_ERROR
        and (moved.rule, moved.span) not in known
        and any(start <= moved.span.start < end for start, end in statements)
    ]
    return Shown(report, tuple(sorted((*found, *kept), key=lambda each: each.span)))


def _text(report: Report, file: str) -> bytes | None:
    source = report.sources.get(file)
    return source.text if source is not None else None


def _statement(source: Source, offset: int) -> tuple[int, int]:
    """About the statement of the top level that an offset is in, decorators included, as far as margins tell."""
    starts = [match.start() for match in _OPENING.finditer(source.text)]
    heads = [
        start
        for start, above in zip(starts, (None, *starts), strict=False)
        if above is None or source.text[above : above + 1] != _DECORATOR
    ]
    end = next((start for start in heads if start > offset), len(source.text))
    return max((start for start in heads if start <= offset), default=0), end


class _Move:
    """The way of what stands in one text to its place in another, where it was not typed over."""

    def __init__(self, before: Source, after: Source) -> None:
        one, other = before.text, after.text
        self._file = after.file
        self._head, tail = shared(one, other)
        self._tail = len(one) - tail
        self._shift = len(other) - len(one)

    def all(self, diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """Those diagnostics whose code is still there; their fixes, made for other code, are not."""
        for diagnostic in diagnostics:
            finding = diagnostic.finding
            span = self._span(finding.span)
            if span is not None:
                notes = tuple(self._notes(finding.notes))
                yield replace(diagnostic, finding=replace(finding, span=span, notes=notes, fix=None))

    def _notes(self, notes: Iterable[Note]) -> Iterator[Note]:
        for note in notes:
            span = self._span(note.span)
            if span is not None:
                yield replace(note, span=span)

    def _span(self, span: Span) -> Span | None:
        if span.file != self._file or span.end <= self._head:
            return span
        if span.start >= self._tail:
            return Span(span.file, span.start + self._shift, span.end + self._shift)
        return None
