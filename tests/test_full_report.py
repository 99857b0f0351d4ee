"""The full format at the widths of real terminals: nothing runs past the edge, and no word is lost."""

from __future__ import annotations

import io
import re
from functools import cache
from unicodedata import east_asian_width

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import ROOT

from inngest_lint import pages
from inngest_lint.diagnostic import Confidence, Diagnostic, Finding, Note, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.linter import Request, lint
from inngest_lint.progress import Bar
from inngest_lint.report import Report
from inngest_lint.reporters import Style
from inngest_lint.reporters.full import report as write
from inngest_lint.reporters.width import placed, wrapped
from inngest_lint.text import Source, Span

WIDTHS = (60, 80, 100, 140)
LONG = "the first thing that happens here is not what happens the next time, " * 2 + "and so on"


@cache
def examples() -> Report:
    return lint(Request((str(ROOT / "examples"),), isolated=True, select=("all",)), Bar(visible=False))


def columns(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def drawn(report: Report, width: int = 80, *, colour: bool = False) -> str:
    out = io.StringIO()
    write(report, out, Style(width=width, colour=colour))
    return out.getvalue()


def framed(text: str) -> list[str]:
    """The rows of a report that are not made of one long word: of a path or an address."""
    return [row for row in text.splitlines() if not re.search(r"^ *(-->|:::|= docs:)", row)]


def one(  # a finding about one source
    text: str, marked: str, *notes: tuple[str, str], label: str = "", advice: str = "", fix: str | None = None
) -> Report:
    source = Source("a.py", text.encode())
    finding = Finding(
        place(source, marked),
        "wrong",
        label=label,
        help=advice,
        notes=tuple(Note(place(source, at), what) for at, what in notes),
        fix=None if fix is None else Fix("Mend it", (Edit(place(source, marked), fix),), Applicability.SAFE),
    )
    diagnostic = Diagnostic("some-rule", Severity.ERROR, Confidence.HIGH, finding)
    return Report((diagnostic,), (source.file,), {source.file: source})


def place(source: Source, text: str) -> Span:
    start = source.text.index(text.encode())
    return Span(source.file, start, start + len(text.encode()))


@pytest.mark.parametrize("width", WIDTHS)
def test_no_row_about_the_examples_runs_past_the_edge(width: int) -> None:
    rows = framed(drawn(examples(), width))

    assert [row for row in rows if columns(row) > width] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_no_word_about_the_examples_is_lost(width: int) -> None:
    said = re.sub(r"[\s|]+", " ", drawn(examples(), width))
    found = [diagnostic.finding for diagnostic in examples().diagnostics]

    texts = [
        text for one in found for text in (one.message, one.help, one.label, *(note.message for note in one.notes))
    ]

    assert [text for text in texts if " ".join(text.replace("|", " ").split()) not in said] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_colour_does_not_change_where_lines_break(width: int) -> None:
    coloured = drawn(examples(), width, colour=True)

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == drawn(examples(), width)


def test_colours_are_those_that_the_terminal_has_for_any_background() -> None:
    codes = set(re.findall(r"\x1b\[([0-9;]*)m", drawn(examples(), colour=True)))

    # Bold, the basic colours, and a bright blue, for the plain one is not seen on black; no background, no greys.
    assert codes <= {"0", "1", *(f"1;{colour}" for colour in (31, 32, 33, 36, 94))}


def test_a_label_without_room_beside_its_mark_stands_below_it() -> None:
    text = drawn(one("x = " + "y" * 40 + "\n", "y" * 40, label="this is said about the whole of the name"))

    assert text.splitlines()[3:6] == [
        f"1 | x = {'y' * 40}",
        f"  |     {'^' * 40}",
        "  |     this is said about the whole of the name",
    ]


def test_a_label_at_the_edge_moves_to_the_left() -> None:
    text = drawn(one(" " * 60 + "now()\n", "now()", label="gives another time on every request"))

    assert text.splitlines()[4:6] == [f"  | {' ' * 60}^^^^^", f"  | {' ' * 41}gives another time on every request"]


def test_a_long_label_is_broken_into_lines_of_about_one_length() -> None:
    text = drawn(one("now()\n", "now()", label=LONG))

    assert [row[4:] for row in text.splitlines()[5:7]] == [
        "the first thing that happens here is not what happens the next time, the",
        "first thing that happens here is not what happens the next time, and so on",
    ]


def test_long_labels_on_one_line_do_not_cut_the_strings_of_others() -> None:
    text = drawn(one("first(second(third))\n", "third", ("first", "one " * 30), ("second", "two " * 30), label=LONG))
    rows = [row[4:] for row in text.splitlines()[5:]]

    assert [row for row in rows[: rows.index("")] if "two" in row and not row.startswith("|")] == []


def test_the_label_of_a_span_of_several_lines_stands_below_its_end() -> None:
    text = drawn(one("call(\n    1,\n)\n", "call(\n    1,\n)", label=LONG))
    end = next(number for number, row in enumerate(text.splitlines()) if row.startswith("  | |_^"))

    assert text.splitlines()[end] == "  | |_^"
    assert text.splitlines()[end + 1].startswith("  |   the first thing")


def test_advice_is_broken_under_its_beginning() -> None:
    rows = drawn(one("now()\n", "now()", advice=LONG)).splitlines()
    start = next(number for number, row in enumerate(rows) if "= help: " in row)

    assert [rows[start].index("the first"), rows[start + 1].rindex("  ") + 2] == [len("  = help: ")] * 2


def test_code_in_advice_is_left_as_it_is() -> None:
    code = f"  value = {'call(' * 20}"

    assert code in drawn(one("now()\n", "now()", advice=f"write\n{code}"))


@pytest.mark.parametrize("before", [0, 40, 300])
def test_a_long_line_of_a_fix_is_cut_around_what_changes(before: int) -> None:
    text = drawn(one(f"{'x' * before}now(){'y' * 300}\n", "now()", fix="later()"))
    rows = [row for row in text.splitlines() if re.match(r" +\| [-+] ", row)]

    assert ["now()" in rows[0], "later()" in rows[1], max(map(len, rows)) <= 80] == [True, True, True]


def test_a_row_of_wide_characters_and_tabs_fits() -> None:
    text = drawn(one(f"\t\t{'漢' * 60}now(){'字' * 60}\n", "now()", label="一 " * 50, fix="later()"))

    assert [row for row in framed(text) if columns(row) > 80] == []


def test_the_address_of_the_page_is_never_broken() -> None:
    assert pages.url("some-rule") in drawn(one("now()\n", "now()"), 60)


def test_what_stands_in_backticks_is_not_broken() -> None:
    assert wrapped("write `step.run(id, work)` here", 22) == ["write", "`step.run(id, work)`", "here"]


@given(st.text("ab `漢", max_size=200), st.integers(16, 80))
def test_lines_lose_nothing_but_blanks(text: str, room: int) -> None:
    assert "".join(wrapped(text, room)).replace(" ", "") == text.replace(" ", "")


@given(st.lists(st.text("ab漢", min_size=1, max_size=8), min_size=1, max_size=40), st.integers(0, 75), st.data())
@settings(deadline=None)
def test_a_text_is_placed_between_its_floor_and_the_limit(words: list[str], column: int, data: st.DataObject) -> None:
    floor = data.draw(st.integers(0, column))

    start, lines = placed(" ".join(words), column, floor, 80)

    assert floor <= start <= column
    assert max(map(columns, lines)) <= max(16, 80 - start)
