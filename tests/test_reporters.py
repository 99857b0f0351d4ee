"""Reporters: what they write, how they draw, and what they let through."""

from __future__ import annotations

import io
import json
import re
import unicodedata

import pytest
from conftest import GOLDENS, Golden
from jsonschema import Draft4Validator, Draft202012Validator  # type: ignore[import-untyped]  # it comes without types

from inngest_lint.diagnostic import Confidence, Diagnostic, Finding, Note, Severity, Suppressed
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.project import Unresolved
from inngest_lint.report import Failure, FailureKind, Report
from inngest_lint.reporters import FORMATS, Style, load
from inngest_lint.reporters.escape import one_line, safe, safe_path
from inngest_lint.reporters.paint import wanted
from inngest_lint.text import Source, Span

HANDLER = """\
async def import_orders(ctx: inngest.Context) -> None:
    failed: list[str] = []
    rows = await ctx.step.run("load", load)

    for row in rows:
\t\tawait ctx.step.run("漢字 😀", lambda: failed.append(row.id))
    await ctx.step.run(
        "outer",
        lambda: charge(
            ctx.step,
            1,
            2,
            3,
            4,
            5,
        ),
    )
    now = stamp(datetime.now(), failed)
    return failed
"""
HELPER = 'async def charge(step, *rest):\n    return await step.run("charge", confirm)\n'


def place(source: Source, text: str, until: str = "") -> Span:
    start = source.text.index(text.encode())
    end = source.text.index(until.encode(), start) + len(until.encode()) if until else start + len(text.encode())
    return Span(source.file, start, end)


def reported(rule: str, finding: Finding, severity: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic(rule, severity, Confidence.HIGH, finding)


SUPPRESSED = tuple(
    Suppressed(reported("lost-change", Finding(Span("a.py", 0, 1), "lost")), reason) for reason in ("known", "")
)


def sample(root: str = "") -> Report:
    handler, helper = (
        Source(f"{root}src/orders.py", HANDLER.encode()),
        Source(f"{root}src/billing é.py", HELPER.encode()),
    )
    mutation = Finding(
        place(handler, "failed.append(row.id)"),
        "changes to `failed` inside a step are lost",
        help="return the value from the step\nand collect what it returns",
        label="changed inside the step",
        notes=(
            Note(place(handler, "failed: list[str] = []"), "made anew on every request"),
            Note(place(handler, "return failed"), "read here"),
        ),
    )
    nested = Finding(
        place(handler, "charge(", "        )"),
        "a step starts inside another step, through `charge`",
        help="call `charge` beside the step",
        label="starts a step",
        notes=(
            Note(place(handler, "ctx.step.run(\n", ",\n    )"), "this step is running"),
            Note(place(helper, "step.run"), "the inner step starts here"),
        ),
    )
    clock = Finding(
        place(handler, "datetime.now()"),
        "the clock is read outside a step",
        help="read it in `step.run`",
        label="a new time on every request",
        notes=(Note(place(handler, "stamp"), "goes in here"), Note(place(handler, "now = "), "ends up here")),
        fix=Fix(
            "read it in a step",
            (Edit(place(handler, "datetime.now()"), 'await ctx.step.run("now", now)'),),
            Applicability.UNSAFE,
        ),
    )
    return Report(
        diagnostics=(
            reported("lost-change", mutation),
            reported("step-in-step", nested),
            reported("time-outside-step", clock, Severity.WARNING),
        ),
        files=(handler.file, helper.file, f"{root}src/clean.py"),
        sources={handler.file: handler, helper.file: helper},
        partly=frozenset({helper.file}),
        failures=(Failure(FailureKind.MISSING, "gone.py", "no such file or directory"),),
        unresolved=(Unresolved(place(helper, "confirm"), "`confirm` comes from outside"),),
        suppressed=SUPPRESSED,
    )


def one(text: str, marked: str, *notes: tuple[str, str], label: str = "", file: str = "a.py") -> Report:
    source = Source(file, text.encode("utf-8", "surrogatepass"))
    finding = Finding(
        place(source, marked), "wrong", label=label, notes=tuple(Note(place(source, at), what) for at, what in notes)
    )
    return Report((reported("some-rule", finding),), (file,), {file: source})


def written(report: Report, name: str = "full", style: Style | None = None) -> str:
    out = io.StringIO()
    load(name)(report, out, style or Style())
    return out.getvalue()


def columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) == "W" else 1 for character in text)


