"""The reviewdog format: one object of its Diagnostic Format, with fixes as suggestions."""

from __future__ import annotations

import json

from inngest_lint import pages
from inngest_lint.diagnostic import Diagnostic
from inngest_lint.fix import Applicability, Fix, apply
from inngest_lint.report import Report
from inngest_lint.reporters import Sink, Style
from inngest_lint.reporters.escape import well_formed
from inngest_lint.reporters.places import bounds, written
from inngest_lint.text import ColumnUnit, Span

_HOME = "https://github.com/inngest-lint/inngest-lint"


def report(report: Report, out: Sink, style: Style) -> None:  # noqa: ARG001 - the protocol leaves no room for style
    """Write the object: lines and columns are counted from one, in bytes of UTF-8, ends are exclusive."""
    whole = {
        "source": {"name": "inngest-lint", "url": _HOME},
        "diagnostics": [_diagnostic(report, diagnostic) for diagnostic in report.diagnostics],
    }
    out.write(f"{json.dumps(whole, indent=2)}\n")


def _diagnostic(report: Report, diagnostic: Diagnostic) -> dict[str, object]:
    finding = diagnostic.finding
    shown: dict[str, object] = {
        "message": well_formed(_message(report, diagnostic)),
        "location": {"path": well_formed(finding.span.file), "range": _range(report, finding.span)},
        "severity": diagnostic.severity.value.upper(),
        "code": {"value": diagnostic.rule, "url": pages.url(diagnostic.rule)},
    }
    suggestion = _suggestion(report, finding.span.file, finding.fix) if finding.fix else None
    if suggestion:
        shown["suggestions"] = [suggestion]
    return shown


def _message(report: Report, diagnostic: Diagnostic) -> str:
    """What is said of a finding; the format has no other place for what belongs to it."""
    finding = diagnostic.finding
    lines = [finding.message, *(f"note: {written(report, note.span)}: {note.message}" for note in finding.notes)]
    return "\n".join([*lines, f"help: {finding.help}"] if finding.help else lines)


def _suggestion(report: Report, file: str, fix: Fix) -> dict[str, object] | None:
    """A fix as the one text that takes the place of all that it touches; None where it cannot be that."""
    source = report.sources.get(file)
    is_elsewhere = any(edit.span.file != file for edit in fix.edits)
    if source is None or is_elsewhere or fix.applicability is Applicability.DISPLAY:
        return None
    start, end = min(edit.span.start for edit in fix.edits), max(edit.span.end for edit in fix.edits)
    mended = apply(source, [fix]).source
    text = mended.text[start : end + len(mended.text) - len(source.text)].decode("utf-8", "replace")
    return {"range": _range(report, Span(file, start, end)), "text": well_formed(text)}


def _range(report: Report, span: Span) -> dict[str, dict[str, int]]:
    start, end = bounds(report, span, ColumnUnit.BYTES)
    return {
        "start": {"line": start.line + 1, "column": start.column + 1},
        "end": {"line": end.line + 1, "column": end.column + 1},
    }
