"""The JUnit format: a test suite for each file, in which each finding is a test that failed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import PurePath

from inngest_lint import pages
from inngest_lint.diagnostic import Diagnostic
from inngest_lint.report import Failure, Report
from inngest_lint.reporters import Sink, Style
from inngest_lint.reporters.escape import one_line, safe, safe_path
from inngest_lint.reporters.places import written

_NAME = "inngest-lint"
_NO_XML = re.compile("[\ufffe\uffff]")


def report(report: Report, out: Sink, style: Style) -> None:  # noqa: ARG001 - the protocol leaves no room for style
    """Write the suites; a file in which nothing was found is a test that passed, and so is a run without files."""
    suites = _files(report)
    failures, errors = len(report.diagnostics), len(report.failures)
    tests = failures + errors + sum(not any(told) for told in suites.values())
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(f'<testsuites name="{_NAME}"{_counts(tests, failures, errors)}>\n')
    for name, (found, failed) in suites.items():
        out.write(f'  <testsuite name="{_xml(safe_path(name))}"')
        out.write(f"{_counts(max(1, len(found) + len(failed)), len(found), len(failed))}>\n")
        for line in _cases(report, name, found, failed):
            out.write(f"    {line}\n")
        out.write("  </testsuite>\n")
    out.write("</testsuites>\n")


def _files(report: Report) -> dict[str, tuple[list[Diagnostic], list[Failure]]]:
    """What there is to say about each file that was looked into, and under the program's name of none in particular."""
    looked_into = [file for file in report.files if file in report.sources]
    suites: dict[str, tuple[list[Diagnostic], list[Failure]]] = {file: ([], []) for file in looked_into}
    for diagnostic in report.diagnostics:
        suites.setdefault(diagnostic.span.file, ([], []))[0].append(diagnostic)
    for failure in report.failures:
        suites.setdefault(failure.file or _NAME, ([], []))[1].append(failure)
    return suites or {_NAME: ([], [])}


def _cases(report: Report, name: str, found: Sequence[Diagnostic], failed: Sequence[Failure]) -> Iterator[str]:
    suite = _xml(safe_path(str(PurePath(name).with_suffix("")) if PurePath(name).name else name))
    if not found and not failed:
        yield f'<testcase name="{_NAME}" classname="{suite}"/>'
    # Whoever reads the report takes tests of one name for one test.
    seen: Counter[str] = Counter()
    for diagnostic in found:
        seen[diagnostic.rule] += 1
        count = f" ({seen[diagnostic.rule]})" if seen[diagnostic.rule] > 1 else ""
        yield f'<testcase name="{_xml(diagnostic.rule + count)}" classname="{suite}">'
        yield (
            f'  <failure type="{_xml(diagnostic.rule)}" message="{_xml(one_line(diagnostic.finding.message))}">'
            f"{_xml(_text(report, diagnostic))}</failure>"
        )
        yield "</testcase>"
    for number, failure in enumerate(failed, 1):
        message = _xml(one_line(failure.message))
        count = f" ({number})" if number > 1 else ""
        yield f'<testcase name="{failure.kind.value}{count}" classname="{suite}">'
        yield f'  <error type="{failure.kind.value}" message="{message}">{message}</error>'
        yield "</testcase>"


def _text(report: Report, diagnostic: Diagnostic) -> str:
    finding = diagnostic.finding
    place = f"{written(report, finding.span)}: {diagnostic.severity.value}[{diagnostic.rule}]"
    lines = [f"{place} {one_line(finding.message)}"]
    lines += [f"note: {written(report, note.span)}: {one_line(note.message)}" for note in finding.notes]
    if finding.help:
        lines.append(f"help: {safe(finding.help)}")
    return "\n".join([*lines, f"docs: {pages.url(diagnostic.rule)}"])


def _counts(tests: int, failures: int, errors: int) -> str:
    return f' tests="{tests}" failures="{failures}" errors="{errors}"'


def _xml(text: str) -> str:
    """Safe text as XML has it, in ASCII, whatever encoding standard output has."""
    escaped = escape(_NO_XML.sub("\ufffd", text)).replace("\t", "&#9;")
    return escaped.encode("ascii", "xmlcharrefreplace").decode("ascii")
