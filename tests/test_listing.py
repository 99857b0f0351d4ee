"""The table of rules fits the terminal it is shown on."""

from __future__ import annotations

import pytest

from inngest_lint.listing import as_table
from inngest_lint.rule import all_rules


@pytest.mark.parametrize("width", [66, 80, 100, 140])
def test_no_line_of_the_table_is_wider_than_the_terminal(width: int) -> None:
    table = as_table(colour=False, width=width)

    assert max(len(line) for line in table.splitlines()) <= width


@pytest.mark.parametrize("width", [60, 100, None])
def test_breaking_lines_loses_no_word(width: int | None) -> None:
    table = as_table(colour=False, width=width)

    assert table.split() == as_table(colour=False, width=None).split()


def test_where_nothing_shows_the_table_each_rule_has_one_line() -> None:
    table = as_table(colour=False, width=None)

    assert [line.split()[0] for line in table.splitlines()] == list(all_rules())
