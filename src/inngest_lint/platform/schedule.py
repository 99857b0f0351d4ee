"""Schedules: what the platform takes for a cron expression, and what is wrong with one that it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

_ZONE = ("TZ=", "CRON_TZ=")
_NUMBER = re.compile(r"[+]?[0-9]{1,9}", re.ASCII)
_ANY = ("*", "?")
_RANGE_ENDS = 2
_STEPPED = 2
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
# The most days that a month may have.
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_SUNDAY_OF_OTHERS = 7
_WITH_SECONDS = 6

_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a schedule: what it is called, what it may hold, and the names of its values, from the least on."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()

    @property
    def holds(self) -> str:
        """What it may hold, as people say it."""
        named = f" or {self.names[0].upper()}-{self.names[-1].upper()}" if self.names else ""
        return f"{self.least}-{self.most}{named}"


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of the month", 1, 31),
    Field("month", 1, 12, _MONTHS),
    Field("day of the week", 0, 6, _DAYS),
)
"""The five fields (robfig/cron v3, spec.go; pkg/inngest/trigger.go, `CronTrigger.Validate`)."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a schedule is refused, or why it `never` fires, and what to do about it."""

    why: str
    help: str
    never: bool = False


class _RefusedError(ValueError):
    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.why)
        self.flaw = flaw


def flaw(schedule: str) -> Flaw | None:
    """What is wrong with a schedule; None where nothing is.

    It is read as robfig/cron v3 reads it (parser.go, `Parse`) with five fields, no descriptors, and perhaps a zone.
    """
    try:
        return _impossible(_fields(_without_zone(schedule)))
    except _RefusedError as refused:
        return refused.flaw


def _without_zone(schedule: str) -> str:
    if not schedule.startswith(_ZONE):
        return schedule
    head, _, rest = schedule.partition(" ")
    zone = head.partition("=")[2]
    if not rest:
        raise _RefusedError(Flaw("has a time zone, and no fields", _FIVE))
    if zone not in ("", "UTC", "Local") and _zones() and zone not in _zones():
        help_ = f"`{zone}` is not in the IANA data base; use a name that is, such as `Europe/Paris`"
        raise _RefusedError(Flaw("has a time zone that there is not", help_))
    return rest.strip()


@cache
def _zones() -> frozenset[str]:
    """The names of the zones; none where the machine has no data base of them."""
    return frozenset(available_timezones())


_FIVE = "give minute, hour, day of the month, month and day of the week"


def _fields(schedule: str) -> tuple[frozenset[int], ...]:
    if schedule.startswith("@"):
        word = schedule.split(maxsplit=1)[0]
        help_ = f'write `"{_DESCRIPTORS[word]}"`' if word in _DESCRIPTORS else _FIVE
        raise _RefusedError(Flaw(f"uses `{word}`, which is not known here", help_))
    parts = schedule.split()
    if len(parts) != len(FIELDS):
        why = f"has {len(parts)} field{'' if len(parts) == 1 else 's'} instead of {len(FIELDS)}"
        help_ = "leave out the seconds, which have no field" if len(parts) == _WITH_SECONDS else _FIVE
        raise _RefusedError(Flaw(why, help_))
    return tuple(frozenset(_values(field, part)) for field, part in zip(FIELDS, parts, strict=True))


_ALL = -1
"""Stands for "every one" among the values of a field: a day of the week that is every one does not widen the days."""


def _values(field: Field, part: str) -> Iterator[int]:
    for listed in filter(None, part.split(",")):
        yield from _range(field, listed)


def _range(field: Field, listed: str) -> Iterator[int]:
    ends, *steps = listed.split("/")
    first, *last = ends.split("-")
    if len(steps) >= _STEPPED or (first not in _ANY and len(last) >= _RANGE_ENDS):
        raise _refused(field, listed)
    step = _number(field, steps[0], listed) if steps else 1
    if first in _ANY:
        low, high = field.least, field.most
    else:
        low = _value(field, first, listed)
        high = _value(field, last[0], listed) if last else field.most if steps else low
    if step == 0 or not field.least <= low <= high <= field.most:
        raise _refused(field, listed)
    if first in _ANY and step == 1:
        yield _ALL
    yield from range(low, high + 1, step)


def _value(field: Field, written: str, listed: str) -> int:
    names = field.names
    return names.index(written.lower()) + field.least if written.lower() in names else _number(field, written, listed)


def _number(field: Field, written: str, listed: str) -> int:
    if not _NUMBER.fullmatch(written):
        raise _refused(field, listed)
    return int(written)


def _refused(field: Field, listed: str) -> _RefusedError:
    help_ = f"the {field.name} is {field.holds}"
    if field.names == _DAYS and str(_SUNDAY_OF_OTHERS) in re.split(r"[-/]", listed):
        help_ += ", and Sunday is 0"
    return _RefusedError(Flaw(f"has `{listed}` for the {field.name}", help_))


def _impossible(fields: tuple[frozenset[int], ...]) -> Flaw | None:
    """That no month has the days; where days of the week are given too, those count as well."""
    _, _, days, months, weekdays = fields
    wanted = {day for day in days if day > 0}
    empty = next((field for field, values in zip(FIELDS, fields, strict=True) if not values), None)
    if empty is not None:
        return Flaw(f"has nothing for the {empty.name}", f"the {empty.name} is {empty.holds}", never=True)
    longest = max(_LENGTHS[month - 1] for month in months if month > 0)
    if _ALL not in weekdays or min(wanted) <= longest:
        return None
    return Flaw("names a day that none of its months has", "name a day that there is", never=True)
