"""Outputs: the reports that one run writes, each in a format and to a place."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from inngest_lint.console import coloured, report_width, written
from inngest_lint.report import Report
from inngest_lint.reporters import Reporter, Style, load
from inngest_lint.reporters.escape import safe_path

STANDARD_OUTPUT = "-"

_COUNTED = ("full", "concise", "json")


@dataclass(frozen=True, slots=True)
class Output:
    """A report in a format, and the file it goes to; `statistics` counts the findings of each rule instead."""

    format: str
    file: str = STANDARD_OUTPUT
    statistics: bool = False


class OutputError(Exception):
    """Outputs that cannot be written as they are asked for, and why."""


def chosen(main: Output, others: Sequence[Output], *, is_asked_for: bool) -> tuple[Output, ...]:
    """The outputs of a run; raises an `OutputError`.

    The main one is left out where another one goes to standard output, unless it `is_asked_for`.
    """
    is_free = all(other.file != STANDARD_OUTPUT for other in others)
    outputs = (main, *others) if is_asked_for or is_free else tuple(others)
    if main.statistics and main.format not in _COUNTED:
        raise OutputError(f"`{main.format}` has no place for --statistics")
    taken: set[str] = set()
    for output in outputs:
        place = output.file if output.file == STANDARD_OUTPUT else os.path.realpath(output.file)
        if place in taken:
            named = "standard output" if output.file == STANDARD_OUTPUT else f"`{safe_path(output.file)}`"
            raise OutputError(f"two reports cannot both go to {named}")
        taken.add(place)
    return outputs


def write(report: Report, outputs: Iterable[Output], color: str, style: Style) -> bool:
    """Whether all outputs could be written; where one could not, the user is told."""
    # Whoever stops reading standard output ends the run, and the files are to be there by then.
    ordered = sorted(outputs, key=lambda output: output.file == STANDARD_OUTPUT)
    done = [_write(report, output, color, style) for output in ordered]
    return all(done)


def _write(report: Report, output: Output, color: str, style: Style) -> bool:
    reporter = _reporter(output)
    if output.file == STANDARD_OUTPUT:
        reporter(report, sys.stdout, replace(style, colour=coloured(color, sys.stdout), width=report_width()))
        return True
    text = io.StringIO()
    reporter(report, text, replace(style, colour=color == "always", width=report_width()))
    return written(output.file, text.getvalue())


def _reporter(output: Output) -> Reporter:
    if not output.statistics:
        return load(output.format)
    from inngest_lint.reporters.statistics import report, report_json  # noqa: PLC0415 - few runs count

    return report_json if output.format == "json" else report
