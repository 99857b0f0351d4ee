"""Mending: what fixes do to files, what they leave alone, and that they come to an end."""

from __future__ import annotations

import ast
import os
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pages import DEEP_CASES, RULE_PAGES, PageBlock, projects, read_page

from inngest_lint.cli import run
from inngest_lint.diagnostic import Diagnostic, Finding, Severity
from inngest_lint.files.writing import replace
from inngest_lint.fix import Applicability, Edit, Fix, apply
from inngest_lint.linter import Request, lint
from inngest_lint.mending import ROUNDS, Mended, mend, save
from inngest_lint.model.function import Module
from inngest_lint.progress import Bar
from inngest_lint.report import FailureKind, Report
from inngest_lint.rule import Category, Context, all_rules, rule
from inngest_lint.text import Source, Span

SELECTED = ["swallowed-interrupt", "step-handler-called", "unused-suppression"]
BARE = """\
import inngest

client = inngest.Inngest(app_id="shop")


def pay() -> str:
    return "paid"


@client.create_function(fn_id="refund", trigger=inngest.TriggerEvent(event="shop/order.cancelled"))
async def refund(ctx: inngest.Context) -> None:
    try:
        await ctx.step.run("refund", pay)
    except:  # für alle
        ctx.logger.info("failed")
"""
MENDED = BARE.replace("except:", "except Exception:")
CALLED = BARE.replace('"refund", pay', '"refund", pay()')
SAFE = Applicability.SAFE
CALLED_MENDED = MENDED.replace('"refund", pay', '"refund", lambda: pay()')


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of its own for each test, which no configuration from outside reaches."""
    monkeypatch.chdir(tmp_path)
    Path("inngest-lint.toml").write_text(f"select = {SELECTED}")
    return tmp_path


def mended(*, unsafe: bool = False) -> Mended:
    return mend(Request((".",)), Bar(visible=False), unsafe=unsafe)


def program(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "inngest_lint", "check", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=60)


def declare(monkeypatch: pytest.MonkeyPatch, old: bytes, new: str, trust: Applicability = Applicability.SAFE) -> None:
    """Add a rule that finds each `old`, and writes `new` in its place."""

    def eager(module: Module, _context: Context) -> Iterator[Finding]:
        """A word is found."""
        text = Path(module.file).read_bytes() if not seen else seen[-1]
        start = text.find(old)
        if start >= 0:
            span = Span(module.file, start, start + len(old))
            yield Finding(span, "found", fix=Fix("Write it", (Edit(span, new),), trust))

    seen: list[bytes] = []
    declared = rule(on=Module, severity=Severity.ERROR, category=Category.PROJECT, since="0.1")(eager)
    monkeypatch.setitem(all_rules(), "eager", declared)
    Path("inngest-lint.toml").write_text('select = ["eager"]')


def test_safe_fixes_are_applied_and_what_is_left_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(CALLED, encoding="utf-8")

    code = run(["check", "--fix", "--output-format", "concise"])

    told = capsys.readouterr()
    assert Path("a.py").read_text(encoding="utf-8") == CALLED.replace("except:", "except Exception:")
    assert (code, told.err) == (1, "Fixed 1 error in 1 file (1 more with --unsafe-fixes).\n")
    assert "step-handler-called" in told.out
    assert "swallowed-interrupt" not in told.out


def test_unsafe_fixes_are_applied_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(CALLED, encoding="utf-8")

    code = run(["check", "--fix", "--unsafe-fixes"])

    told = capsys.readouterr()
    assert Path("a.py").read_text(encoding="utf-8") == CALLED_MENDED
    assert (code, told.out) == (0, "All clean: 1 file checked.\n")
    assert told.err == "Fixed 2 errors in 1 file.\n"


def test_a_second_run_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(CALLED, encoding="utf-8")
    run(["check", "--fix", "--unsafe-fixes"])
    written = Path("a.py").stat().st_mtime_ns
    capsys.readouterr()

    code = run(["check", "--fix", "--unsafe-fixes"])

    assert (code, capsys.readouterr().err, Path("a.py").stat().st_mtime_ns) == (0, "", written)


def test_unsafe_fixes_alone_are_no_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--unsafe-fixes"]) == 2
    assert "--unsafe-fixes asks for --fix or --diff" in capsys.readouterr().err


def test_fixes_that_are_only_shown_are_never_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.py").write_text("import inngest  # old\n")
    declare(monkeypatch, b"old", "new", Applicability.DISPLAY)

    assert mended(unsafe=True).changes == ()


@pytest.mark.parametrize(
    ("text", "config"),
    [
        (BARE.replace("für alle", "inngest-lint: ignore[swallowed-interrupt] on purpose"), ""),
        (BARE, 'ignore = ["swallowed-interrupt"]\n'),
        (BARE, 'per-file-ignores = { "a.py" = ["swallowed-interrupt"] }\n'),
    ],
    ids=["suppressed", "ignored", "ignored-in-file"],
)
def test_what_is_not_reported_is_not_fixed(text: str, config: str) -> None:
    Path("a.py").write_text(text, encoding="utf-8")
    Path("inngest-lint.toml").write_text(config)

    run(["check", "--fix", "--unsafe-fixes"])

    assert Path("a.py").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("indentation", ["    ", "\t", "  "])
def test_encoding_line_ends_and_indentation_are_kept(encoding: str, end: str, indentation: str) -> None:
    def written(text: str) -> bytes:
        head = "# coding: latin-1\n" if encoding == "latin-1" else ""
        return (head + text).replace("    ", indentation).replace("\n", end).encode(encoding)

    Path("a.py").write_bytes(written(CALLED))

    run(["check", "--fix", "--unsafe-fixes"])

    assert Path("a.py").read_bytes() == written(CALLED_MENDED)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_that_a_fix_adds_end_as_the_others_do(end: str) -> None:
    source = Source("a.py", f"one{end}two".encode())

    after = apply(source, [Fix("Add", (Edit(Span("a.py", len(f"one{end}"), len(f"one{end}")), "more\n"),), SAFE)])

    assert after.source.text == f"one{end}more{end}two".encode()


def test_permissions_and_links_are_kept() -> None:
    Path("real").mkdir()
    Path("real/a.py").write_text(BARE, encoding="utf-8")
    Path("real/a.py").chmod(0o750)
    Path("a.py").symlink_to("real/a.py")

    run(["check", "--fix", "a.py"])

    assert Path("a.py").is_symlink()
    assert Path("real/a.py").read_text(encoding="utf-8") == MENDED
    assert stat.S_IMODE(Path("real/a.py").stat().st_mode) == 0o750


def test_a_file_that_changed_meanwhile_is_left_and_what_it_holds_is_reported() -> None:
    Path("a.py").write_text(BARE, encoding="utf-8")
    Path("b.py").write_text(BARE, encoding="utf-8")
    request = Request((".",))
    found = mend(request, Bar(visible=False), unsafe=False)
    Path("a.py").write_text(f"{BARE}\n", encoding="utf-8")

    saved = save(request, found)

    assert [change.before.file for change in saved.changes] == ["b.py"]
    assert [(failure.kind, failure.file) for failure in saved.report.failures] == [(FailureKind.UNWRITTEN, "a.py")]
    assert [(found.rule, found.span.file) for found in saved.report.diagnostics] == [("swallowed-interrupt", "a.py")]
    assert Path("a.py").read_text(encoding="utf-8") == f"{BARE}\n"


def test_a_file_that_is_read_only_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(BARE, encoding="utf-8")
    Path("a.py").chmod(0o444)

    code = run(["check", "--fix"])

    assert (code, Path("a.py").read_text(encoding="utf-8")) == (2, BARE)
    assert "error: a.py: the file was not fixed: it is read-only" in capsys.readouterr().err


def test_a_write_that_is_interrupted_leaves_the_old_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    Path("a.py").write_text(BARE, encoding="utf-8")
    monkeypatch.setattr(os, "fsync", interrupted)

    with pytest.raises(OSError, match="No space"):
        replace("a.py", b"half")

    assert Path("a.py").read_text(encoding="utf-8") == BARE
    assert {path.name for path in Path().iterdir()} == {"a.py", "inngest-lint.toml"}


@pytest.mark.parametrize(("file", "spoils"), [("a.py", "def ("), ("a.ts", "let = = {")])
def test_a_file_that_could_not_be_read_afterwards_is_left(
    file: str, spoils: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import inngest\nOLD\n" if file.endswith(".py") else 'import "inngest";\nOLD;\n'
    Path(file).write_text(text)
    declare(monkeypatch, b"OLD", spoils)

    found = mended()

    (failure,) = found.report.failures
    assert (found.changes, failure.kind) == ((), FailureKind.INTERNAL)
    assert failure.message == "the fixes of `eager` would leave code that cannot be read; the file was left as it was"


def test_a_file_that_never_stops_changing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.py").write_text("import inngest  # old\n")
    declare(monkeypatch, b"#", "##")

    found = mended()

    assert ROUNDS > 1
    assert found.changes == ()
    assert "`eager` do not come to an end" in found.report.failures[0].message


def test_standard_input_goes_to_standard_output_and_the_report_beside_it() -> None:
    done = program("-", "--fix", "--stdin-filename", "a.py", stdin=CALLED.replace("\n", "\r\n").encode())

    assert done.stdout.decode() == CALLED.replace("except:", "except Exception:").replace("\n", "\r\n")
    assert b"step-handler-called" in done.stderr
    assert (done.returncode, Path("a.py").exists()) == (1, False)


@pytest.mark.parametrize("text", [b"print('nothing of ours')\n", b"import inngest\n\xff\n", b"import inngest\ndef (\n"])
def test_standard_input_that_is_not_fixed_comes_out_as_it_came_in(text: bytes) -> None:
    assert program("-", "--fix", "--stdin-filename", "a.py", stdin=text).stdout == text


def test_standard_input_keeps_its_encoding() -> None:
    text = f"# coding: latin-1\n{BARE}".encode("latin-1")

    done = program("-", "--fix", "--stdin-filename", "a.py", stdin=text)

    assert done.stdout == f"# coding: latin-1\n{MENDED}".encode("latin-1")


def test_a_difference_writes_nothing_and_is_what_a_patch_takes() -> None:
    before = CALLED.rstrip().replace("\n", "\r\n").encode()
    Path("shop").mkdir()
    Path("shop/a.py").write_bytes(before)

    done = program("--diff", "--unsafe-fixes")
    unchanged = Path("shop/a.py").read_bytes()
    subprocess.run(["patch", "-p0", "--binary"], input=done.stdout, check=True, capture_output=True, timeout=60)

    assert (done.returncode, unchanged) == (1, before)
    assert Path("shop/a.py").read_bytes() == CALLED_MENDED.rstrip().replace("\n", "\r\n").encode()
    assert done.stderr == b"Would fix 2 errors in 1 file.\n"


def test_a_difference_that_is_none_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(CALLED_MENDED, encoding="utf-8")

    assert run(["check", "--diff"]) == 0
    assert capsys.readouterr() == ("", "")


def test_what_only_an_unsafe_fix_would_mend_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(CALLED.replace("except:", "except ValueError:"), encoding="utf-8")

    run(["check", "--fix", "--exit-zero"])

    assert capsys.readouterr().err == "Fixed nothing (1 with --unsafe-fixes).\n"


@pytest.mark.parametrize(
    "call",
    [
        'ctx.step.run("work", work(await found()))',
        'ctx.group.parallel((ctx.step.run("work", work, await found()),))',
        'asyncio.gather(ctx.step.run("work", work, [await each() for each in (found,)]))',
    ],
)
def test_what_is_awaited_is_not_put_into_a_lambda(call: str) -> None:
    Path("inngest-lint.toml").write_text('select = ["steps"]')
    helpers = "async def found() -> str: ...\n\n\ndef work(text: str) -> str:\n    return text\n\n\n@client"
    text = BARE[: BARE.index("    try:")].replace("@client", helpers) + f"    await {call}\n"
    Path("a.py").write_text(f"import asyncio\n{text}")

    done = mended(unsafe=True)

    assert (done.changes, len(done.report.diagnostics)) == ((), 1)


@pytest.mark.parametrize(
    ("parameters", "before", "after"),
    [
        ("ctx", "console.warn(1, 2)", "ctx.logger.warn(1, 2)"),
        ("{ step, logger: log }", "console.error(1)", "log.error(1)"),
        ("{ event: { data }, step, logger }", "console.log(data)", None),
        ("{ step, ...rest }", "console.log(rest)", None),
        ("{ step }", "logger.info(2); console.log(1)", None),
        ("{ step }", "console.table(1)", None),
    ],
)
def test_the_console_gives_way_where_the_logger_of_the_context_is_in_reach(
    parameters: str, before: str, after: str | None
) -> None:
    Path("inngest-lint.toml").write_text('select = ["console-logging"]')
    step = "ctx.step" if parameters == "ctx" else "step"
    text = (
        'import { Inngest } from "inngest";\nconst inngest = new Inngest({ id: "shop" });\n'
        'export const order = inngest.createFunction({ id: "order" }, { event: "shop/order" }, '
        f'async ({parameters}) => {{ {before}; await {step}.run("work", work); }});\n'
    )
    Path("a.ts").write_text(text)

    done = mended(unsafe=True)

    assert [change.after.text.decode() for change in done.changes] == ([text.replace(before, after)] if after else [])


REVEALED = {
    "event-data-attribute": {"untyped-event"},
    "step-handler-called": {*all_rules()} - {"step-handler-called", "syntax-error", "nested-step", "unawaited-step"},
    "swallowed-interrupt": {"swallowed-step-error"},
    "unawaited-step": {"unawaited-step-loop", "unhandled-wait-timeout"},
    "unknown-config-argument": {"invalid-event-field"},
    "untyped-handler": {"untyped-handler"},
    "unused-suppression": {"unused-suppression"},
}
"""What a fault hides from other rules: an event that is read wrongly, a step without a function, a mistyped word.

