"""Tests of schedules, held against what `robfig/cron` takes with five fields."""

from __future__ import annotations

from itertools import product

import pytest

from inngest_lint.platform.schedule import FIELDS, Field, flaw

TAKEN = [
    "* * * * *",
    "? ? ? ? ?",
    "*/5 * * * ?",
    "0-59/15 0-23 1-31 1-12 0-6",
    "5/15 * * * *",
    "0,30 9,17 1,15 JAN,jul Mon-FRI",
    "+5 05 1 1 0",
    "TZ=UTC 0 5 * * *",
    "CRON_TZ=Asia/Tokyo 0 5 * * *",
    "TZ= 0 5 * * *",
    "TZ=UTC    0 5 * * *",
    "\t0 5 *  * *\n",
    "0 5 *-9 * *",
    "0 0 29 2 *",
    "0 0 30 2 1",
    "0 0 30 2 */2",
    "0 0 31 4,5 *",
]

REFUSED = [
    "",
    "*",
    "* * * *",
    "* * * * * *",
    "@daily",
    "@every 5m",
    "TZ=UTC",
    "TZ=UTC @daily",
    "TZ=Mars/Olympus * * * * *",
    " TZ=UTC * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * 32 * *",
    "* * * 0 *",
    "* * * 13 *",
    "* * * * 7",
    "* * * * 0-7",
    "5-1 * * * *",
    "1-2-3 * * * *",
    "1/2/3 * * * *",
    "*/0 * * * *",
    "*/-1 * * * *",
    "-1 * * * *",
    "1- * * * *",
    "x * * * *",
    "1.5 * * * *",
    "* * L * *",
    "* * 15W * *",
    "* * * * MON#2",
    "* * * JANUARY *",
    "MON * * * *",
    "every day at noon x",
    "\u0665 * * * *",
    "1" * 5000 + " * * * *",
]

NEVER = ["0 0 30 2 *", "0 0 31 2 ?", "0 0 30,31 FEB *", "0 0 31 4,6,9,11 *", "0 0 31 4 */1", ", * * * *"]


@pytest.mark.parametrize("schedule", TAKEN)
def test_a_schedule_is_taken(schedule: str) -> None:
    assert flaw(schedule) is None


@pytest.mark.parametrize("schedule", REFUSED)
def test_a_schedule_is_refused(schedule: str) -> None:
    found = flaw(schedule)

    assert found is not None
    assert not found.never


@pytest.mark.parametrize("schedule", NEVER)
def test_a_schedule_never_fires(schedule: str) -> None:
    found = flaw(schedule)

    assert found is not None
    assert found.never


def at(place: int, value: str) -> str:
    """A schedule with one field, and every value for the others."""
    return " ".join(value if number == place else "*" for number in range(len(FIELDS)))


def values(field: Field) -> range:
    return range(field.least, field.most + 1)


@pytest.mark.parametrize("place", range(len(FIELDS)))
def test_each_value_of_a_field_is_taken_and_those_beyond_are_not(place: int) -> None:
    field = FIELDS[place]
    beyond = (field.least - 1, field.most + 1)

    assert [value for value in values(field) if flaw(at(place, str(value))) is not None] == []
    assert [value for value in beyond if flaw(at(place, str(value))) is None] == []


@pytest.mark.parametrize("place", range(len(FIELDS)))
def test_a_range_is_taken_where_it_ends_no_earlier_than_it_begins(place: int) -> None:
    pairs = list(product(values(FIELDS[place]), repeat=2))

    assert [(a, b) for a, b in pairs if (flaw(at(place, f"{a}-{b}")) is None) is not (a <= b)] == []


@pytest.mark.parametrize("place", range(len(FIELDS)))
def test_names_stand_for_the_values_of_a_field(place: int) -> None:
    field = FIELDS[place]

    assert all(flaw(at(place, name)) is None and flaw(at(place, name.upper())) is None for name in field.names)
    assert not field.names or len(field.names) == len(values(field))