def under(text: str, sign: str = "^") -> str:
    """What the sign stands under, character by character of the row above, all of them one column wide."""
    rows = text.split("\n")
    number = next(number for number, row in enumerate(rows) if sign in row and " | " in row)
    return "".join(code for code, mark in zip(rows[number - 1], rows[number], strict=False) if mark == sign)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_writes_what_its_golden_file_holds(name: str, golden: Golden) -> None:
    text = written(sample("/srv/"), name, Style(unresolved=True))

    assert text == golden(f"{name}.golden", text)


def test_colour_changes_nothing_but_the_colour() -> None:
    coloured = written(sample(), style=Style(colour=True))

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == written(sample())


def test_colour_is_there_when_it_is_asked_for() -> None:
    assert "\x1b[1;31merror[step-in-step]\x1b[0m" in written(sample(), style=Style(colour=True))


def test_the_lsp_format_follows_the_protocol() -> None:
    schema = json.loads((GOLDENS / "lsp.schema.json").read_text(encoding="utf-8"))

    published = json.loads(written(sample("/srv/ü/"), "lsp"))

    Draft202012Validator(schema).validate(published)


@pytest.mark.parametrize("directory", ["", "/srv/ü #/"])
def test_the_sarif_format_follows_its_schema(directory: str) -> None:
    schema = json.loads((GOLDENS / "sarif.schema.json").read_text(encoding="utf-8"))

    written_out = json.loads(written(sample(directory), "sarif"))

    Draft4Validator(schema).validate(written_out)


def test_the_sarif_format_carries_the_way_to_what_a_finding_is_about() -> None:
    (run,) = json.loads(written(sample(), "sarif"))["runs"]

    ways = [result["codeFlows"][0]["threadFlows"][0]["locations"] for result in run["results"] if "codeFlows" in result]

    noted = [diagnostic.finding.notes for diagnostic in sample().diagnostics if diagnostic.finding.notes]
    assert [[place["location"]["message"]["text"] for place in way[1:]] for way in ways] == [
        [note.message for note in notes] for notes in noted
    ]


def test_the_lsp_format_has_an_entry_for_a_clean_file() -> None:
    published = json.loads(written(sample("/srv/"), "lsp"))

    assert {"uri": "file:///srv/src/clean.py", "diagnostics": []} in published


def test_the_lsp_format_counts_in_utf_16() -> None:
    report = one('x = "😀"; import os\n', "import")

    (published,) = json.loads(written(report, "lsp"))

    assert published["diagnostics"][0]["range"]["start"] == {"line": 0, "character": 10}


def test_json_counts_in_characters_from_one() -> None:
    report = one('x = "😀"; import os\n', "import")

    found = json.loads(written(report, "json"))["diagnostics"][0]

    assert (found["line"], found["column"], found["end_line"], found["end_column"]) == (1, 10, 1, 16)


def test_json_lists_what_was_not_understood_only_when_it_is_asked_to() -> None:
    assert "unresolved" not in json.loads(written(sample(), "json"))


def test_json_stays_ascii() -> None:
    assert written(sample(), "json").isascii()


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_lets_an_escape_sequence_through(name: str) -> None:
    evil = "\x1b]0;owned\x07\x9b31m\u202e\u2028\x7f"
    report = one(f"x = 1  # {evil}\n", "x = 1", (evil, evil), label=evil, file=f"a{evil}\n.py")

    text = written(report, name, Style(unresolved=True))

    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]", text)


def test_safe_text_shows_what_it_took_out() -> None:
    assert safe("\x1b[1m\x7f\x9b\u202e\udcff\t\n") == "␛[1m␡\\u{9b}\\u{202e}\\u{dcff}\t\n"


def test_one_line_keeps_to_its_line() -> None:
    assert one_line("a\nb\tc\r") == "a b c␍"


def test_a_path_shows_its_newlines_and_bytes() -> None:
    assert safe_path("a\nb\udcff\x1b.py") == "a\\nb\\xff␛.py"


def test_a_mark_stands_under_its_span() -> None:
    assert under(written(one("x = call(now())\n", "now()"))) == "now()"


