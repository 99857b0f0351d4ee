"""The command line: what the user can ask for."""

from __future__ import annotations

import os
import sys
from typing import ClassVar

import click
from click.shell_completion import CompletionItem, get_completion_class, shell_complete

from inngest_lint import __version__, pages
from inngest_lint.cli.checking import check
from inngest_lint.cli.projects import baseline, graph, manifest
from inngest_lint.console import coloured, say, width
from inngest_lint.diagnostic import Severity
from inngest_lint.reporters.escape import safe_path
from inngest_lint.usage import write_examples

_NAME = "inngest-lint"
_COMPLETE = "_INNGEST_LINT_COMPLETE"


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


@click.group(
    _NAME,
    cls=_Main,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name=_NAME, message="%(prog)s %(version)s")
def main() -> None:
    """Find mistakes in Inngest functions before they run."""


for _command in (check, graph, manifest, baseline):
    main.add_command(_command)


@main.command()
def init() -> int:
    """Write a configuration to start from.

    It goes into the pyproject.toml of this directory, or into an inngest-lint.toml where there is none.
    """
    from inngest_lint.starting import start  # noqa: PLC0415 - the help does without

    return start()


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


@main.command("config")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.option("--schema", is_flag=True, help="Print the JSON schema of a configuration, for editors.")
def show_config(keys: tuple[str, ...], *, schema: bool) -> int:
    """Show the keys of a configuration.

    KEY is one to show; without any, all are shown.
    """
    from inngest_lint.config import ConfigError  # noqa: PLC0415 - the help does without
    from inngest_lint.config.documents import as_text  # noqa: PLC0415 - as above
    from inngest_lint.config.schema import as_json  # noqa: PLC0415 - as above

    try:
        text = as_json() if schema else as_text(keys, width(sys.stdout))
    except ConfigError as error:
        say(Severity.ERROR, str(error))
        return 2
    sys.stdout.write(text)
    return 0


@main.command()
def server() -> int:
    """Serve an editor, over standard input and output."""
    from inngest_lint.server import serve  # noqa: PLC0415 - the other commands do without

    return serve()


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
