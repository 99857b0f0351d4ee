"""Usage: help texts with their options in groups and with examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

import click

from inngest_lint.reporters import FORMATS


class Command(click.Command):
    """A command whose help has its options in named groups, and examples after them."""

    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    examples: ClassVar[tuple[tuple[str, str], ...]] = ()

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the groups, then the options that are in none."""
        options = [option for option in self.get_params(ctx) if isinstance(option, click.Option)]
        grouped = {name for names in self.groups.values() for name in names}
        rest = tuple(str(option.name) for option in options if option.name not in grouped)
        for title, names in {**self.groups, "Other": rest}.items():
            rows = [row for option in options if option.name in names if (row := option.get_help_record(ctx))]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        super().format_epilog(ctx, formatter)
        write_examples(formatter, self.examples)


def outputs(
    _context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """The format and the file of each `FORMAT=FILE`."""
    pairs = []
    for value in given:
        name, _, file = value.partition("=")
        if name not in FORMATS or not file:
            raise click.BadParameter(f"`{value}` is no FORMAT=FILE; FORMAT is one of {', '.join(FORMATS)}")
        pairs.append((name, file))
    return tuple(pairs)


def split(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """The names in values that are separated by commas."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def of_files(function: Callable[..., int]) -> Callable[..., int]:
    """The arguments of a command that reads files: which ones, and under which configuration."""
    for declare in (
        click.option("--isolated", is_flag=True, help="Use no configuration file."),
        click.option("--config", metavar="FILE", type=click.Path(), help="Use this configuration and no other."),
        click.option("--exclude", multiple=True, metavar="GLOB", callback=split, help="Leave out these files as well."),
        click.argument("paths", nargs=-1, type=click.Path()),
    ):
        function = declare(function)
    return function


def write_examples(formatter: click.HelpFormatter, examples: tuple[tuple[str, str], ...]) -> None:
    """Write commands and what each is good for."""
    if examples:
        with formatter.section("Examples"):
            formatter.write_dl(examples, col_max=60)
