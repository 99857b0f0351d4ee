"""The SARIF format, version 2.1.0: for code scanning, with the way that leads to what each finding is about."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from urllib.parse import quote

from inngest_lint import __version__, pages
from inngest_lint.diagnostic import Diagnostic, Severity
from inngest_lint.fix import Fix
from inngest_lint.report import Report
from inngest_lint.reporters import Sink, Style
from inngest_lint.reporters.places import bounds
from inngest_lint.rule import all_rules
from inngest_lint.text import ColumnUnit, Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME = "https://github.com/inngest-lint/inngest-lint"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT = "%SRCROOT%"


def report(report: Report, out: Sink, style: Style) -> None:  # noqa: ARG001 - the protocol leaves no room for style
    """Write one run: columns are counted from one, in characters, ends are exclusive, paths are percent-encoded."""
    names = sorted({diagnostic.rule for diagnostic in report.diagnostics})
    run = {
        "tool": {
            "driver": {
                "name": "inngest-lint",
                "semanticVersion": __version__,
                "informationUri": _HOME,
                "rules": [_rule(name) for name in names],
            }
        },
        "automationDetails": {"id": "inngest-lint/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [_result(report, diagnostic, names) for diagnostic in report.diagnostics],
    }
    whole = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    out.write(f"{json.dumps(whole, indent=2)}\n")


def _rule(name: str) -> dict[str, object]:
    rule = all_rules().get(name)
    described: dict[str, object] = {"id": name, "helpUri": pages.url(name)}
    if rule is None:
        return described
    page = pages.read(name)
    return {
        **described,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": rule.summary, "markdown": page or rule.summary},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["inngest", rule.category.value], "precision": rule.confidence.value},
    }


def _invocation(report: Report) -> dict[str, object]:
    told = [
        {
            "level": "error",
            "message": {"text": failure.message},
            **(
                {"locations": [{"physicalLocation": {"artifactLocation": _file(failure.file)}}]} if failure.file else {}
            ),
        }
        for failure in report.failures
    ]
    return {"executionSuccessful": not report.failures, "toolExecutionNotifications": told}


def _result(report: Report, diagnostic: Diagnostic, names: list[str]) -> dict[str, object]:
    finding = diagnostic.finding
    text = f"{finding.message}. Help: {finding.help}" if finding.help else finding.message
    result: dict[str, object] = {
        "ruleId": diagnostic.rule,
        "ruleIndex": names.index(diagnostic.rule),
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": text},
        "locations": [_location(report, finding.span, finding.label)],
    }
    if finding.notes:
        told = [_location(report, note.span, note.message) for note in finding.notes]
        result["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(told, 1)]
        way = [_location(report, finding.span, finding.label or finding.message), *told]
        result["codeFlows"] = [{"threadFlows": [{"locations": [{"location": place} for place in way]}]}]
    if finding.fix:
        result["fixes"] = [_fix(report, finding.fix)]
    return result


def _location(report: Report, span: Span, message: str) -> dict[str, object]:
    place = {"physicalLocation": {"artifactLocation": _file(span.file), "region": _region(report, span)}}
    return {**place, "message": {"text": message}} if message else {**place}


def _fix(report: Report, fix: Fix) -> dict[str, object]:
    files = dict.fromkeys(edit.span.file for edit in fix.edits)
    changes = [
        {
            "artifactLocation": _file(file),
            "replacements": [
                {"deletedRegion": _region(report, edit.span), "insertedContent": {"text": edit.text}}
                for edit in fix.edits
                if edit.span.file == file
            ],
        }
        for file in files
    ]
    return {"description": {"text": fix.title}, "artifactChanges": changes}


def _region(report: Report, span: Span) -> dict[str, int]:
    start, end = bounds(report, span, ColumnUnit.CHARACTERS)
    return {
        "startLine": start.line + 1,
        "startColumn": start.column + 1,
        "endLine": end.line + 1,
        "endColumn": end.column + 1,
    }


def _file(file: str) -> dict[str, str]:
    """Where a file is: below the working directory, or, where it is not in there, on the machine."""
    path = PurePosixPath(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(file), "uriBaseId": _ROOT}
