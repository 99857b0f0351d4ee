"""Whole runs: what they import, that they end, and that they say the same each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus import sources

from inngest_lint.__main__ import main
from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.linter import Request, lint
from inngest_lint.model.function import Module
from inngest_lint.report import Report
from inngest_lint.rule import Category, Context, all_rules, rule

HEAD = """\
import time

import inngest

client = inngest.Inngest(app_id="shop")


@client.create_function(fn_id="ship", trigger=inngest.TriggerEvent(event="shop/order.paid"))
async def ship(ctx: inngest.Context) -> None:
    {start}()
    await ctx.step.run("pack", print)
"""


class Silent:
    """A progress that shows nothing."""

    def begin(self, total: int) -> None: ...

    def advance(self, file: str) -> None: ...


def linted(text: str) -> Report:
    Path("ship.py").write_text(text)
    return lint(Request(("ship.py",), isolated=True, select=("nondeterminism-outside-step",)), Silent())


def program(*arguments: str, seed: int = 0) -> str:
    command = [sys.executable, "-m", "inngest_lint", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stdout


@pytest.fixture(autouse=True)
def _in_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# What is imported

OF_CLICK = {"click", "inngest_lint"}
NEVER_NEEDED = {
    *("asyncio", "concurrent", "email", "http", "importlib.metadata", "importlib.resources", "logging"),
    *("multiprocessing", "rich", "socket", "sqlite3", "ssl", "tempfile", "unittest", "xml"),
}
NEEDED_LATER = {"difflib", "inngest_lint.rules", "libcst", "pathspec", "tomli", "tomllib", "tree_sitter"}
RUNS: dict[str, tuple[tuple[str, ...], set[str], set[str]]] = {
    "the version": (
        ("--version",),
        {"inngest_lint"},
        {*NEVER_NEEDED, "re", "typing", "dataclasses", "pathlib", "enum"},
    ),
    "the help": (("--help",), OF_CLICK, {*NEVER_NEEDED, "difflib", "json", "inngest_lint.linter", "inngest_lint.rule"}),
    "a clean run": (("check", "a.py"), OF_CLICK, {*NEVER_NEEDED, *NEEDED_LATER}),
    "a clean run over TypeScript": (("check", "a.ts"), OF_CLICK, {*NEVER_NEEDED, *NEEDED_LATER}),
}


@pytest.mark.parametrize("run", RUNS)
def test_a_run_imports_no_package_that_it_does_not_need(run: str) -> None:
    arguments, packages, _ = RUNS[run]

    assert {name.partition(".")[0] for name in imported(*arguments)} - sys.stdlib_module_names <= packages


@pytest.mark.parametrize("run", RUNS)
def test_a_run_imports_no_module_that_is_slow_to_import(run: str) -> None:
    arguments, _, needless = RUNS[run]

    assert imported(*arguments) & needless == set()


def imported(*arguments: str) -> set[str]:
    """The modules that a run imports, those left out that the interpreter brings with it."""
    for name in ("a.py", "a.ts"):
        Path(name).write_text("x = 1\n")
    code = (
        "import sys; before = {*sys.modules}; from inngest_lint.__main__ import main; main();"
        "print(*sys.modules.keys() - before)"
    )
    # -I -S: neither the environment nor what is installed adds imports of its own.
    paths = f"import sys; sys.path[:0] = {[path for path in sys.path if path]};"
    command = [sys.executable, "-I", "-S", "-c", paths + code, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return set(result.stdout.splitlines()[-1].split())


# That they end


def test_a_fan_of_helpers_is_followed_although_nobody_could_walk_all_its_ways() -> None:
    levels = "".join(f"\n\ndef level_{n}() -> None:\n    level_{n + 1}()\n    level_{n + 1}()\n" for n in range(40))
    end = "\n\ndef level_40() -> None:\n    time.time()\n"

    (found,) = linted(HEAD.format(start="level_0") + levels + end).diagnostics
    assert found.finding.message == "`level_0` reads the clock outside a step"


def test_steps_at_the_end_of_a_fan_of_helpers_make_a_function_durable() -> None:
    levels = "".join(
        f"\n\nasync def level_{n}(step: inngest.Step) -> None:\n"
        f"    await level_{n + 1}(step)\n    await level_{n + 1}(step)\n"
        for n in range(40)
    )
    end = '\n\nasync def level_40(step: inngest.Step) -> None:\n    await step.run("pack", print)\n'
    handler = HEAD.format(start="time.time").replace('ctx.step.run("pack", print)', "level_0(ctx.step)")

    assert [found.rule for found in linted(handler + levels + end).diagnostics] == ["nondeterminism-outside-step"]


@pytest.mark.parametrize("start", range(7))
def test_helpers_that_call_each_other_in_a_circle_are_followed_from_each_of_them(start: int) -> None:
    circle = "".join(
        f"\n\ndef helper_{n}() -> None:\n    helper_{(n + 1) % 7}()\n    helper_{n * 3 % 7}()\n" for n in range(7)
    )
    text = HEAD.format(start=f"helper_{start}") + circle.replace("helper_5()\n", "helper_5()\n    time.time()\n", 1)

    assert [found.rule for found in linted(text).diagnostics] == ["nondeterminism-outside-step"]


def test_a_chain_of_helpers_is_followed_to_its_end() -> None:
    chain = "".join(f"\n\ndef link_{n}() -> None:\n    link_{n + 1}()\n" for n in range(2000))
    report = linted(HEAD.format(start="link_0") + chain + "\n\ndef link_2000() -> None:\n    time.time()\n")

    assert [found.rule for found in report.diagnostics] == ["nondeterminism-outside-step"]
    assert report.failures == ()


# What goes wrong on the way


class Gone(Silent):
    """A progress after whose first file the last one is gone."""

    def advance(self, file: str) -> None:
        Path("c.py").unlink(missing_ok=True)


def test_a_file_that_is_gone_when_it_is_its_turn_is_a_failure_of_its_own() -> None:
    for name in "abc":
        Path(f"{name}.py").write_text(HEAD.format(start="time.time"))
    report = lint(Request((".",), isolated=True), Gone())

    assert [(failure.file, failure.message) for failure in report.failures] == [("c.py", "no such file or directory")]
    assert report.files == ("a.py", "b.py")


def declare(raised: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be a rule that raises something for one file."""

    def broken(module: Module, _context: Context) -> Iterator[Finding]:
        if module.file == "a.py":
            raise raised
        return iter(())

    declared = rule(on=Module, severity=Severity.ERROR, category=Category.PROJECT, since="0.1")(broken)
    monkeypatch.setitem(all_rules(), declared.name, declared)
    for name in "ab":
        Path(f"{name}.py").write_text(HEAD.format(start="time.time"))


