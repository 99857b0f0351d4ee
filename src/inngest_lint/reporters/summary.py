"""Summaries: a whole report in a line or two."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Diagnostic, Severity
from inngest_lint.report import Report
from inngest_lint.reporters.escape import one_line
from inngest_lint.reporters.places import written


def plural(count: int, noun: str) -> str:
    """A number with its noun."""
    return f"{count} {noun if count == 1 else noun + 's'}"


def summary(report: Report) -> str:
    """What was found, and in how many files."""
    partly = f" ({len(report.partly)} not fully checked)" if report.partly else ""
    if not report.files:
        return "No file was checked."
    if not report.diagnostics:
        clean = "Nothing found" if report.partly else "All clean"
        return f"{clean}: {plural(len(report.files), 'file')} checked{partly}."
    counts = ", ".join(
        plural(report.count(severity), severity.value) for severity in Severity if report.count(severity)
    )
    files = len({diagnostic.span.file for diagnostic in report.diagnostics})
    return f"Found {counts} in {plural(files, 'file')}{partly}."


def hint(report: Report) -> str | None:
    """How to learn more about the worst of what was found."""
    if not report.diagnostics:
        return None
    worst = min(report.diagnostics, key=_rank)
    return f"Explain one with: inngest-lint explain {worst.rule}"


def _rank(diagnostic: Diagnostic) -> int:
    return diagnostic.severity.rank


def unresolved(report: Report) -> Iterator[str]:
    """The places that were not understood, a line for each."""
    for place in report.unresolved:
        yield f"{written(report, place.span)}: not checked: {one_line(place.message)}"
    if report.unresolved:
        yield ""


def suppressed(report: Report) -> Iterator[str]:
    """The findings that comments suppress, a line for each, with the reason that is given."""
    for each in report.suppressed:
        diagnostic = each.diagnostic
        reason = f" (reason: {one_line(each.reason)})" if each.reason else ""
        told = f"{diagnostic.severity.value}[{diagnostic.rule}] {one_line(diagnostic.finding.message)}"
        yield f"{written(report, diagnostic.span)}: suppressed: {told}{reason}"
    if report.suppressed:
        yield ""
