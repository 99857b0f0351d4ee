"""The console: what is told beside the report, and where the report goes."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from inngest_lint.diagnostic import Severity
from inngest_lint.reporters.escape import safe
from inngest_lint.reporters.paint import of, painter, wanted

_NARROW, _WIDE = 60, 140
_GUTTER = 10


def coloured(choice: str, stream: TextIO) -> bool:
    """Whether what is written to a stream is to have colour."""
    return wanted(choice, os.environ, terminal=stream.isatty())


def draws(stream: TextIO) -> bool:
    """Whether a stream is a terminal on which something can be drawn over."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width(stream: TextIO) -> int | None:
    """The columns of the terminal a stream writes to; None where it writes to none."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def source_width() -> int:
    """How many columns a line of source may take beside its number."""
    columns = width(sys.stdout)
    return _WIDE if columns is None else min(_WIDE, max(_NARROW, columns - _GUTTER))


def say(severity: Severity, text: str) -> None:
    """Tell the user something that is no finding."""
    paint = painter(colour=coloured("auto", sys.stderr))
    sys.stderr.write(f"{paint(severity.value, of(severity))}: {safe(text)}\n")


def write_file(path: str, text: str) -> None:
    """Give a file a new text; who reads it meanwhile sees the old one or the new one, never a part."""
    target = Path(os.path.realpath(path))
    data = text.encode("utf-8", "backslashreplace")
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        target.write_bytes(data)
        return
    draft = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(data)
        draft.replace(target)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
