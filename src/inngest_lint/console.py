"""The console: what is told beside the report, and where the report goes."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from inngest_lint.diagnostic import Severity
from inngest_lint.files.writing import replace
from inngest_lint.report import Failure, FailureKind
from inngest_lint.reporters.escape import safe, safe_path
from inngest_lint.reporters.paint import of, painter, wanted

_NARROW, _WIDE = 60, 140
_ISSUES = "https://github.com/inngest-lint/inngest-lint/issues/new"


def coloured(choice: str, stream: TextIO) -> bool:
    """Whether what is written to a stream is to have colour."""
    return wanted(choice, os.environ, terminal=stream.isatty())


def draws(stream: TextIO) -> bool:
    """Whether a stream is a terminal on which something can be drawn over."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width(stream: TextIO) -> int | None:
    """The columns of the terminal a stream writes to; None where it writes to none."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def report_width() -> int:
    """How many columns a report may take."""
    columns = width(sys.stdout)
    return _WIDE if columns is None else min(_WIDE, max(_NARROW, columns))


def say(severity: Severity, text: str) -> None:
    """Tell the user something that is no finding."""
    paint = painter(colour=coloured("auto", sys.stderr))
    sys.stderr.write(f"{paint(severity.value, of(severity))}: {safe(text)}\n")


def tell(failures: Iterable[Failure], *, verbose: bool) -> None:
    """Tell the user what could not be done."""
    # What was written before comes first: on a terminal, the two streams are read as one.
    sys.stdout.flush()
    for failure in failures:
        place = f"{safe_path(failure.file)}: " if failure.file else ""
        say(Severity.ERROR, f"{place}{failure.message}")
        if failure.kind is FailureKind.INTERNAL:
            sys.stderr.write(f"  this is a bug in inngest-lint; the rest was checked; please report it: {_ISSUES}\n")
            if verbose:
                sys.stderr.write(safe(failure.details))


def written(path: str, text: str) -> bool:
    """Whether a file could be given a new text; where it could not, the user is told."""
    try:
        write_file(path, text)
    except OSError as error:
        say(Severity.ERROR, f"`{path}` could not be written: {error.strerror}")
        return False
    return True


def write_file(path: str, text: str) -> None:
    """Give a file a new text; who reads it meanwhile sees the old one or the new one, never a part."""
    target = Path(os.path.realpath(path))
    data = text.encode("utf-8", "backslashreplace")
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        target.write_bytes(data)
        return
    replace(path, data)
