"""The Markdown format: a summary for a pull request, or for a job."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from inngest_lint import pages
from inngest_lint.diagnostic import Diagnostic
from inngest_lint.report import Report
from inngest_lint.reporters import Sink, Style
from inngest_lint.reporters.escape import one_line, safe_path
from inngest_lint.reporters.places import written
from inngest_lint.reporters.summary import plural, summary

# A comment on GitHub holds 65,536 characters; some room is left for what comes after the rows.
_ROOM = 60_000
# What makes anything but text of a text, wherever it stands in a line.
_SIGNS = re.compile(r"[\\`*_\[\]<>#~|&$]")
_CODE = re.compile(r"`([^`]+)`")


def report(report: Report, out: Sink, style: Style) -> None:
    """Write a heading, what there is in all, and a table as long as a comment may be."""
    out.write("## inngest-lint\n\n")
    if style.summary or not report.diagnostics:
        out.write(f"{_prose(summary(report))}\n")
    shown = 0
    for shown, row in enumerate(_fitting(_row(report, each) for each in report.diagnostics), 1):
        out.write(row if shown > 1 else f"\n| severity | rule | place | finding |\n|---|---|---|---|\n{row}")
    if shown < len(report.diagnostics):
        out.write(f"\nand {plural(len(report.diagnostics) - shown, 'more finding')}, which would not fit in here.\n")
    if report.failures:
        out.write("\nNot everything could be checked:\n\n")
    for failure in report.failures:
        place = f"{_code(safe_path(failure.file))}: " if failure.file else ""
        out.write(f"- {place}{_prose(failure.message)}\n")


def _fitting(rows: Iterable[str]) -> Iterator[str]:
    room = _ROOM
    for row in rows:
        room -= len(row)
        if room < 0:
            return
        yield row


def _row(report: Report, diagnostic: Diagnostic) -> str:
    finding, rule = diagnostic.finding, diagnostic.rule
    advice = f" — {_prose(finding.help)}" if finding.help else ""
    place = _code(written(report, finding.span))
    link = f"[{_code(rule)}]({pages.url(rule)})"
    return f"| {diagnostic.severity.value} | {link} | {place} | {_prose(finding.message)}{advice} |\n"


def _prose(text: str) -> str:
    """A message on one line, with its code as code and everything else as nothing but text."""
    parts = _CODE.split(one_line(text))
    return "".join(_code(part) if number % 2 else _plain(part) for number, part in enumerate(parts))


def _code(text: str) -> str:
    # A bar ends a cell of a table even inside of code, and only some readers know how to escape it there.
    return _plain(text) if {"`", "|"} & {*text} or not text.strip() else f"`{text}`"


def _plain(text: str) -> str:
    return _SIGNS.sub(lambda match: f"&#{ord(match.group())};", text)
