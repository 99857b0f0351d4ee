"""The concise format: one line for each finding."""

from __future__ import annotations

from inngest_lint.diagnostic import Diagnostic
from inngest_lint.report import Report
from inngest_lint.reporters import Sink, Style
from inngest_lint.reporters.escape import one_line
from inngest_lint.reporters.paint import Paint, Painter, of, painter
from inngest_lint.reporters.places import written
from inngest_lint.reporters.summary import summary, suppressed, unresolved


def report(report: Report, out: Sink, style: Style) -> None:
    """Write a line for each finding, then what there is in all."""
    paint = painter(colour=style.colour)
    for diagnostic in report.diagnostics:
        out.write(f"{_line(report, diagnostic, paint)}\n")
    for line in unresolved(report) if style.unresolved else ():
        out.write(f"{line}\n")
    for line in suppressed(report) if style.suppressed else ():
        out.write(f"{line}\n")
    if style.summary:
        out.write(f"{paint(summary(report), Paint.STRONG)}\n")


def _line(report: Report, diagnostic: Diagnostic, paint: Painter) -> str:
    finding, severity = diagnostic.finding, diagnostic.severity
    where = paint(f"{written(report, diagnostic.span)}:", Paint.STRONG)
    name = paint(f"{severity.value}[{diagnostic.rule}]", of(severity))
    advice = f" (help: {one_line(finding.help)})" if finding.help else ""
    return f"{where} {name} {one_line(finding.message)}{advice}"
