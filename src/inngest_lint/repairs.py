"""Repairs: what the fixes of a run change, written to its files or shown as a diff."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.console import coloured, written
from inngest_lint.diagnostic import Diagnostic, Severity
from inngest_lint.mending import Change, Mended, mend, save, standard_output
from inngest_lint.reporters.escape import safe, safe_path
from inngest_lint.reporters.paint import Paint, painter
from inngest_lint.reporters.summary import plural
from inngest_lint.text import shown

if TYPE_CHECKING:
    from inngest_lint.report import Report
    from inngest_lint.request import Progress, Request

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SIGNS = {"-": Paint.ERROR, "+": Paint.HELP, "@": Paint.GUTTER}


@dataclass(frozen=True, slots=True)
class Repairs:
    """What the fixes of a run have changed, or would change where only the difference is asked for."""

    request: Request
    mended: Mended
    is_diff: bool

    @property
    def report(self) -> Report:
        """What is left to report."""
        return self.mended.report

    def beside(self) -> AbstractContextManager[object]:
        """Where the report goes: to standard error where the fixed text has standard output."""
        return redirect_stdout(sys.stderr) if self.request.stdin is not None else nullcontext()

    def finish(self, *, quiet: bool) -> None:
        """Write what came on standard input, with its fixes, to standard output, and say how much was fixed."""
        if self.request.stdin is not None:
            _write_bytes(standard_output(self.request.stdin, self.mended.changes))
        if not quiet:
            self._tell()

    def show(self, file: str | None, color: str, *, quiet: bool) -> int:
        """Write the difference to a file or to standard output, and give the exit code."""
        lines = [line for change in self.mended.changes for line in difference(change)]
        done = True
        if file is not None:
            done = written(file, "".join(lines))
        elif sys.stdout.isatty() or color == "always":
            # A terminal obeys what a program that applies the difference has to be given as it is.
            paint = painter(colour=coloured(color, sys.stdout))
            sys.stdout.writelines(f"{paint(safe(line.rstrip()), _paint(line))}\n" for line in lines)
        else:
            _write_bytes("".join(lines).encode())
        if not quiet:
            self._tell()
        if self.report.failures or not done:
            return 2
        return int(bool(lines))

    def _tell(self) -> None:
        """Say on standard error how much was fixed."""
        sys.stdout.flush()
        if text := summary(self.mended, is_diff=self.is_diff):
            sys.stderr.write(f"{text}\n")


def repaired(request: Request, progress: Progress, *, unsafe: bool, is_diff: bool) -> Repairs:
    """Apply the fixes of a run, and write the files unless only the difference is wanted; raises a `ConfigError`."""
    mended = mend(request, progress, unsafe=unsafe)
    return Repairs(request, mended if is_diff else save(request, mended), is_diff)


def summary(mended: Mended, *, is_diff: bool) -> str:
    """How much was fixed, and how much more could be; empty where there is nothing to say."""
    fixed = [diagnostic for change in mended.changes for diagnostic in change.fixed]
    verb = "Would fix" if is_diff else "Fixed"
    if not fixed:
        return f"{verb} nothing ({mended.unsafe} with --unsafe-fixes)." if mended.unsafe else ""
    more = f" ({mended.unsafe} more with --unsafe-fixes)" if mended.unsafe else ""
    return f"{verb} {_counts(fixed)} in {plural(len(mended.changes), 'file')}{more}."


def difference(change: Change) -> Iterator[str]:
    """The lines of a unified diff of a file, each with its end; a carriage return before that is a part of it."""
    from difflib import unified_diff  # noqa: PLC0415 - few runs show one

    name = safe_path(shown(change.before.file))
    before, after = (_LINE.findall(source.text.decode()) for source in (change.before, change.after))
    for line in unified_diff(before, after, name, name):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _counts(fixed: list[Diagnostic]) -> str:
    counts = {severity: sum(diagnostic.severity is severity for diagnostic in fixed) for severity in Severity}
    return ", ".join(plural(count, severity.value) for severity, count in counts.items() if count)


def _paint(line: str) -> Paint:
    is_name = line.startswith(("--- ", "+++ "))
    return Paint.STRONG if is_name else _SIGNS.get(line[:1], Paint.PLAIN)


def _write_bytes(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
