"""Statistics: how often each rule was broken, in place of the findings."""

from __future__ import annotations

import json
from collections import Counter

from inngest_lint.diagnostic import Severity
from inngest_lint.report import Report
from inngest_lint.reporters import Sink, Style
from inngest_lint.reporters.paint import Paint, of, painter
from inngest_lint.reporters.summary import summary


def report(report: Report, out: Sink, style: Style) -> None:
    """Write a table, most frequent first."""
    paint = painter(colour=style.colour)
    counted = _counted(report)
    wide = max((len(str(count)) for _, _, count in counted), default=0)
    names = max((len(rule) for rule, _, _ in counted), default=0)
    for rule, severity, count in counted:
        out.write(f"{count:>{wide}}  {rule:<{names}}  {paint(severity.value, of(severity))}\n")
    if style.summary:
        out.write(f"{paint(summary(report), Paint.STRONG)}\n")


def report_json(report: Report, out: Sink, style: Style) -> None:  # noqa: ARG001 - the protocol leaves no room for style
    """Write the same table for programs."""
    rows = [{"rule": rule, "severity": severity.value, "count": count} for rule, severity, count in _counted(report)]
    out.write(f"{json.dumps({'version': 1, 'statistics': rows}, indent=2)}\n")


def _counted(report: Report) -> list[tuple[str, Severity, int]]:
    counts = Counter((diagnostic.rule, diagnostic.severity) for diagnostic in report.diagnostics)
    rows = [(rule, severity, count) for (rule, severity), count in counts.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1].rank))
