"""The limits of the platform are told with their source."""

from __future__ import annotations

import pytest

from inngest_lint.platform.limits import Limit, limit, limits

UNITS = {"bytes", "characters", "milliseconds", "seconds"}


@pytest.mark.parametrize("one", limits().values(), ids=lambda one: one.name)
def test_a_limit_says_what_it_counts_and_where_it_is_set(one: Limit) -> None:
    assert one.value > 0
    assert one.unit in UNITS or one.unit.endswith("s")
    assert one.source


@pytest.mark.parametrize("name", [name for name in limits() if name.endswith("-at-least")])
def test_what_is_at_least_asked_for_is_less_than_what_is_taken(name: str) -> None:
    most = limits().get(name.removesuffix("-at-least"))

    assert most is None or limit(name) < most.value
