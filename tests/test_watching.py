"""Watching: there is a report for each change that matters, and for nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from inngest_lint.cli import main
from inngest_lint.report import Report
from inngest_lint.request import Request
from inngest_lint.watching import watch

HEAD = """import inngest
from work import work
client = inngest.Inngest(app_id="shop")
@client.create_function(fn_id="a", trigger=inngest.TriggerEvent(event="a"))
async def a(ctx: inngest.Context) -> None:
"""
SOUND = f'{HEAD}    await ctx.step.run("a", work)\n    work()\n'
FAULTY = f'{HEAD}    ctx.step.run("a", work)\n'


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("work.py").write_text("def work() -> None:\n    return None\n")
    Path("a.py").write_text(SOUND)


def watched(*changes: Callable[[], object], request: Request | None = None) -> list[list[str]]:
    """The rules of each report while files change; between two changes there is time to notice the first."""
    reports: list[Report] = []
    waiting: Iterator[Callable[[], object]] = iter(changes)
    idle = 0

    def pause() -> None:
        nonlocal idle
        idle += 1
        if idle % 3 == 1 and (change := next(waiting, None)) is not None:
            change()
        elif idle > 3 * len(changes) + 3:
            raise KeyboardInterrupt

    code = watch(request or Request((".",)), reports.append, pause, quiet=True)

    assert code == 0
    return [[diagnostic.rule for diagnostic in report.diagnostics] for report in reports]


def test_without_a_change_there_is_one_report() -> None:
    assert watched() == [[]]


def test_a_changed_file_is_checked_again() -> None:
    assert watched(lambda: Path("a.py").write_text(FAULTY)) == [[], ["unawaited-step"]]


def test_a_new_file_is_checked() -> None:
    assert watched(lambda: Path("b.py").write_text(FAULTY.replace('"a"', '"b"'))) == [[], ["unawaited-step"]]


def test_a_file_that_is_gone_is_no_longer_reported() -> None:
    Path("a.py").write_text(FAULTY)

    assert watched(lambda: Path("a.py").unlink()) == [["unawaited-step"], []]


def test_a_file_that_is_only_used_is_watched_as_well() -> None:
    text = "import requests\ndef work() -> None:\n    requests.get('https://shop.example')\n"
    request = Request(("a.py",), isolated=True)

    assert watched(lambda: Path("work.py").write_text(text), request=request) == [[], ["raw-fetch"]]


def test_a_configuration_that_comes_into_being_counts() -> None:
    Path("a.py").write_text(FAULTY)

    found = watched(lambda: Path("inngest-lint.toml").write_text('ignore = ["unawaited-step"]\n'))

    assert found == [["unawaited-step"], []]


def test_a_mistake_in_the_configuration_is_waited_out(capsys: pytest.CaptureFixture[str]) -> None:
    file = Path("inngest-lint.toml")

    found = watched(lambda: file.write_text('selekt = ["all"]\n'), lambda: file.write_text(""))

    assert found == [[], []]
    assert "inngest-lint.toml:1: unknown key `selekt`, did you mean `select`?" in capsys.readouterr().err


def test_a_file_that_is_none_of_its_business_is_not_waited_for() -> None:
    assert watched(lambda: Path("notes.txt").write_text("a")) == [[]]


def test_where_there_is_no_terminal_nothing_is_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    watched(lambda: Path("a.py").write_text(FAULTY))

    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no interrupt to a process")
def test_the_program_watches_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "inngest_lint", "check", "--watch", "--output-format", "concise"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first, waiting = process.stdout.readline(), process.stderr.readline()
        Path("a.py").write_text(FAULTY)
        second, summary = process.stdout.readline(), process.stdout.readline()
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        code = process.wait()
        told = process.stderr.read()

    assert (first, waiting) == ("All clean: 2 files checked.\n", "info: waiting for changes, until Ctrl-C\n")
    assert second.startswith("a.py:6:5: error[unawaited-step]")
    assert summary == "Found 1 error in 1 file.\n"
    assert (code, told) == (0, "")


@pytest.mark.parametrize("option", ["--fix", "--diff", "--add-ignores", "-"])
def test_what_cannot_be_watched_is_refused(option: str) -> None:
    assert CliRunner().invoke(main, ["check", "--watch", option]).exit_code == 2
