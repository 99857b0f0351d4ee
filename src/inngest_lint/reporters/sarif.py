"""The SARIF format, version 2.1.0: for code scanning, with the way that leads to what each finding is about."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from inngest_lint import __version__, pages
from inngest_lint.diagnostic import Diagnostic, Severity, Suppressed
from inngest_lint.fix import Fix
from inngest_lint.report import Report
from inngest_lint.reporters import Sink, Style
from inngest_lint.reporters.fingerprint import fingerprints, line_hashes
from inngest_lint.reporters.places import below, bounds
from inngest_lint.rule import all_rules
from inngest_lint.text import ColumnUnit, Span

_FINGERPRINT = "inngestLint/v1"
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME = "https://github.com/inngest-lint/inngest-lint"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_CATEGORIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
_ROOT, _WORKSPACE = "%SRCROOT%", "GITHUB_WORKSPACE"


def report(report: Report, out: Sink, style: Style) -> None:
    """Write one run: columns are counted from one, in characters, ends are exclusive, paths are percent-encoded."""
    silenced = report.suppressed if style.suppressed else ()
    everything = (*report.diagnostics, *(each.diagnostic for each in silenced))
    names = sorted({diagnostic.rule for diagnostic in everything})
    results = _results(report, everything, names)
    for result, suppressed in zip(results[len(report.diagnostics) :], silenced, strict=True):
        result["suppressions"] = [_suppression(suppressed)]
    run = {
        "tool": {"driver": _driver(names)},
        "automationDetails": {"id": "inngest-lint/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "the root of the repository"}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": results,
    }
    whole = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    out.write(f"{json.dumps(whole, indent=2)}\n")


def _driver(names: Sequence[str]) -> dict[str, object]:
    return {
        "name": "inngest-lint",
        "semanticVersion": __version__,
        "informationUri": _HOME,
        "rules": [_rule(name) for name in names],
    }


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
        "help": {"text": page or rule.summary, "markdown": page or rule.summary},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["inngest", rule.category.value],
            "precision": rule.confidence.value,
            "problem": {"severity": _CATEGORIES[rule.severity]},
        },
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
    told += [
        {
            "level": "warning",
            "message": {"text": "not fully checked"},
            "locations": [{"physicalLocation": {"artifactLocation": _file(file)}}],
        }
        for file in sorted(report.partly, key=os.fsencode)
    ]
    return {"executionSuccessful": not report.failures, "toolExecutionNotifications": told}


def _results(report: Report, diagnostics: Sequence[Diagnostic], names: list[str]) -> list[dict[str, object]]:
    files = {diagnostic.span.file for diagnostic in diagnostics} & report.sources.keys()
    hashes = {file: line_hashes(report.sources[file]) for file in files}
    results = [_result(report, diagnostic, names) for diagnostic in diagnostics]
    for result, diagnostic, known in zip(results, diagnostics, fingerprints(report, diagnostics), strict=True):
        result["partialFingerprints"] = {**_line_hash(report, diagnostic, hashes), _FINGERPRINT: known}
    return results


def _line_hash(report: Report, diagnostic: Diagnostic, hashes: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What GitHub knows a finding by; nothing where the text of its file is not at hand."""
    span = diagnostic.span
    if span.file not in hashes:
        return {}
    return {"primaryLocationLineHash": hashes[span.file][report.sources[span.file].line_of(span.start)]}


def _suppression(suppressed: Suppressed) -> dict[str, object]:
    reason = {"justification": suppressed.reason} if suppressed.reason else {}
    return {"kind": "inSource", "status": "accepted", **reason}


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
    """Where a file is: below the root of the repository, or, where it is not in there, on the machine."""
    path = below(file, _WORKSPACE)
    if PurePosixPath(path).is_absolute():
        return {"uri": PurePosixPath(path).as_uri()}
    return {"uri": quote(os.fsencode(path)), "uriBaseId": _ROOT}