A handler is first asked for the type of its context, then for that of its result; a rule that is named rightly
may still suppress nothing.
"""

BY_PAGE = [page for directory in (RULE_PAGES, DEEP_CASES) for page in sorted(directory.glob("*.md"))]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A project of a page that has something to fix: its files, its report, and what fixes make of it."""

    request: Request
    blocks: tuple[PageBlock, ...]
    before: Report
    safe: Mended
    unsafe: Mended


def written_project(blocks: tuple[PageBlock, ...], directory: Path, end: str) -> Request:
    """A project in a directory of its own, with everything asked of it."""
    for block in blocks:
        target = directory / block.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text, encoding="utf-8", newline=end)
    isolated = not any(block.language == "toml" for block in blocks)
    return Request((str(directory),), isolated=isolated, select=("all",))


def outcomes_of(page: Path, directory: Path) -> Iterator[Outcome]:
    every = (blocks for section in read_page(page).sections for blocks in projects(section))
    for number, blocks in enumerate(every):
        request = written_project(blocks, directory / str(number), "\n")
        unsafe = mend(request, Bar(visible=False), unsafe=True)
        if unsafe.changes or unsafe.report.failures:
            safe = mend(request, Bar(visible=False), unsafe=False)
            yield Outcome(request, blocks, lint(request, Bar(visible=False)), safe, unsafe)