def test_a_mark_stands_under_its_span_behind_tabs_and_wide_characters() -> None:
    rows = written(one('\tx = "漢字", now()\n', "now()")).split("\n")
    code = next(row for row in rows if "now()" in row)
    marks = next(row for row in rows if "^" in row)

    assert columns(code[: code.index("now()")]) == marks.index("^")


def test_an_empty_span_at_the_end_of_a_line_has_a_mark() -> None:
    source = Source("a.py", b"x = (\n")
    report = Report((reported("syntax-error", Finding(Span("a.py", 5, 5), "wrong")),), ("a.py",), {"a.py": source})

    assert "\n1 | x = (\n  |      ^\n" in written(report)


def test_an_empty_file_can_hold_a_finding() -> None:
    source = Source("a.py", b"")
    report = Report((reported("some-rule", Finding(Span("a.py", 0, 0), "wrong")),), ("a.py",), {"a.py": source})

    assert " --> a.py:1:1\n" in written(report)


@pytest.mark.parametrize("at", [0, 500, 500_000, 999_990])
def test_a_very_long_line_is_cut_around_the_span(at: int) -> None:
    line = "x" * at + "(now())" + "x" * (1_000_000 - at)

    text = written(one(line, "now()"))

    assert under(text) == "now()"
    assert max(map(len, text.split("\n"))) < 200


def test_a_long_line_of_wide_characters_is_cut_by_its_columns() -> None:
    text = written(one("漢" * 5000 + " now() " + "字" * 5000, "now()"))

    assert max(map(columns, text.split("\n"))) < 200


def test_a_mark_outside_the_part_of_a_line_that_is_shown_stands_under_the_cut() -> None:
    text = written(one("now()" + " " * 1000 + "other", "now()", ("other", "far away")))

    assert under(text, "-") == "…"


def test_labels_on_one_line_hang_below_each_other() -> None:
    text = written(one("f(a, b, c)\n", "c", ("a", "first"), ("b", "second"), label="third"))

    assert text.split("\n")[2:8] == [
        "  |",
        "1 | f(a, b, c)",
        "  |   -  -  ^ third",
        "  |   |  |",
        "  |   |  second",
        "  |   first",
    ]


def test_a_line_between_two_marks_is_shown_and_more_are_not() -> None:
    text = written(one("a\nb\nc\nd\ne\nf\n", "a", ("c", ""), ("f", "")))

    assert [row.split(" ")[0] + row[-1:] for row in text.split("\n")[3:11]] == [
        *("1a", "^", "2b", "3c", "-", "....", "6f", "-"),
    ]


def test_a_span_of_many_lines_is_cut_in_the_middle() -> None:
    text = written(one("(\n" + "1,\n" * 20 + ")\n", "(\n" + "1,\n" * 20 + ")"))

    assert [row[:4].strip(" |") for row in text.split("\n")[3:12]] == [*"1234", "...", "20", "21", "22", ""]


def test_nothing_found_is_said_in_a_line() -> None:
    assert written(Report((), ("a.py", "b.py"))) == "All clean: 2 files checked.\n"


def test_a_file_that_was_checked_in_part_is_not_called_clean() -> None:
    assert written(Report((), ("a.py",), partly=frozenset({"a.py"}))) == (
        "Nothing found: 1 file checked (1 not fully checked).\n"
    )


def test_the_summary_counts_each_severity() -> None:
    assert written(sample(), "concise").endswith("\nFound 2 errors, 1 warning in 1 file (1 not fully checked).\n")


def test_the_summary_can_be_left_out() -> None:
    assert "Found" not in written(sample(), style=Style(summary=False))


def test_statistics_put_the_most_frequent_rule_first() -> None:
    report = Report((*sample().diagnostics, sample().diagnostics[1]), ("a.py",))

    rows = written(report, "statistics").split("\n")

    assert rows[:2] == ["2  step-in-step       error", "1  lost-change        error"]


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "colour"),
    [
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "0"}, True, False),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"TERM": "xterm"}, True, True),
        ("auto", {}, False, False),
    ],
)
def test_colour_is_decided_in_order(
    choice: str,
    environment: dict[str, str],
    terminal: bool,  # noqa: FBT001 - a column of the table
    colour: bool,  # noqa: FBT001
) -> None:
    assert wanted(choice, environment, terminal=terminal) is colour
