"""Accepted findings: what a baseline leaves out, what it survives, and when it is out of date."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from inngest_lint.cli import main
from inngest_lint.linter import Request, lint
from inngest_lint.progress import Bar
from inngest_lint.report import Report

FILE = "inngest-lint-baseline.json"
HEAD = """import inngest
client = inngest.Inngest(app_id="shop")
@client.create_function(fn_id="a", trigger=inngest.TriggerEvent(event="a"))
async def a(ctx: inngest.Context) -> None:
"""
FAULT = '    ctx.step.run("a", work)\n'
SOUND = "    return None\n"
ANOTHER = '    ctx.step.run("b", work)\n'


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments], standalone_mode=False)


def checked(*paths: str, select: tuple[str, ...] = ("unawaited-step",), baseline: str | None = FILE) -> Report:
    request = Request(paths or (".",), isolated=True, select=select, baseline=baseline)
    return lint(request, Bar(visible=False))


def accept(*arguments: str) -> Result:
    return run("baseline", "--isolated", "--select", "unawaited-step", *arguments)


def lines(report: Report) -> list[str]:
    return [report.sources[d.span.file].slice(d.span) for d in report.diagnostics]


def test_what_is_accepted_is_not_reported() -> None:
    Path("a.py").write_text(HEAD + FAULT)
    accept()

    report = checked()

    assert (report.diagnostics, report.accepted, report.stale) == ((), 1, ())


CHANGES = {
    "lines above": f"# a comment\n\n{HEAD}{FAULT}",
    "code around it": HEAD.replace("async def a", "async def renamed") + "    x = 1\n" + FAULT + "    return x\n",
    "other line ends": (HEAD + FAULT).replace("\n", "\r\n"),
    "another indentation": HEAD + "    if ctx.attempt:\n    " + FAULT,
    "no end of the last line": (HEAD + FAULT).rstrip(),
}


@pytest.mark.parametrize("text", CHANGES.values(), ids=CHANGES)
def test_an_entry_survives(text: str) -> None:
    Path("a.py").write_text(HEAD + FAULT)
    accept()
    Path("a.py").write_bytes(text.encode())

    report = checked()

    assert (report.diagnostics, report.stale) == ((), ())


def test_what_is_added_is_reported_alone() -> None:
    Path("a.py").write_text(HEAD + FAULT)
    accept()
    Path("a.py").write_text(HEAD + ANOTHER + FAULT)

    assert lines(checked()) == ['ctx.step.run("b", work)']


def test_a_second_fault_on_the_same_lines_of_code_is_reported() -> None:
    Path("a.py").write_text(HEAD + FAULT)
    accept()
    Path("a.py").write_text(HEAD + FAULT + FAULT)

    assert len(checked().diagnostics) == 1


def test_the_same_code_in_another_file_is_reported() -> None:
    Path("a.py").write_text(HEAD + FAULT)
    accept()
    Path("b.py").write_text(HEAD + FAULT)

    assert [diagnostic.span.file for diagnostic in checked().diagnostics] == ["b.py"]


def test_an_entry_whose_fault_is_gone_is_stale() -> None:
    Path("a.py").write_text(HEAD + FAULT + ANOTHER)
    accept()
    Path("a.py").write_text(HEAD + ANOTHER)

    assert len(checked().stale) == 1


def test_an_entry_whose_file_is_gone_is_stale() -> None:
    Path("a.py").write_text(HEAD + FAULT)
    accept()
    Path("a.py").unlink()

    assert len(checked().stale) == 1


@pytest.mark.parametrize(
    ("paths", "rule"),
    [((".",), "nested-step"), (("b",), "unawaited-step"), (("a.py",), "unawaited-step")],
    ids=["its rule is not checked", "its file is not below what is asked for", "one file alone is asked for"],
)
def test_an_entry_that_the_run_cannot_judge_is_not_stale(paths: tuple[str, ...], rule: str) -> None:
    Path("b").mkdir()
    Path("a.py").write_text(HEAD + FAULT)
    accept()
    Path("a.py").write_text(HEAD + SOUND)

    assert not checked(*paths, select=(rule,)).stale


def test_an_entry_of_a_file_that_is_partly_checked_is_not_stale() -> None:
    Path("a.py").write_text(HEAD + FAULT)
    accept()
    Path("a.py").write_text(HEAD + "    x = (\n")

    assert not checked().stale


def test_stale_entries_are_told_and_writing_again_drops_them() -> None:
    Path("a.py").write_text(HEAD + FAULT)
    accept()
    Path("a.py").write_text(HEAD + ANOTHER)

    told = run("check", "--isolated", "--select", "unawaited-step", "--baseline", FILE, "-v").stderr
    accept()

    assert "warning: 1 entry of the baseline matches nothing any more; `inngest-lint baseline` writes it again" in told
    assert "a.py: unawaited-step is no longer found" in told
    assert not checked().stale


def test_the_configuration_names_a_baseline_for_runs_and_for_the_command_that_writes_it() -> None:
    Path("inngest-lint.toml").write_text('baseline = "lint/accepted.json"\nselect = ["unawaited-step"]\n')
    Path("lint").mkdir()
    Path("a.py").write_text(HEAD + FAULT)
    Path("lint/accepted.json").write_text('{"version": 1, "findings": []}')

    codes = [run(command).return_value for command in ("check", "baseline", "check", "baseline", "check")]

    assert codes == [1, 0, 0, 0, 0]
    assert not Path(FILE).exists()
    assert json.loads(Path("lint/accepted.json").read_text())["findings"][0]["path"] == "../a.py"


def test_the_file_is_sorted_and_has_a_line_for_each_finding() -> None:
    for name in ("b.py", "a.py"):
        Path(name).write_text(HEAD + FAULT + ANOTHER)
    accept("b.py", "a.py")

    text = Path(FILE).read_text()

    assert [item["path"] for item in json.loads(text)["findings"]] == ["a.py", "a.py", "b.py", "b.py"]
    assert len(text.splitlines()) == 3 + 4 + 2
    assert all(isinstance(json.loads(line.strip().rstrip(",")), dict) for line in text.splitlines()[3:-2])


def test_writing_again_changes_nothing() -> None:
    Path("a.py").write_text(HEAD + FAULT + FAULT)
    accept()
    before = Path(FILE).read_bytes()
    accept()

    assert Path(FILE).read_bytes() == before


def test_nothing_to_accept_is_a_baseline_as_well() -> None:
    Path("a.py").write_text(HEAD + SOUND)
    accept()

    assert json.loads(Path(FILE).read_text()) == {"version": 1, "findings": []}


def test_to_accept_what_is_below_one_directory_keeps_the_entries_of_the_others() -> None:
    for name in ("a", "b"):
        Path(name).mkdir()
        Path(name, "f.py").write_text(HEAD + FAULT)
    accept()
    Path("a/f.py").write_text(HEAD + SOUND)
    accept("a")

    assert [item["path"] for item in json.loads(Path(FILE).read_text())["findings"]] == ["b/f.py"]


WRONG = {
    "no JSON": ("{", "not valid JSON: line 1"),
    "a manifest": ('{"version": 1, "functions": []}', "`findings` is not a list"),
    "another version": ('{"version": 2, "findings": []}', "not a baseline of version 1"),
    "a list": ("[]", "not a baseline of version 1"),
    "no entry": ('{"version": 1, "findings": [{"path": "a.py"}]}', "`findings[0]` is not an entry"),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("command", ["check", "baseline"])
def test_a_file_that_is_no_baseline_is_refused(text: str, told: str, command: str) -> None:
    Path("inngest-lint.toml").write_text(f'baseline = "{FILE}"\n')
    Path(FILE).write_text(text)

    done = run(command)

    assert done.return_value == 2
    assert f"error: {FILE}: {told}" in done.stderr
    assert Path(FILE).read_text() == text


def test_a_baseline_that_does_not_exist_is_refused() -> None:
    done = run("check", "--baseline", "nowhere.json")

    assert done.return_value == 2
    assert "`--baseline` names `nowhere.json`, which does not exist; `inngest-lint baseline` writes it" in done.stderr


def test_where_a_path_could_not_be_read_nothing_is_written() -> None:
    assert accept("nowhere").return_value == 2
    assert not Path(FILE).exists()
