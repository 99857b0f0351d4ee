"""The command line of `check`: its options, and what becomes of a report."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, ClassVar, TypedDict

import click
from click.core import ParameterSource

from inngest_lint.console import draws, say, tell
from inngest_lint.diagnostic import Severity
from inngest_lint.outputs import STANDARD_OUTPUT, Output, OutputError, chosen, write
from inngest_lint.reporters import FORMATS, Style
from inngest_lint.usage import Command, of_files, outputs, split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Unpack

    from inngest_lint.linter import Request
    from inngest_lint.repairs import Repairs
    from inngest_lint.report import Report
    from inngest_lint.request import Progress

_LEVELS = tuple(severity.value for severity in Severity)


class _CheckCommand(Command):
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "Rules": ("select", "extend_select", "ignore", "against", "fail_level", "exit_zero"),
        "Fixes": ("fix", "unsafe_fixes", "diff"),
        "Adoption": ("baseline", "add_ignores", "reason"),
        "Files": ("exclude", "stdin_filename", "config", "isolated"),
        "Output": (
            *("output_format", "output_file", "outputs", "statistics", "show_unresolved", "show_suppressed"),
            *("watch", "color", "quiet", "verbose"),
        ),
    }
    examples: ClassVar[tuple[tuple[str, str], ...]] = (
        ("inngest-lint check", "everything below this directory"),
        ("inngest-lint check src --select steps", "one category of rules"),
        ("inngest-lint check --output-format concise", "a line for each finding"),
        ("inngest-lint check --fix", "mend what can safely be mended"),
        ("inngest-lint check - --stdin-filename a.py", "what comes on standard input"),
    )


class _Check(TypedDict):
    paths: tuple[str, ...]
    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    against: str | None
    baseline: str | None
    fix: bool
    unsafe_fixes: bool
    diff: bool
    add_ignores: bool
    reason: str | None
    watch: bool
    fail_level: str | None
    exit_zero: bool
    exclude: tuple[str, ...]
    stdin_filename: str | None
    config: str | None
    isolated: bool
    output_format: str
    output_file: str | None
    outputs: tuple[tuple[str, str], ...]
    statistics: bool
    show_unresolved: bool
    show_suppressed: bool
    color: str
    quiet: bool
    verbose: bool


@click.command(cls=_CheckCommand)
@of_files
@click.option("--select", multiple=True, metavar="RULES", callback=split, help="Check only these.")
@click.option("--extend-select", multiple=True, metavar="RULES", callback=split, help="Check these as well.")
@click.option("--ignore", multiple=True, metavar="RULES", callback=split, help="Do not check these.")
@click.option("--against", metavar="FILE", type=click.Path(), help="Find what is gone since this manifest was written.")
@click.option(
    "--fail-level",
    type=click.Choice(_LEVELS),
    metavar="LEVEL",
    help="Least severity for exit code 1: error, warning, info.",
)
@click.option("--fix", is_flag=True, help="Apply safe fixes to the files.")
@click.option("--unsafe-fixes", is_flag=True, help="Apply unsafe fixes as well, with --fix or --diff.")
@click.option("--diff", is_flag=True, help="Show what fixes would change, and write nothing.")
@click.option("--baseline", metavar="FILE", type=click.Path(), help="Leave out the findings that this file accepts.")
@click.option("--add-ignores", is_flag=True, help="Suppress what is found, by comments in the code.")
@click.option("--reason", metavar="TEXT", help="The reason that --add-ignores writes beside each.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 although there are findings.")
@click.option("--stdin-filename", metavar="FILE", help="The name, and so the language, of standard input.")
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    default="full",
    envvar="INNGEST_LINT_OUTPUT_FORMAT",
    metavar="FORMAT",
    help=f"One of {', '.join(FORMATS)}.",
)
@click.option("--output-file", metavar="FILE", type=click.Path(), help="Write the report to a file.")
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="FORMAT=FILE",
    callback=outputs,
    help="Write one more report; the file - is standard output.",
)
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead.")
@click.option("--show-unresolved", is_flag=True, help="List what was not understood.")
@click.option("--show-suppressed", is_flag=True, help="List what comments suppress.")
@click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    metavar="WHEN",
    help="Colour: auto, always or never.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only findings and errors.")
@click.option("-v", "--verbose", is_flag=True, help="Also say how the result came about.")
def check(**given: Unpack[_Check]) -> int:
    """Lint files and directories.

    PATHS are files and directories, `-` is standard input; without any, the current directory.
    RULES are names of rules, categories and presets, separated by commas.
    """
    from inngest_lint.config import ConfigError  # noqa: PLC0415 - the help does without
    from inngest_lint.linter import lint  # noqa: PLC0415 - the help does without
    from inngest_lint.progress import Bar  # noqa: PLC0415 - the help does without

    wanted = _outputs(given)
    if given["watch"]:
        return _watch(wanted, given)
    try:
        with Bar(visible=draws(sys.stderr) and not given["quiet"]) as bar:
            request = _request(given)
            repairs = _repairs(request, given, bar)
            _add_ignores(request, given, bar)
            report = repairs.report if repairs else lint(request, bar)
    except ConfigError as error:
        for mistake in error.mistakes:
            say(Severity.ERROR, str(mistake))
        return 2
    if repairs and repairs.is_diff:
        return _show_difference(repairs, given)
    with repairs.beside() if repairs else nullcontext():
        done = write(report, wanted, given["color"], _style(given))
    if repairs:
        repairs.finish(quiet=given["quiet"])
    _tell(report, given)
    if report.failures or not done:
        return 2
    level = Severity(given["fail_level"]) if given["fail_level"] else report.fail_level
    return int(report.reaches(level) and not given["exit_zero"])


def _outputs(given: _Check) -> tuple[Output, ...]:
    asked = click.get_current_context().get_parameter_source
    is_asked_for = any(asked(name) is ParameterSource.COMMANDLINE for name in ("output_format", "output_file"))
    main = Output(given["output_format"], given["output_file"] or STANDARD_OUTPUT, given["statistics"])
    others = [Output(name, file) for name, file in given["outputs"]]
    try:
        return chosen(main, others, is_asked_for=is_asked_for or main.statistics)
    except OutputError as error:
        raise click.UsageError(str(error)) from None


def _request(given: _Check) -> Request:
    from inngest_lint.linter import Request, Stdin  # noqa: PLC0415 - the help does without

    name = given["stdin_filename"]
    paths = given["paths"] or (("-",) if name else (".",))
    return Request(
        paths=tuple(path for path in paths if path != "-"),
        stdin=Stdin(name or "stdin.py", sys.stdin.buffer.read()) if "-" in paths else None,
        config=given["config"],
        isolated=given["isolated"],
        select=given["select"],
        extend_select=given["extend_select"],
        ignore=given["ignore"],
        exclude=given["exclude"],
        unresolved=given["show_unresolved"],
        against=given["against"],
        baseline=given["baseline"],
    )


def _repairs(request: Request, given: _Check, progress: Progress) -> Repairs | None:
    if not given["fix"] and not given["diff"]:
        if given["unsafe_fixes"]:
            raise click.UsageError("--unsafe-fixes asks for --fix or --diff")
        return None
    if given["add_ignores"]:
        raise click.UsageError("fixes and --add-ignores ask for a run each")
    from inngest_lint.repairs import repaired  # noqa: PLC0415 - most runs change nothing

    return repaired(request, progress, unsafe=given["unsafe_fixes"], is_diff=given["diff"])


def _show_difference(repairs: Repairs, given: _Check) -> int:
    code = repairs.show(given["output_file"], given["color"], quiet=given["quiet"])
    tell(repairs.report.failures, verbose=given["verbose"])
    return 0 if code == 1 and given["exit_zero"] else code


def _watch(wanted: tuple[Output, ...], given: _Check) -> int:
    if given["fix"] or given["diff"] or given["add_ignores"]:
        raise click.UsageError("--watch changes no files")
    request = _request(given)
    if request.stdin is not None:
        raise click.UsageError("--watch cannot watch standard input")
    from inngest_lint.watching import rest, watch  # noqa: PLC0415 - few runs are watched

    def show(report: Report) -> None:
        write(report, wanted, given["color"], _style(given))
        _tell(report, given)

    return watch(request, show, rest, quiet=given["quiet"])


def _add_ignores(request: Request, given: _Check, progress: Progress) -> None:
    reason = given["reason"] or ""
    if not given["add_ignores"]:
        if reason:
            raise click.UsageError("--reason is for --add-ignores")
        return
    if request.stdin is not None:
        raise click.UsageError("--add-ignores cannot change what comes on standard input")
    if "*/" in reason or not reason.isprintable():
        raise click.UsageError("a reason is one line without `*/`")
    from inngest_lint.adoption import add_ignores  # noqa: PLC0415 - few runs write comments

    add_ignores(request, reason.strip(), progress, quiet=given["quiet"])


def _style(given: _Check) -> Style:
    return Style(
        summary=not given["quiet"],
        unresolved=given["show_unresolved"],
        suppressed=given["show_suppressed"],
    )


def _tell(report: Report, given: _Check) -> None:
    """Say on standard error what the report has no place for."""
    tell(report.failures, verbose=given["verbose"])
    if (report.stale or report.accepted) and not given["quiet"]:
        from inngest_lint.adoption import tell_baseline  # noqa: PLC0415 - few runs are held against one

        tell_baseline(report, verbose=given["verbose"])
    if not report.files and not report.failures and not given["quiet"]:
        say(Severity.WARNING, "there are no files to check")
    if given["verbose"]:
        counts = f"{len(report.files)} files read, {len(report.sources)} of them mention Inngest"
        say(Severity.INFO, f"{counts}; {len(report.suppressed)} findings suppressed")
