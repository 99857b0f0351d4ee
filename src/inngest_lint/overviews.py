"""Overviews: the commands that show a whole project, its graph and its manifest."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inngest_lint.config import ConfigError, did_you_mean
from inngest_lint.console import coloured, draws, say, tell, width, written
from inngest_lint.diagnostic import Severity
from inngest_lint.frontends.recursion import recursion
from inngest_lint.graph import Canvas
from inngest_lint.graph import load as load_format
from inngest_lint.graph.chart import chart
from inngest_lint.linter import Linked, Request, linked
from inngest_lint.manifest import document, survey
from inngest_lint.progress import Bar
from inngest_lint.reporters.escape import safe_path
from inngest_lint.reporters.paint import painter

# Code may be nested as deep as the front ends read it, and a graph is nested as deep as the code.
_DEEPEST = 20_000
_NO_FUNCTIONS = "there are no Inngest functions in these files"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a graph is to be shown: as what, where to, of which function, in colour or not, and with how many words."""

    format: str
    file: str | None
    function: str | None
    color: str
    quiet: bool


def draw(request: Request, wanted: Wanted) -> int:
    """Show the graph of a project, and give the exit code."""
    found = _read(request, quiet=wanted.quiet)
    if found is None:
        return 2
    with recursion(_DEEPEST):
        return _draw(found, wanted)


def _draw(found: Linked, wanted: Wanted) -> int:
    whole = chart(found.project, found.sources)
    shown = whole.only(wanted.function) if wanted.function is not None else whole
    if wanted.function is not None and not shown.functions:
        tell(found.failures, verbose=False)
        _say_unknown(wanted.function, [function.id for function in whole.functions])
        return 2
    done = _write(load_format(wanted.format)(shown, _canvas(wanted)), wanted.file)
    tell(found.failures, verbose=False)
    if not whole.functions and not wanted.quiet:
        say(Severity.WARNING, _NO_FUNCTIONS if found.files else "there are no files to read")
    return 0 if done and not found.failures else 2


def write_manifest(request: Request, file: str | None, *, quiet: bool) -> int:
    """Write down the ids of a project, and give the exit code."""
    found = _read(request, quiet=quiet)
    if found is None:
        return 2
    tell(found.failures, verbose=False)
    # What is missing in a manifest is never missed: better none.
    if found.failures:
        return 2
    whole = survey.manifest(found.project)
    if not whole.functions and not quiet:
        say(Severity.WARNING, _NO_FUNCTIONS)
    for partly in found.partly if not quiet else ():
        say(Severity.WARNING, f"{safe_path(partly)}: not read as a whole; functions in it may be missing")
    return 0 if _write(document.write(whole, Path(file).parent if file else Path()), file) else 2


def _read(request: Request, *, quiet: bool) -> Linked | None:
    """What a run reads; None where it was asked for in the wrong way, which is told."""
    try:
        with Bar(visible=draws(sys.stderr) and not quiet) as bar:
            return linked(request, bar)
    except ConfigError as error:
        for mistake in error.mistakes:
            say(Severity.ERROR, str(mistake))
        return None


def _canvas(wanted: Wanted) -> Canvas:
    if wanted.file is not None:
        return Canvas(painter(colour=wanted.color == "always"))
    is_plain = "utf" not in (sys.stdout.encoding or "").lower()
    return Canvas(painter(colour=coloured(wanted.color, sys.stdout)), width(sys.stdout), is_plain)


def _write(text: str, file: str | None) -> bool:
    if file is not None:
        return written(file, text)
    sys.stdout.write(text)
    return True


def _say_unknown(wanted: str, known: Sequence[str]) -> None:
    near = did_you_mean(wanted, known)
    hint = f", did you mean `{near}`?" if near else ""
    say(Severity.ERROR, f"there is no function with the id `{wanted}`{hint}")
