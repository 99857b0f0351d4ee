"""Tests of the four ways in which lengths of time are written, held against what their readers make of them."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest
from inngest._internal.transforms import to_duration_str

from inngest_lint.platform.durations import SETTINGS, Grammar, as_text, grammar, read, read_by_ms, sent_by_python

# What `ms` 2.1.3 gives, as `node -p 'require("ms")(text)'` prints it; None where it prints `undefined`.
OF_MS = {
    "10m": 600_000,
    "1 day": 86_400_000,
    "1.5 hours": 5_400_000,
    "30 mins": 1_800_000,
    ".5h": 1_800_000,
    "2W": 1_209_600_000,
    "1y": 31_557_600_000,
    "100": 100,
    "-5s": -5000,
    "-.5h": -1_800_000,
    "0s": 0,
    "500ms": 500,
    "1   msec": 1,
    "3hrs": 10_800_000,
    "1h30m": None,
    "1d12h": None,
    "1 month": None,
    "1 fortnight": None,
    "PT5M": None,
    " 5s": None,
    "5s ": None,
    "+5s": None,
    "5.s": None,
    "1e3": None,
    "2030-01-01": None,
    "five": None,
    "\u0665s": None,
    "1" * 101: None,
}

# What the tests of Go's `time.ParseDuration` and of `str2duration` list, in milliseconds.
OF_GO = {
    "0": 0,
    "5s": 5000,
    "30s": 30_000,
    "1478s": 1_478_000,
    "-5s": -5000,
    "+5s": 5000,
    "-0": 0,
    "5.0s": 5000,
    "5.6s": 5600,
    "5.s": 5000,
    ".5s": 500,
    "10ns": 1e-5,
    "11us": 0.011,
    "12µs": 0.012,
    "12μs": 0.012,
    "13ms": 13,
    "3h30m": 12_600_000,
    "10.5s4m": 250_500,
    "-2m3.4s": -123_400,
    "1h2m3s4ms5us6ns": 3_723_004.005006,
    "": None,
    "3": None,
    "-": None,
    "s": None,
    ".": None,
    "-.": None,
    ".s": None,
    "+.s": None,
    "1h 30m": None,
    "1 hour": None,
    "1H": None,
    "9223372036854775808ns": None,
    "3000000h": None,
}
OF_SERVER = {**OF_GO, "1d": 86_400_000, "1w2d": 777_600_000, "1w2d3h": 788_400_000, "1y": None, "1 d": None}


@pytest.mark.parametrize(("text", "expected"), OF_MS.items())
def test_a_text_is_read_as_ms_reads_it(text: str, expected: float | None) -> None:
    assert read(text, Grammar.MS) == expected


@pytest.mark.parametrize(("text", "expected"), OF_GO.items())
def test_a_text_is_read_as_go_reads_it(text: str, expected: float | None) -> None:
    assert read(text, Grammar.GO) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("text", ["1d", "1w", "1d12h"])
def test_go_knows_no_days(text: str) -> None:
    assert read(text, Grammar.GO) is None


@pytest.mark.parametrize(("text", "expected"), OF_SERVER.items())
def test_a_text_is_read_as_the_server_reads_it(text: str, expected: float | None) -> None:
    assert read(text, Grammar.SERVER) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("text", [*OF_MS, *OF_SERVER])
def test_the_python_sdk_reads_no_text(text: str) -> None:
    assert read(text, Grammar.PYTHON) is None


@pytest.mark.parametrize("milliseconds", [0, 1, 999, 1000, 1001, 1500, 59_000, 60_000, 90_000, 3_600_000, 86_400_000])
def test_a_number_is_sent_as_the_python_sdk_sends_it(milliseconds: int) -> None:
    sent = to_duration_str(milliseconds)

    assert sent_by_python(milliseconds) == (sent if isinstance(sent, str) else None)


@pytest.mark.parametrize(("days", "seconds"), list(product((0, 1, 7, 10), (0, 1, 60, 90, 5400, 7200))))
def test_a_timedelta_is_sent_as_the_python_sdk_sends_it(days: int, seconds: int) -> None:
    length = dt.timedelta(days=days, seconds=seconds)
    sent = to_duration_str(length)

    assert sent_by_python(length.total_seconds() * 1000) == (sent if isinstance(sent, str) else None)


@pytest.mark.parametrize("seconds", [1, 59, 60, 61, 3600, 5400, 86_399, 86_400, 90_061, 604_800, 700_000])
def test_the_text_of_a_time_is_read_as_that_time_by_the_server(seconds: int) -> None:
    assert read(as_text(seconds * 1000), Grammar.SERVER) == seconds * 1000


@pytest.mark.parametrize("seconds", [1, 59, 60, 61, 3600, 5400, 86_400, 604_800])
def test_what_python_sends_is_read_by_ms_and_by_the_server_alike(seconds: int) -> None:
    sent = sent_by_python(seconds * 1000)

    assert sent is not None
    assert read_by_ms(sent) == read(sent, Grammar.SERVER) == seconds * 1000


@pytest.mark.parametrize("milliseconds", [0, 1, 999])
def test_less_than_a_second_has_no_text(milliseconds: int) -> None:
    assert as_text(milliseconds) == ""


def test_every_setting_has_a_reader_and_nothing_else_has() -> None:
    assert all(grammar(*setting) is not None for setting in SETTINGS)
    assert grammar("concurrency", "limit") is None
