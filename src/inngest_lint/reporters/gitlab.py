"""The GitLab format: a code quality report, for the widget and the differences of merge requests."""

from __future__ import annotations

import hashlib
import json

from inngest_lint.diagnostic import Diagnostic, Severity
from inngest_lint.report import Failure, Report
from inngest_lint.reporters import Sink, Style
from inngest_lint.reporters.escape import one_line, well_formed
from inngest_lint.reporters.fingerprint import fingerprints
from inngest_lint.reporters.places import below, bounds
from inngest_lint.text import ColumnUnit

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
_ROOT = "CI_PROJECT_DIR"


def report(report: Report, out: Sink, style: Style) -> None:  # noqa: ARG001 - the protocol leaves no room for style
    """Write an array of violations; lines are counted from one."""
    known = fingerprints(report, report.diagnostics)
    found = [_violation(report, *each) for each in zip(report.diagnostics, known, strict=True)]
    failed = [_failed(failure) for failure in report.failures]
    out.write(f"{json.dumps([*found, *failed], indent=2)}\n")


def _violation(report: Report, diagnostic: Diagnostic, fingerprint: str) -> dict[str, object]:
    finding = diagnostic.finding
    start, end = bounds(report, finding.span, ColumnUnit.CHARACTERS)
    # GitLab shows the description and not the name of the check.
    told = f"{diagnostic.rule}: {one_line(finding.message)}"
    return {
        "description": f"{told} ({one_line(finding.help)})" if finding.help else told,
        "check_name": diagnostic.rule,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {
            "path": _path(finding.span.file),
            "lines": {"begin": start.line + 1, "end": end.line + 1},
        },
    }


def _failed(failure: Failure) -> dict[str, object]:
    known = f"{failure.kind.value}\0{failure.file}\0{failure.message}"
    return {
        "description": f"not checked: {one_line(failure.message)}",
        "check_name": f"inngest-lint-{failure.kind.value}",
        "fingerprint": hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()[:32],
        "severity": "critical",
        "location": {"path": _path(failure.file) if failure.file else ".", "lines": {"begin": 1, "end": 1}},
    }


def _path(file: str) -> str:
    return well_formed(below(file, _ROOT))
