"""Adoption: the commands that accept what is found in old code, in a file of its own or in comments."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from inngest_lint import accepted, ignores
from inngest_lint.accepted import BaselineError, Entry
from inngest_lint.config import ConfigError, Mistake
from inngest_lint.console import draws, say, tell, written
from inngest_lint.diagnostic import Diagnostic, Severity
from inngest_lint.files.writing import NotWrittenError, rewrite
from inngest_lint.linter import Session
from inngest_lint.progress import Bar
from inngest_lint.report import Report
from inngest_lint.reporters.escape import safe_path
from inngest_lint.request import Progress, Request, Settings
from inngest_lint.text import absolute, shown

# A comment may itself be a finding, as where it names a rule that reports nothing; that takes one more round.
_ROUNDS = 3


def write_baseline(request: Request, file: str | None, *, quiet: bool) -> int:
    """Write down everything that a run finds, and give the exit code."""
    try:
        target = file or _configured(request)
        with Bar(visible=draws(sys.stderr) and not quiet) as bar:
            report = Session(request).report(bar)
        others = tuple(_of_other_files(target, request, report))
    except ConfigError as error:
        for mistake in error.mistakes:
            say(Severity.ERROR, str(mistake))
        return 2
    tell(report.failures, verbose=False)
    # What is missing in a baseline would be reported as if it had just been written.
    if report.failures:
        return 2
    found = (*accepted.entries(report.diagnostics, report.sources), *others)
    if not written(target, accepted.write(found, target)):
        return 2
    if not quiet:
        files = len({entry.path for entry in found})
        say(Severity.INFO, f"{_counted(len(found), 'finding')} in {_counted(files, 'file')} accepted in `{target}`")
    return 0


def tell_baseline(report: Report, *, verbose: bool) -> None:
    """Say what a baseline did, and which of its entries match nothing any more."""
    if verbose:
        say(Severity.INFO, f"{_counted(report.accepted, 'finding')} accepted by the baseline")
    if not report.stale:
        return
    one = len(report.stale) == 1
    entries = "1 entry of the baseline matches" if one else f"{len(report.stale)} entries of the baseline match"
    say(Severity.WARNING, f"{entries} nothing any more; `inngest-lint baseline` writes it again")
    for entry in report.stale if verbose else ():
        say(Severity.INFO, f"{safe_path(shown(entry.path))}: {entry.rule} is no longer found")


def add_ignores(request: Request, reason: str, progress: Progress, *, quiet: bool) -> None:
    """Write a comment for everything that a run finds; what cannot be silenced is left, and told where it should be."""
    session, files = Session(request), set[str]()
    count, last = 0, -1
    for _ in range(_ROUNDS):
        if count == last:
            break
        last = count
        report = session.report(progress)
        for file, added in _added(report, reason):
            files.add(file)
            count += added
    if count and not quiet:
        say(Severity.INFO, f"{_counted(count, 'finding')} suppressed in {_counted(len(files), 'file')}")


def _added(report: Report, reason: str) -> Iterator[tuple[str, int]]:
    """The files that could be given comments, each with how many findings these suppress."""
    for file, found in _by_file(report).items():
        before = report.sources[file]
        after = ignores.added(before, found, reason)
        if after is None:
            continue
        try:
            rewrite(before, after.source)
        except NotWrittenError as error:
            say(Severity.ERROR, f"{safe_path(file)}: left as it is: {error}")
        else:
            yield file, after.count


def _by_file(report: Report) -> Mapping[str, list[Diagnostic]]:
    found: dict[str, list[Diagnostic]] = {}
    for diagnostic in report.diagnostics:
        # What only a manifest names has no code beside which a comment could stand.
        if diagnostic.span.file in report.files:
            found.setdefault(diagnostic.span.file, []).append(diagnostic)
    return found


def _configured(request: Request) -> str:
    """The file that the configuration names, or the one that is used where none does."""
    baseline = Settings(request).here().baseline
    return shown(str(baseline)) if baseline is not None else accepted.DEFAULT


def _of_other_files(target: str, request: Request, report: Report) -> Iterator[Entry]:
    """The entries of an older file about what the run was not asked to look at."""
    if not os.path.lexists(target):
        return
    try:
        entries = accepted.read(target)
    except BaselineError as error:
        raise ConfigError([Mistake(Path(absolute(target)), None, "--output", str(error))]) from None
    read = {absolute(file) for file in report.files}
    for entry in entries:
        if entry.path not in read and os.path.lexists(entry.path) and not accepted.covers(request.paths, entry.path):
            yield entry


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
