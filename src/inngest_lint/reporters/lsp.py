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
        {"uri": uri(file), "diagnostics": [told(report, diagnostic, ColumnUnit.UTF16) for diagnostic in diagnostics]}
        for file, diagnostics in sorted(files.items())
    ]
    out.write(f"{json.dumps(published, indent=2)}\n")


def told(report: Report, diagnostic: Diagnostic, unit: ColumnUnit) -> dict[str, object]:
    """A `Diagnostic` of the protocol, with its columns in the unit that was agreed on."""
    finding = diagnostic.finding
    shown: dict[str, object] = {
        "range": extent(report, finding.span, unit),
        "severity": _SEVERITY[diagnostic.severity],
        "code": diagnostic.rule,
        "codeDescription": {"href": pages.url(diagnostic.rule)},
        "source": "inngest-lint",
        "message": f"{finding.message}\nhelp: {finding.help}" if finding.help else finding.message,
    }
    if finding.notes:
        shown["relatedInformation"] = [
            {
                "location": {"uri": uri(note.span.file), "range": extent(report, note.span, unit)},
                "message": note.message,
            }
            for note in finding.notes
        ]
    if finding.fix:
        shown["data"] = {"fix": _fix(report, finding.fix, unit)}
    return shown


def _fix(report: Report, fix: Fix, unit: ColumnUnit) -> dict[str, object]:
    return {
        "title": fix.title,
        "applicability": fix.applicability.value,
        "edits": [{"range": extent(report, edit.span, unit), "newText": edit.text} for edit in fix.edits],
    }


def extent(report: Report, span: Span, unit: ColumnUnit) -> dict[str, dict[str, int]]:
    """A `Range` of the protocol."""
    start, end = bounds(report, span, unit)
    return {
        "start": {"line": start.line, "character": start.column},
        "end": {"line": end.line, "character": end.column},
    }


def uri(file: str) -> str:
    """The address of a file."""
    return Path(os.path.abspath(file)).as_uri()  # noqa: PTH100 - `resolve` would leave the path the editor knows