@pytest.mark.parametrize("raised", [RecursionError("deep"), MemoryError(), AssertionError("never"), KeyError("x")])
def test_whatever_a_rule_raises_the_other_rules_are_heard(raised: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(raised, monkeypatch)
    report = lint(Request((".",), isolated=True), Silent())

    assert [failure.file for failure in report.failures] == ["a.py"]
    assert {found.span.file for found in report.diagnostics} == {"a.py", "b.py"}


def test_who_interrupts_a_run_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(KeyboardInterrupt(), monkeypatch)
    monkeypatch.setattr(sys, "argv", ["inngest-lint", "check", "--isolated", "."])

    assert main() == 130


# The same input gives the same output


@pytest.fixture
def paths() -> tuple[str, ...]:
    """The corpus as files, in four directories."""
    for number, source in enumerate(sources()):
        path = Path(f"part_{number % 4}", f"file_{number}{Path(source.file).suffix}")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(source.text)
    return tuple(f"part_{number}" for number in range(4))


def test_the_same_files_give_the_same_report_byte_by_byte(paths: tuple[str, ...]) -> None:
    options = ("check", "--isolated", "--select", "all", "--show-unresolved", "--output-format", "json")
    orders = [(*paths[seed % 4 :], *paths[: seed % 4]) for seed in range(3)]
    orders += [order[::-1] for order in orders]
    first, *others = (program(*options, *order, seed=seed) for seed, order in enumerate(orders))

    assert json.loads(first)
    assert others == [first] * 5
