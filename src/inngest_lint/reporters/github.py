"""The GitHub format: workflow commands, which GitHub Actions shows as annotations beside the code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.diagnostic import Diagnostic, Severity
from inngest_lint.report import Failure, Report
from inngest_lint.reporters import Sink, Style
from inngest_lint.reporters.escape import one_line, safe, safe_path
from inngest_lint.reporters.places import below, bounds, written
from inngest_lint.reporters.summary import plural, summary
from inngest_lint.text import ColumnUnit

# GitHub shows the first ten of each kind that a step writes; the tenth notice says what is left out.
_SHOWN = {"error": 10, "warning": 10, "notice": 9}
_KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_ROOT = "GITHUB_WORKSPACE"


@dataclass(frozen=True, slots=True)
class _Annotation:
    """What one workflow command says."""

    kind: str
    title: str
    place: tuple[tuple[str, str], ...]
    text: str

    def command(self) -> str:
        """The command, with nothing left in it that would end it or begin another one."""
        given = (("title", self.title), *self.place)
        properties = ",".join(f"{name}={_property(value)}" for name, value in given)
        return f"::{self.kind} {properties}::{_data(self.text)}"


def report(report: Report, out: Sink, style: Style) -> None:
    """Write the worst findings as annotations, as many as GitHub shows, and the others into the log."""
    left = dict(_SHOWN)
    hidden: list[_Annotation] = []
    for annotation in sorted(_annotations(report), key=lambda each: [*_SHOWN].index(each.kind)):
        if left[annotation.kind]:
            left[annotation.kind] -= 1
            out.write(f"{annotation.command()}\n")
        else:
            hidden.append(annotation)
    if hidden:
        told = f"{plural(len(hidden), 'more finding')} in the log: GitHub shows ten annotations of a kind"
        out.write(f"{_Annotation('notice', 'inngest-lint', (), told).command()}\n")
        out.write(_folded(f"{plural(len(hidden), 'more finding')}", "".join(f"{each.text}\n" for each in hidden)))
    if style.summary:
        out.write(f"{summary(report)}\n")


def _annotations(report: Report) -> Iterator[_Annotation]:
    for failure in report.failures:
        yield _failed(failure)
    for diagnostic in report.diagnostics:
        yield _annotation(report, diagnostic)


def _failed(failure: Failure) -> _Annotation:
    place = (("file", safe(below(failure.file, _ROOT))),) if failure.file else ()
    where = f"{safe_path(failure.file)}: " if failure.file else ""
    return _Annotation("error", "inngest-lint", place, f"{where}{one_line(failure.message)}")


def _annotation(report: Report, diagnostic: Diagnostic) -> _Annotation:
    finding = diagnostic.finding
    start, end = bounds(report, finding.span, ColumnUnit.CHARACTERS)
    file = safe(below(finding.span.file, _ROOT))
    place = [("file", file), ("line", str(start.line + 1)), ("endLine", str(end.line + 1))]
    if start.line == end.line:
        # GitHub takes columns for a place within one line only.
        place += [("col", str(start.column + 1)), ("endColumn", str(end.column + 1))]
    return _Annotation(_KINDS[diagnostic.severity], diagnostic.rule, tuple(place), _text(report, diagnostic))


def _text(report: Report, diagnostic: Diagnostic) -> str:
    # The log has no more than this of an annotation, so that it says the place once more.
    finding = diagnostic.finding
    lines = [f"{written(report, finding.span)}: {diagnostic.rule}: {one_line(finding.message)}"]
    lines += [f"note: {written(report, note.span)}: {one_line(note.message)}" for note in finding.notes]
    if finding.help:
        lines.append(f"help: {safe(finding.help)}")
    return "\n".join(lines)


def _folded(title: str, text: str) -> str:
    """Text in the log behind a title, in which the runner obeys nothing until the text has ended."""
    token = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return f"::group::{title}\n::stop-commands::{token}\n{text}::{token}::\n::endgroup::\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
