"""Usage: help texts with their options in groups and with examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click


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


def write_examples(formatter: click.HelpFormatter, examples: tuple[tuple[str, str], ...]) -> None:
    """Write commands and what each is good for."""
    if examples:
        with formatter.section("Examples"):
            formatter.write_dl(examples, col_max=60)
