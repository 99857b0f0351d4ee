"""The LSP format: what an editor is to be sent for each file."""

from __future__ import annotations

import json
import os
from pathlib import Path

from inngest_lint import pages
from inngest_lint.diagnostic import Diagnostic, Severity
from inngest_lint.fix import Fix
from inngest_lint.report import Report
from inngest_lint.reporters import Sink, Style
from inngest_lint.reporters.places import bounds
from inngest_lint.text import ColumnUnit, Span

_SEVERITY = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFO: 3}


def report(report: Report, out: Sink, style: Style) -> None:  # noqa: ARG001 - the protocol leaves no room for style
    """Write an array of `PublishDiagnosticsParams`; a file without findings clears what the editor shows."""
    files: dict[str, list[Diagnostic]] = {file: [] for file in report.files}
    for diagnostic in report.diagnostics:
        files.setdefault(diagnostic.span.file, []).append(diagnostic)
    published = [
        {"uri": _uri(file), "diagnostics": [_diagnostic(report, diagnostic) for diagnostic in diagnostics]}
        for file, diagnostics in sorted(files.items())
    ]
    out.write(f"{json.dumps(published, indent=2)}\n")


def _diagnostic(report: Report, diagnostic: Diagnostic) -> dict[str, object]:
    finding = diagnostic.finding
    shown: dict[str, object] = {
        "range": _range(report, finding.span),
        "severity": _SEVERITY[diagnostic.severity],
        "code": diagnostic.rule,
        "codeDescription": {"href": pages.url(diagnostic.rule)},
        "source": "inngest-lint",
        "message": f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message,
    }
    if finding.notes:
        shown["relatedInformation"] = [
            {"location": {"uri": _uri(note.span.file), "range": _range(report, note.span)}, "message": note.message}
            for note in finding.notes
        ]
    if finding.fix:
        shown["data"] = {"fix": _fix(report, finding.fix)}
    return shown


def _fix(report: Report, fix: Fix) -> dict[str, object]:
    return {
        "title": fix.title,
        "applicability": fix.applicability.value,
        "edits": [{"range": _range(report, edit.span), "newText": edit.text} for edit in fix.edits],
    }


def _range(report: Report, span: Span) -> dict[str, dict[str, int]]:
    start, end = bounds(report, span, ColumnUnit.UTF16)
    return {
        "start": {"line": start.line, "character": start.column},
        "end": {"line": end.line, "character": end.column},
    }


def _uri(file: str) -> str:
    return Path(os.path.abspath(file)).as_uri()  # noqa: PTH100 - `resolve` would leave the path the editor knows