@pytest.fixture(scope="module", params=BY_PAGE, ids=lambda page: f"{page.parent.name}-{page.stem}")
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcome, ...]:
    """The projects of a page that have something to fix."""
    return tuple(outcomes_of(request.param, tmp_path_factory.mktemp("page")))


def counted(diagnostics: Iterable[Diagnostic]) -> Counter[tuple[str, str]]:
    return Counter((diagnostic.span.file, diagnostic.rule) for diagnostic in diagnostics)


def added(before: Report, done: Mended) -> Iterator[str]:
    """What is found in fixed code that was not found before."""
    fixed = counted(diagnostic for change in done.changes for diagnostic in change.fixed)
    revealed = {rule for _, name in fixed for rule in REVEALED.get(name, ())}
    more = counted(done.report.diagnostics) - (counted(before.diagnostics) - fixed)
    yield from (f"{file}: {rule}" for file, rule in more if rule not in revealed)
    yield from (failure.message for failure in done.report.failures)


def test_fixing_takes_away_what_it_fixed_and_adds_nothing(outcomes: tuple[Outcome, ...]) -> None:
    for outcome in outcomes:
        assert [*added(outcome.before, outcome.safe), *added(outcome.before, outcome.unsafe)] == []


def test_safe_fixes_leave_what_has_only_an_unsafe_one(outcomes: tuple[Outcome, ...]) -> None:
    fixed = [found for outcome in outcomes for change in outcome.safe.changes for found in change.fixed]

    assert {found.finding.fix.applicability for found in fixed if found.finding.fix} <= {SAFE}


