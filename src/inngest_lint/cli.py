"""The command line: what the user can ask for."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, ClassVar, TypedDict

import click
from click.shell_completion import CompletionItem, get_completion_class, shell_complete

from inngest_lint import __version__, pages
from inngest_lint import graph as graphs
from inngest_lint.console import coloured, draws, say, source_width, tell, width, written
from inngest_lint.diagnostic import Severity
from inngest_lint.reporters import FORMATS, Reporter, Style, load
from inngest_lint.reporters.escape import safe_path
from inngest_lint.usage import Command, write_examples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Unpack

    from inngest_lint.linter import Request
    from inngest_lint.report import Report

_NAME = "inngest-lint"
_COMPLETE = "_INNGEST_LINT_COMPLETE"
_LEVELS = tuple(severity.value for severity in Severity)


def run(arguments: list[str]) -> int:
    """The exit code of a command line."""
    if instruction := os.environ.get(_COMPLETE):
        return shell_complete(main, {}, _NAME, _COMPLETE, instruction)
    try:
        with main.make_context(_NAME, arguments) as context:
            code: int = main.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        say(Severity.ERROR, error.format_message())
        if isinstance(error, click.UsageError) and error.ctx is not None:
            sys.stderr.write(f"{error.ctx.get_usage()}\nTry `{error.ctx.command_path} --help`.\n")
        return 2
    return code


class _Main(click.Group):
    examples: ClassVar[tuple[tuple[str, str], ...]] = (
        ("inngest-lint check", "lint everything below this directory"),
        ("inngest-lint explain nested-step", "read about a rule"),
    )

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - in the order they are needed
        return list(self.commands)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        write_examples(formatter, self.examples)


class _GraphCommand(Command):
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "Files": ("exclude", "config", "isolated"),
        "Output": ("output_format", "output_file", "function", "color", "quiet"),
    }
    examples: ClassVar[tuple[tuple[str, str], ...]] = (
        ("inngest-lint graph", "all functions below this directory"),
        ("inngest-lint graph --function send-invoice", "one function"),
        ("inngest-lint graph --format svg --output flow.svg", "a picture"),
    )


class _ManifestCommand(Command):
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "Files": ("exclude", "config", "isolated"),
        "Output": ("output_file", "quiet"),
    }
    examples: ClassVar[tuple[tuple[str, str], ...]] = (
        ("inngest-lint manifest --output inngest-manifest.json", "write it, to be committed"),
        ("inngest-lint check --against inngest-manifest.json", "find what is gone since"),
    )


class _CheckCommand(Command):
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "Rules": ("select", "extend_select", "ignore", "against", "fail_level", "exit_zero"),
        "Files": ("exclude", "stdin_filename", "config", "isolated"),
        "Output": ("output_format", "output_file", "statistics", "show_unresolved", "color", "quiet", "verbose"),
    }
    examples: ClassVar[tuple[tuple[str, str], ...]] = (
        ("inngest-lint check", "everything below this directory"),
        ("inngest-lint check src --select steps", "one category of rules"),
        ("inngest-lint check --output-format concise", "a line for each finding"),
        ("inngest-lint check - --stdin-filename a.py", "what comes on standard input"),
    )


@click.group(
    _NAME,
    cls=_Main,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name=_NAME, message="%(prog)s %(version)s")
def main() -> None:
    """Find mistakes in Inngest functions before they run."""


class _Check(TypedDict):
    paths: tuple[str, ...]
    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    against: str | None
    fail_level: str | None
    exit_zero: bool
    exclude: tuple[str, ...]
    stdin_filename: str | None
    config: str | None
    isolated: bool
    output_format: str
    output_file: str | None
    statistics: bool
    show_unresolved: bool
    color: str
    quiet: bool
    verbose: bool


def _split(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


@main.command(cls=_CheckCommand)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--select", multiple=True, metavar="RULES", callback=_split, help="Check only these.")
@click.option("--extend-select", multiple=True, metavar="RULES", callback=_split, help="Check these as well.")
@click.option("--ignore", multiple=True, metavar="RULES", callback=_split, help="Do not check these.")
@click.option("--against", metavar="FILE", type=click.Path(), help="Find what is gone since this manifest was written.")
@click.option(
    "--fail-level",
    type=click.Choice(_LEVELS),
    metavar="LEVEL",
    help="Least severity for exit code 1: error, warning, info.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 although there are findings.")
@click.option("--exclude", multiple=True, metavar="GLOB", callback=_split, help="Leave out these files as well.")
@click.option("--stdin-filename", metavar="FILE", help="The name, and so the language, of standard input.")
@click.option("--config", metavar="FILE", type=click.Path(), help="Use this configuration and no other.")
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option(
    "--output-format",
    type=click.Choice(FORMATS),
    default="full",
    envvar="INNGEST_LINT_OUTPUT_FORMAT",
    metavar="FORMAT",
    help=f"One of {', '.join(FORMATS)}.",
)
@click.option("--output-file", metavar="FILE", type=click.Path(), help="Write the report to a file.")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead.")
@click.option("--show-unresolved", is_flag=True, help="List what was not understood.")
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

    reporter = _reporter(given["output_format"], statistics=given["statistics"])
    try:
        with Bar(visible=draws(sys.stderr) and not given["quiet"]) as bar:
            report = lint(_request(given), bar)
    except ConfigError as error:
        for mistake in error.mistakes:
            say(Severity.ERROR, str(mistake))
        return 2
    done = _write(reporter, report, given)
    _tell(report, given)
    if report.failures or not done:
        return 2
    level = Severity(given["fail_level"]) if given["fail_level"] else report.fail_level
    return int(report.reaches(level) and not given["exit_zero"])


class _Graph(TypedDict):
    paths: tuple[str, ...]
    exclude: tuple[str, ...]
    config: str | None
    isolated: bool
    output_format: str
    output_file: str | None
    function: str | None
    color: str
    quiet: bool


@main.command(cls=_GraphCommand)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--exclude", multiple=True, metavar="GLOB", callback=_split, help="Leave out these files as well.")
@click.option("--config", metavar="FILE", type=click.Path(), help="Use this configuration and no other.")
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(graphs.FORMATS),
    default="tree",
    metavar="FORMAT",
    help=f"One of {', '.join(graphs.FORMATS)}.",
)
@click.option("--output", "output_file", metavar="FILE", type=click.Path(), help="Write the graph to a file.")
@click.option("--function", metavar="ID", help="Show one function; a picture shows its steps.")
@click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    metavar="WHEN",
    help="Colour: auto, always or never.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only the graph and errors.")
def graph(**given: Unpack[_Graph]) -> int:
    """Show functions, their steps and the events between them.

    PATHS are files and directories; without any, the current directory.
    """
    from inngest_lint.linter import Request  # noqa: PLC0415 - the help does without
    from inngest_lint.overviews import Wanted, draw  # noqa: PLC0415 - as above

    paths, function = given["paths"] or (".",), given["function"]
    request = Request(paths, config=given["config"], isolated=given["isolated"], exclude=given["exclude"])
    return draw(request, Wanted(given["output_format"], given["output_file"], function, given["color"], given["quiet"]))


class _Manifest(TypedDict):
    paths: tuple[str, ...]
    exclude: tuple[str, ...]
    config: str | None
    isolated: bool
    output_file: str | None
    quiet: bool


@main.command(cls=_ManifestCommand)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--exclude", multiple=True, metavar="GLOB", callback=_split, help="Leave out these files as well.")
@click.option("--config", metavar="FILE", type=click.Path(), help="Use this configuration and no other.")
@click.option("--isolated", is_flag=True, help="Use no configuration file.")
@click.option("--output", "output_file", metavar="FILE", type=click.Path(), help="Write the manifest to a file.")
@click.option("-q", "--quiet", is_flag=True, help="Only the manifest and errors.")
def manifest(**given: Unpack[_Manifest]) -> int:
    """Write down the ids of functions and steps.

    Runs in flight look their state up by them; `check --against` finds those that are gone.
    PATHS are files and directories; without any, the current directory.
    """
    from inngest_lint.linter import Request  # noqa: PLC0415 - the help does without
    from inngest_lint.overviews import write_manifest  # noqa: PLC0415 - as above

    paths = given["paths"] or (".",)
    request = Request(paths, config=given["config"], isolated=given["isolated"], exclude=given["exclude"])
    return write_manifest(request, given["output_file"], quiet=given["quiet"])


@main.command()
@click.argument("rules", nargs=-1, required=True, metavar="RULE...", shell_complete=lambda *given: _complete(given[2]))
def explain(rules: tuple[str, ...]) -> int:
    """Show the pages of rules."""
    code = 0
    for rule in rules:
        page = pages.read(rule)
        if page is None:
            say(Severity.ERROR, f"unknown rule `{rule}`{_suggestion(rule)}")
            code = 2
        else:
            _show(page)
    return code


@main.command("rules")
@click.option("--output-format", type=click.Choice(("table", "json", "markdown")), default="table", help="The format.")
def list_rules(output_format: str) -> int:
    """List the rules."""
    from inngest_lint import listing  # noqa: PLC0415 - imports every rule

    if output_format == "json":
        sys.stdout.write(listing.as_json())
    elif output_format == "markdown":
        sys.stdout.write(listing.as_markdown())
    else:
        sys.stdout.write(listing.as_table(colour=coloured("auto", sys.stdout), width=width(sys.stdout)))
    return 0


@main.command()
@click.argument("file", type=click.Path())
def dump(file: str) -> int:
    """Show how a file is understood."""
    from inngest_lint.linter import dumped  # noqa: PLC0415 - the help does without

    try:
        text = dumped(file)
    except (OSError, ValueError) as error:
        say(Severity.ERROR, f"`{safe_path(file)}` cannot be shown: {error}")
        return 2
    sys.stdout.write(text)
    return 0


@main.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completions(shell: str) -> int:
    """Print a script that completes commands in a shell."""
    completion = get_completion_class(shell)
    assert completion is not None, f"click completes nothing in {shell}"
    sys.stdout.write(completion(main, {}, _NAME, _COMPLETE).source())
    return 0


def _reporter(name: str, *, statistics: bool) -> Reporter:
    if not statistics:
        return load(name)
    from inngest_lint.reporters.statistics import report, report_json  # noqa: PLC0415 - few runs count

    if name == "lsp":
        raise click.UsageError("an editor has no use for --statistics")
    if name == "sarif":
        raise click.UsageError("SARIF has no place for --statistics")
    return report_json if name == "json" else report


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
    )


def _write(reporter: Reporter, report: Report, given: _Check) -> bool:
    path = given["output_file"]
    colour = given["color"] == "always" if path else coloured(given["color"], sys.stdout)
    style = Style(colour=colour, width=source_width(), summary=not given["quiet"], unresolved=given["show_unresolved"])
    if path is None:
        reporter(report, sys.stdout, style)
        return True
    text = io.StringIO()
    reporter(report, text, style)
    return written(path, text.getvalue())


def _tell(report: Report, given: _Check) -> None:
    """Say on standard error what the report has no place for."""
    tell(report.failures, verbose=given["verbose"])
    if not report.files and not report.failures and not given["quiet"]:
        say(Severity.WARNING, "there are no files to check")
    if given["verbose"]:
        counts = f"{len(report.files)} files read, {len(report.sources)} of them mention Inngest"
        say(Severity.INFO, f"{counts}; {report.suppressed} findings suppressed")


def _complete(incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in pages.names() if name.startswith(incomplete)]


def _suggestion(name: str) -> str:
    from inngest_lint.config import did_you_mean  # noqa: PLC0415 - only for mistakes

    near = did_you_mean(name, pages.names())
    return f", did you mean `{near}`?" if near else f"; `{_NAME} rules` lists them"


def _show(page: str) -> None:
    if not (sys.stdout.isatty() and coloured("auto", sys.stdout)):
        sys.stdout.write(f"{page.rstrip()}\n\n")
        return
    from rich.console import Console  # noqa: PLC0415 - half a second, for a terminal only
    from rich.markdown import Markdown  # noqa: PLC0415 - as above

    Console().print(Markdown(page))
