"""The JSON format: one object, for programs."""

from __future__ import annotations

import json
from typing import TypedDict

from inngest_lint import pages
from inngest_lint.diagnostic import Diagnostic, Severity
from inngest_lint.fix import Edit, Fix
from inngest_lint.report import Report
from inngest_lint.reporters import Sink, Style
from inngest_lint.reporters.places import bounds
from inngest_lint.rule import all_rules
from inngest_lint.text import ColumnUnit, Span

VERSION = 1


class _Place(TypedDict):
    line: int
    column: int
    end_line: int
    end_column: int


def report(report: Report, out: Sink, style: Style) -> None:
    """Write the object: lines and columns are counted from one, in characters, ends are exclusive."""
    whole: dict[str, object] = {
        "version": VERSION,
        "diagnostics": [_diagnostic(report, diagnostic) for diagnostic in report.diagnostics],
        "summary": _summary(report),
        "errors": [
            {"kind": failure.kind.value, "path": failure.file, "message": failure.message}
            for failure in report.failures
        ],
    }
    if style.unresolved:
        whole["unresolved"] = [
            {"path": place.span.file, **_place(report, place.span), "message": place.message}
            for place in report.unresolved
        ]
    if style.suppressed:
        whole["suppressed"] = [
            {**_diagnostic(report, each.diagnostic), "reason": each.reason} for each in report.suppressed
        ]
    out.write(f"{json.dumps(whole, indent=2)}\n")


def _diagnostic(report: Report, diagnostic: Diagnostic) -> dict[str, object]:
    finding, rule = diagnostic.finding, all_rules().get(diagnostic.rule)
    return {
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.value,
        "confidence": diagnostic.confidence.value,
        "category": rule.category.value if rule else None,
        "message": finding.message,
        "label": finding.label,
        "help": finding.help,
        "path": finding.span.file,
        **_place(report, finding.span),
        "url": pages.url(diagnostic.rule),
        "notes": [
            {"message": note.message, "path": note.span.file, **_place(report, note.span)} for note in finding.notes
        ],
        "fix": _fix(report, finding.fix) if finding.fix else None,
    }


def _fix(report: Report, fix: Fix) -> dict[str, object]:
    return {
        "title": fix.title,
        "applicability": fix.applicability.value,
        "edits": [_edit(report, edit) for edit in fix.edits],
    }


def _edit(report: Report, edit: Edit) -> dict[str, object]:
    return {"path": edit.span.file, **_place(report, edit.span), "text": edit.text}


def _place(report: Report, span: Span) -> _Place:
    start, end = bounds(report, span, ColumnUnit.CHARACTERS)
    return {
        "line": start.line + 1,
        "column": start.column + 1,
        "end_line": end.line + 1,
        "end_column": end.column + 1,
    }


def _summary(report: Report) -> dict[str, int]:
    return {
        **{severity.value: report.count(severity) for severity in Severity},
        "total": len(report.diagnostics),
        "suppressed": len(report.suppressed),
        "files": len(report.files),
        "partly_checked": len(report.partly),
    }