def test_python_that_could_be_parsed_still_can(outcomes: tuple[Outcome, ...]) -> None:
    changes = [change for outcome in outcomes for change in outcome.unsafe.changes]
    python = [change for change in changes if change.before.file.endswith(".py") and parses(change.before)]

    assert [change.after.text.decode() for change in python if not parses(change.after)] == []


def test_bytes_outside_of_the_edits_are_kept(outcomes: tuple[Outcome, ...]) -> None:
    for outcome in outcomes:
        for fix in (fix for diagnostic in outcome.before.diagnostics if (fix := diagnostic.finding.fix)):
            source = outcome.before.sources[fix.edits[0].span.file]

            assert apply(source, [fix]).source.text == spliced(source.text, fix)


def test_other_line_ends_are_fixed_alike(outcomes: tuple[Outcome, ...], tmp_path: Path) -> None:
    for number, outcome in enumerate(outcomes):
        request = written_project(outcome.blocks, tmp_path / str(number), "\r\n")

        windows = mend(request, Bar(visible=False), unsafe=True).changes

        assert [change.after.text for change in windows] == [
            change.after.text.replace(b"\n", b"\r\n") for change in outcome.unsafe.changes
        ]


def test_a_second_run_over_fixed_files_changes_nothing(outcomes: tuple[Outcome, ...]) -> None:
    for outcome in outcomes:
        save(outcome.request, outcome.unsafe)

        assert mend(outcome.request, Bar(visible=False), unsafe=True).changes == ()


def parses(source: Source) -> bool:
    try:
        compile(source.text, source.file, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError:
        return False
    return True


def spliced(text: bytes, fix: Fix) -> bytes:
    pieces, at = list[bytes](), 0
    for edit in sorted(fix.edits, key=lambda edit: edit.span):
        pieces += [text[at : edit.span.start], edit.text.encode()]
        at = edit.span.end
    return b"".join([*pieces, text[at:]])
