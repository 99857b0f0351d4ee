"""Formats for continuous integration: each is read back by a reader that is not ours, whatever the code is called."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

import pytest
from conftest import GOLDENS
from hypothesis import given
from hypothesis.strategies import text as texts
from jsonschema import Draft4Validator, Draft202012Validator  # type: ignore[import-untyped]  # it comes without types
from markdown_it import MarkdownIt
from markdown_it.token import Token
from test_reporters import one, place, reported, sample, written
from xmlschema import XMLResource, XMLSchema

from inngest_lint.diagnostic import Diagnostic, Finding, Severity, Suppressed
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.report import Failure, FailureKind, Report
from inngest_lint.reporters import Style
from inngest_lint.reporters.fingerprint import line_hashes
from inngest_lint.text import Source, Span

SCHEMAS = Path(__file__).parent / "fixtures" / "schemas"
JUNIT = XMLSchema(str(SCHEMAS / "junit.xsd"))

HOSTILE = {
    "a newline": "a\nb",
    "a carriage return": "a\r\nb\rc",
    "a workflow command": "\n::error title=x::owned",
    "an old workflow command": "##[error]owned",
    "the end of a command": "a::b::c",
    "further properties": "x,line=99,title=y",
    "an end of a group": "\n::endgroup::\n::stop-commands::x\n",
    "percent signs": "100% %0A %25 %3A",
    "bars": "a|b||c",
    "an escaped bar": "a\\|b \\\\|",
    "a script": "<script>alert(1)</script>",
    "a comment": "<!-- --> <![CDATA[ ]]>",
    "quotes": "\"'\"'",
    "entities": "&amp;&#10;&lt;",
    "links": "[x](https://example.com) ![y](z) <https://example.com>",
    "marks": "*a* _b_ ~~c~~ # d $e$",
    "one backtick": "a`b",
    "many backticks": "``a`` ``` `b|c` ` `",
    "control characters": "\x01\x07\x1b[31m\x7f\x85\x9b",
    "turned text": "\u202e\u2066\u2028\u2029",
    "bytes that are no text": "\udcff\udc80",
    "what XML cannot hold": "\ufffe\uffff\x0b",
    "other scripts": "漢字 😀 é",
}

hostile = pytest.mark.parametrize("evil", HOSTILE.values(), ids=HOSTILE.keys())


def attacked(evil: str) -> Report:
    """A report in which everything that comes from outside is hostile, twice over."""
    report = one("x = 1\ny = 2\n", "x = 1", ("y", evil), label=evil, file=f"src/{evil}.py")
    (first,) = report.diagnostics
    finding = Finding(first.span, f"{evil} is wrong", help=f"mend {evil}", notes=first.finding.notes)
    other = Finding(Span(first.span.file, 6, 7), f"wrong is {evil}", help=evil)
    return Report(
        (reported("first-rule", finding), reported("second-rule", other, Severity.WARNING)),
        report.files,
        report.sources,
        failures=(Failure(FailureKind.UNREADABLE, f"{evil}.ts", f"{evil} cannot be read"),),
    )


def as_text(evil: str) -> str:
    """What is left of a name whose bytes are no text."""
    return re.sub("[\ud800-\udfff]", "\ufffd", evil)


def is_text(found: object) -> bool:
    """Whether a document holds nothing that only Python takes for text."""
    return not re.search("[\ud800-\udfff]", json.dumps(found, ensure_ascii=False))


def flood(count: int, severity: Severity = Severity.WARNING, message: str = "wrong") -> Report:
    source = Source("a.py", b"x\n" * count)
    found = [reported("some-rule", Finding(Span("a.py", 2 * at, 2 * at + 1), message), severity) for at in range(count)]
    return Report(tuple(found), ("a.py",), {"a.py": source})


# GitHub: workflow commands, as "Workflow commands for GitHub Actions" and the runner have them.


@dataclass(frozen=True)
class Command:
    name: str
    properties: dict[str, str]
    message: str


def commands(text: str) -> Iterator[Command]:
    """What the runner obeys in what a step writes."""
    token = None
    for line in re.split(r"\r\n|\r|\n", text):
        match = re.match(r"\s*::(?P<name>[^\s:]+)(?: (?P<given>.*?))?::(?P<message>.*)", line)
        if token is not None:
            token = None if match and match["name"] == token else token
        elif match is None:
            assert "##[" not in line, "the runner obeys these in the middle of a line"
        elif match["name"] == "stop-commands":
            token = match["message"]
        else:
            given = (each.split("=", 1) for each in (match["given"] or "").split(",") if each)
            properties = {name: unescaped(value, {"%3A": ":", "%2C": ","}) for name, value in given}
            yield Command(match["name"], properties, unescaped(match["message"], {}))


def unescaped(text: str, others: dict[str, str]) -> str:
    for code, sign in {"%0D": "\r", "%0A": "\n", **others, "%25": "%"}.items():
        text = text.replace(code, sign)
    return text


def annotated(text: str) -> list[Command]:
    return [command for command in commands(text) if command.name in {"error", "warning", "notice"}]


@hostile
def test_nothing_ends_a_workflow_command_or_begins_another(evil: str) -> None:
    found = list(commands(written(attacked(evil), "github")))

    assert [command.name for command in found] == ["error", "error", "warning"]
    assert [command.properties["title"] for command in found] == ["inngest-lint", "first-rule", "second-rule"]
    assert [command.properties.get("line") for command in found] == [None, "1", "2"]


def test_an_annotation_names_the_file_as_it_is_called() -> None:
    name = "src/a b,c:d%0A=é\n漢.py"

    (command,) = commands(written(one("x = 1\n", "x", file=name), "github", Style(summary=False)))

    assert command.properties["file"] == name


def test_an_annotation_says_where_it_belongs() -> None:
    (_, _, command, _) = annotated(written(sample(), "github"))

    assert command.properties == {"title": "step-in-step", "file": "src/orders.py", "line": "9", "endLine": "16"}


def test_an_annotation_within_a_line_has_columns() -> None:
    (command,) = annotated(written(one('x = "😀"; import os\n', "import"), "github"))

    assert (command.properties["col"], command.properties["endColumn"]) == ("10", "16")


def test_an_annotation_says_all_there_is_to_say() -> None:
    message = annotated(written(sample(), "github"))[1].message

    assert message.split("\n") == [
        "src/orders.py:6:38: lost-change: changes to `failed` inside a step are lost",
        "note: src/orders.py:2:5: made anew on every request",
        "note: src/orders.py:19:5: read here",
        "help: return the value from the step",
        "and collect what it returns",
    ]


def test_a_file_is_named_from_the_root_of_the_repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    monkeypatch.chdir(tmp_path / "web")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path))
    report = one("x = 1\n", "x", file="src/a.ts")

    (command,) = annotated(written(report, "github"))
    (violation,) = json.loads(written(report, "gitlab"))
    ((result,),) = [run["results"] for run in json.loads(written(report, "sarif"))["runs"]]

    assert command.properties["file"] == "web/src/a.ts"
    assert violation["location"]["path"] == "web/src/a.ts"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "web/src/a.ts"


@pytest.mark.parametrize(
    ("severity", "shown"),
    [
        (Severity.ERROR, ["error"] * 10 + ["notice"]),
        (Severity.WARNING, ["warning"] * 10 + ["notice"]),
        (Severity.INFO, ["notice"] * 10),
    ],
)
def test_no_more_annotations_are_written_than_github_shows(severity: Severity, shown: list[str]) -> None:
    assert [command.name for command in annotated(written(flood(25, severity), "github"))] == shown


def test_a_note_says_how_many_annotations_are_missing() -> None:
    last = annotated(written(flood(25), "github"))[-1]

    assert last.message == "15 more findings in the log: GitHub shows ten annotations of a kind"


def test_as_many_annotations_as_github_shows_need_no_note() -> None:
    assert {command.name for command in annotated(written(flood(10), "github"))} == {"warning"}


@hostile
def test_what_is_not_shown_stands_in_the_log_and_is_not_obeyed(evil: str) -> None:
    text = written(flood(12, message=evil), "github")

    assert [command.name for command in commands(text)] == ["warning"] * 10 + ["notice", "group", "endgroup"]
    assert "\na.py:11:1: some-rule: " in text
    assert "\na.py:12:1: some-rule: " in text


def test_the_worst_is_annotated_first() -> None:
    mixed = flood(3, Severity.INFO)
    report = Report((*mixed.diagnostics, *flood(1, Severity.ERROR).diagnostics), mixed.files, mixed.sources)

    assert [command.name for command in annotated(written(report, "github"))] == ["error"] + ["notice"] * 3


# GitLab


@pytest.mark.parametrize("report", [Report((), ()), sample(), sample("/srv/")], ids=["nothing", "sample", "elsewhere"])
def test_a_gitlab_report_is_what_gitlab_documents(report: Report) -> None:
    Draft202012Validator(json.loads((SCHEMAS / "gitlab.schema.json").read_text())).validate(
        json.loads(written(report, "gitlab"))
    )


@hostile
def test_a_gitlab_report_survives_what_it_is_about(evil: str) -> None:
    found = json.loads(written(attacked(evil), "gitlab"))

    Draft202012Validator(json.loads((SCHEMAS / "gitlab.schema.json").read_text())).validate(found)
    assert found[0]["location"]["path"] == f"src/{as_text(evil)}.py"
    assert is_text(found)


def test_a_run_without_findings_is_an_empty_array() -> None:
    assert written(Report((), ("a.py",)), "gitlab") == "[]\n"


def test_no_two_findings_have_one_fingerprint() -> None:
    found = json.loads(written(flood(50), "gitlab"))

    assert len({violation["fingerprint"] for violation in found}) == 50


def known(report: Report) -> list[list[str]]:
    """What GitLab and GitHub know the findings of a report by."""
    (run,) = json.loads(written(report, "sarif"))["runs"]
    return [
        [violation["fingerprint"] for violation in json.loads(written(report, "gitlab"))],
        [result["partialFingerprints"]["inngestLint/v1"] for result in run["results"]],
        [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]],
    ]


@pytest.mark.parametrize(
    "moved",
    [
        "# before\n\n\nwait()\nnow()  # it\nlater()\n" + "# after\n" * 60,
        "wait()\r\nnow()  # it\r\nlater()\r\n" + "# after\r\n" * 60,
        "wait()\n    now()  # it\nlater()\n" + "# after\n" * 60,
    ],
    ids=["further down", "with other line ends", "further in"],
)
def test_fingerprints_stay_where_lines_move(moved: str) -> None:
    text = "wait()\nnow()  # it\nlater()\n" + "# after\n" * 60

    assert known(one(moved, "now()")) == known(one(text, "now()"))


def test_fingerprints_change_with_the_code() -> None:
    before, after = one("now(1)\n", "now"), one("now(2)\n", "now")

    assert not {*chain(*known(before))} & {*chain(*known(after))}


def test_a_line_has_the_hash_that_github_computes() -> None:
    # As recorded in the tests of the action that uploads SARIF.
    source = Source("a.py", b" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n")

    assert line_hashes(source) == (
        *("e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1"),
        *("b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1"),
    )


def test_equal_lines_are_told_apart_as_github_does() -> None:
    source = Source("a.py", b"Lorem ipsum dolor sit amet.\n" * 10)

    assert line_hashes(source) == (
        *(f"a7f2ff13bc495cf2:{number}" for number in range(1, 7)),
        *("a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1", "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1"),
    )


def test_an_empty_file_has_a_hash() -> None:
    assert line_hashes(Source("a.py", b"")) == ("c129715d7a2bc9a3:1",)


@given(texts(alphabet="ab \t\r\n\f\u2028😀", max_size=300))
def test_every_line_has_a_hash_of_its_own(code: str) -> None:
    source = Source("a.py", code.encode())

    hashes = line_hashes(source)

    assert len({*hashes}) == len(hashes) == len(source.line_starts)


# JUnit


@pytest.mark.parametrize(
    "report",
    [Report((), ()), Report((), ("a.py",), {"a.py": Source("a.py", b"")}), sample(), sample("/srv/")],
    ids=["nothing", "clean", "sample", "elsewhere"],
)
def test_a_junit_report_follows_its_schema(report: Report) -> None:
    JUNIT.validate(written(report, "junit"))


@hostile
def test_a_junit_report_survives_what_it_is_about(evil: str) -> None:
    text = written(attacked(evil), "junit")

    JUNIT.validate(text)
    root = XMLResource(text).root
    assert [len(root.findall(f"testsuite/testcase/{kind}")) for kind in ("failure", "error")] == [2, 1]
    assert text.isascii()


@pytest.mark.parametrize("report", [Report((), ()), sample(), flood(3)], ids=["nothing", "sample", "flood"])
def test_a_junit_report_counts_what_it_holds(report: Report) -> None:
    root = XMLResource(written(report, "junit")).root

    for element in (root, *root.findall("testsuite")):
        counted = {"tests": "testcase", "failures": "failure", "errors": "error"}
        assert {name: int(element.get(name, "")) for name in counted} == {
            name: sum(1 for _ in element.iter(tag)) for name, tag in counted.items()
        }


def test_no_two_tests_of_a_suite_have_one_name() -> None:
    root = XMLResource(written(flood(3), "junit")).root

    assert [case.get("name") for case in root.iter("testcase")] == ["some-rule", "some-rule (2)", "some-rule (3)"]


def test_a_run_without_findings_is_a_test_that_passed() -> None:
    root = XMLResource(written(Report((), ()), "junit")).root

    assert [len(case) for case in root.iter("testcase")] == [0]


# reviewdog


@pytest.mark.parametrize("report", [Report((), ()), sample(), sample("/srv/")], ids=["nothing", "sample", "elsewhere"])
def test_an_rdjson_report_is_a_diagnostic_result(report: Report) -> None:
    Draft202012Validator(json.loads((SCHEMAS / "rdjson.schema.json").read_text())).validate(
        json.loads(written(report, "rdjson"))
    )


@hostile
def test_an_rdjson_report_survives_what_it_is_about(evil: str) -> None:
    found = json.loads(written(attacked(evil), "rdjson"))

    Draft202012Validator(json.loads((SCHEMAS / "rdjson.schema.json").read_text())).validate(found)
    assert found["diagnostics"][0]["location"]["path"] == f"src/{as_text(evil)}.py"
    assert is_text(found)


def test_rdjson_counts_in_bytes() -> None:
    (found,) = json.loads(written(one('x = "😀"; import os\n', "import"), "rdjson"))["diagnostics"]

    assert found["location"]["range"] == {"start": {"line": 1, "column": 13}, "end": {"line": 1, "column": 19}}


def suggested(source: Source, fix: Fix) -> list[dict[str, object]]:
    finding = Finding(Span(source.file, 0, 1), "wrong", fix=fix)
    report = Report((reported("some-rule", finding),), (source.file,), {source.file: source})
    (found,) = json.loads(written(report, "rdjson"))["diagnostics"]
    suggestions: list[dict[str, object]] = found.get("suggestions", [])
    return suggestions


def test_the_edits_of_a_fix_are_one_suggestion() -> None:
    source = Source("a.py", "é = first(a)\nß = second(b)\n".encode())
    edits = (Edit(place(source, "second"), "zweite"), Edit(place(source, "first"), "erste"))

    assert suggested(source, Fix("Mend", edits, Applicability.SAFE)) == [
        {
            "range": {"start": {"line": 1, "column": 6}, "end": {"line": 2, "column": 12}},
            "text": "erste(a)\nß = zweite",
        }
    ]


def test_a_fix_that_is_only_to_be_shown_is_not_suggested() -> None:
    source = Source("a.py", b"x = 1\n")

    assert not suggested(source, Fix("Mend", (Edit(Span("a.py", 0, 1), "y"),), Applicability.DISPLAY))


def test_a_fix_in_another_file_is_not_suggested() -> None:
    source = Source("a.py", b"x = 1\n")

    assert not suggested(source, Fix("Mend", (Edit(Span("b.py", 0, 1), "y"),), Applicability.SAFE))


# Markdown


def tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def shown(token: Token) -> str:
    """What a reader sees of a piece of Markdown."""
    return "".join(child.content for child in token.children or () if child.type in {"text", "code_inline"})


def cells(text: str) -> list[list[str]]:
    rows: list[list[str]] = []
    parsed = tokens(text)
    for number, token in enumerate(parsed):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in {"td_open", "th_open"}:
            rows[-1].append(shown(parsed[number + 1]))
    return rows


@hostile
def test_nothing_leaves_its_cell_in_markdown(evil: str) -> None:
    rows = cells(written(attacked(evil), "markdown"))

    assert [row[:2] for row in rows] == [["severity", "rule"], ["error", "first-rule"], ["warning", "second-rule"]]
    assert {len(row) for row in rows} == {4}


@hostile
def test_nothing_is_markup_in_markdown(evil: str) -> None:
    parsed = tokens(written(attacked(evil), "markdown"))

    kinds = {token.type for token in parsed} | {child.type for token in parsed for child in token.children or ()}
    assert not {kind for kind in kinds if kind.startswith(("html", "image", "em_", "strong_", "s_", "fence", "hard"))}
    links = [child.attrs["href"] for token in parsed for child in token.children or () if child.type == "link_open"]
    assert [str(link).rpartition("/")[2] for link in links] == ["first-rule.md", "second-rule.md"]


@pytest.mark.parametrize("text", ["a|b", "a\\|b", "<b>&amp;", "[x](y) *z*", "`ctx.step` is `a|b`", "a`b", "100% #1"])
def test_markdown_shows_a_message_as_it_is(text: str) -> None:
    source = Source("a.py", b"x\n")
    report = Report((reported("some-rule", Finding(Span("a.py", 0, 1), text)),), ("a.py",), {"a.py": source})

    told = cells(written(report, "markdown"))[1][3]

    assert told.replace("`", "") == text.replace("`", "")


def test_code_in_a_message_is_code_in_markdown() -> None:
    parsed = tokens(written(sample(), "markdown"))

    codes = [child.content for token in parsed for child in token.children or () if child.type == "code_inline"]
    assert "failed" in codes


def test_a_summary_fits_into_a_comment() -> None:
    text = written(flood(3000, message="a long message about nothing " * 4), "markdown")

    rows = cells(text)
    assert len(text) < 65_536
    assert f"\nand {3000 - len(rows) + 1} more findings, which would not fit in here.\n" in text


def test_a_summary_says_that_nothing_was_found() -> None:
    assert "All clean: 1 file checked." in html.unescape(written(Report((), ("a.py",)), "markdown"))


# SARIF


def results(report: Report, style: Style | None = None) -> list[dict[str, object]]:
    (run,) = json.loads(written(report, "sarif", style))["runs"]
    found: list[dict[str, object]] = run["results"]
    return found


@hostile
def test_a_sarif_report_survives_what_it_is_about(evil: str) -> None:
    document = json.loads(written(attacked(evil), "sarif"))

    Draft4Validator(json.loads((GOLDENS / "sarif.schema.json").read_text(encoding="utf-8"))).validate(document)
    (run,) = document["runs"]
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote(uri, errors="surrogateescape") == f"src/{evil}.py"


def of_rules(*rules: str) -> Report:
    source = Source("a.py", b"x = 1\n")
    found = [reported(rule, Finding(Span("a.py", 0, 1), "wrong")) for rule in rules]
    return Report(tuple(found), ("a.py",), {"a.py": source})


def test_sarif_has_all_that_code_scanning_requires() -> None:
    document = json.loads(written(of_rules("nested-step", "unawaited-step"), "sarif"))

    (run,) = document["runs"]
    required = [
        *(document["$schema"], document["version"], run["tool"]["driver"]["name"]),
        *(rule["id"] for rule in run["tool"]["driver"]["rules"]),
        *(rule[key]["text"] for rule in run["tool"]["driver"]["rules"] for key in ("shortDescription", "help")),
        *(rule["fullDescription"]["text"] for rule in run["tool"]["driver"]["rules"]),
        *(result["message"]["text"] for result in run["results"]),
        *(result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]),
        *(
            result["locations"][0]["physicalLocation"]["region"][key]
            for result in run["results"]
            for key in ("startLine", "startColumn", "endLine", "endColumn")
        ),
    ]
    assert all(required)


def test_the_help_of_a_rule_is_its_page() -> None:
    (run,) = json.loads(written(of_rules("nested-step"), "sarif"))["runs"]

    (rule,) = run["tool"]["driver"]["rules"]

    page = Path(__file__).parents[1] / "rules" / "nested-step.md"
    assert rule["help"] == {"text": page.read_text("utf-8"), "markdown": page.read_text("utf-8")}


def test_sarif_says_what_was_not_fully_checked() -> None:
    (run,) = json.loads(written(sample(), "sarif"))["runs"]

    told = run["invocations"][0]["toolExecutionNotifications"]
    assert [(each["level"], each["message"]["text"]) for each in told] == [
        ("error", "no such file or directory"),
        ("warning", "not fully checked"),
    ]


def silenced(diagnostic: Diagnostic, *reasons: str) -> Report:
    source = Source("a.py", b"x = 1\n")
    return Report((), ("a.py",), {"a.py": source}, suppressed=tuple(Suppressed(diagnostic, each) for each in reasons))


def test_what_is_suppressed_is_in_sarif_with_its_reason_when_it_is_asked_for() -> None:
    (diagnostic,) = of_rules("nested-step").diagnostics

    found = results(silenced(diagnostic, "known <b>", ""), Style(suppressed=True))

    assert [result["suppressions"] for result in found] == [
        [{"kind": "inSource", "status": "accepted", "justification": "known <b>"}],
        [{"kind": "inSource", "status": "accepted"}],
    ]


def test_what_is_suppressed_is_left_out_of_sarif_otherwise() -> None:
    (diagnostic,) = of_rules("nested-step").diagnostics

    assert not results(silenced(diagnostic, "known"))


@pytest.mark.parametrize("name", ["full", "concise"])
def test_people_are_told_what_is_suppressed_and_why(name: str) -> None:
    (diagnostic,) = of_rules("nested-step").diagnostics

    text = written(silenced(diagnostic, "known"), name, Style(suppressed=True))

    assert "a.py:1:1: suppressed: error[nested-step] wrong (reason: known)\n" in text


def test_json_lists_what_is_suppressed_when_it_is_asked_to() -> None:
    (diagnostic,) = of_rules("nested-step").diagnostics

    listed = json.loads(written(silenced(diagnostic, "known"), "json", Style(suppressed=True)))["suppressed"]

    assert [(each["rule"], each["line"], each["reason"]) for each in listed] == [("nested-step", 1, "known")]
