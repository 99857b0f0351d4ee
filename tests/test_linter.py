"""The linter: how rules are run, and what becomes of their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inngest_lint.diagnostic import Confidence, Finding, Severity
from inngest_lint.linter import Request, Session, Stdin, lint
from inngest_lint.model.function import InngestFunction, Language, Module
from inngest_lint.progress import Bar
from inngest_lint.project import Project
from inngest_lint.report import FailureKind, Report
from inngest_lint.rule import Category, Context, Rule, all_rules, rule
from inngest_lint.text import Span

FUNCTION = """\
import inngest

client = inngest.Inngest(app_id="shop")


@client.create_function(fn_id="ship", trigger=inngest.TriggerEvent(event="shop/order.paid"))
async def ship(ctx: inngest.Context) -> None:
    await ctx.step.run("pack", pack)
"""

Declare = Callable[..., None]


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Declare:
    """A way to add a rule for one test, in a directory with nothing in it."""
    monkeypatch.chdir(tmp_path)
    Path("inngest-lint.toml").touch()

    def add(check: Callable[..., Iterator[Finding]], *, on: type = Module, **given: object) -> None:
        standing = {"severity": Severity.WARNING, "category": Category.PROJECT, "since": "0.1", **given}
        declared: Rule = rule(on=on, **standing)(check)  # type: ignore[arg-type]  # as the test gives them
        monkeypatch.setitem(all_rules(), declared.name, declared)

    return add


def linted(*select: str, **files: str) -> Report:
    for name, text in files.items():
        Path(name.replace("__", "/") + ".py").write_text(text)
    return lint(Request(paths=(".",), select=select), Bar(visible=False))


def whole(module: Module, _context: Context) -> Iterator[Finding]:
    """Every module."""
    yield Finding(Span(module.file, 0, 6), "found")


def broken(_module: Module, _context: Context) -> Iterator[Finding]:
    """Nothing, ever."""
    raise RecursionError("too deep")


def test_what_an_editor_holds_counts_instead_of_the_disk(declare: Declare) -> None:
    declare(whole)
    Path("a.py").write_text(FUNCTION)
    session = Session(Request(paths=(".",), select=("whole",)))
    session.edit({"a.py": "x = 1\n", "created.py": FUNCTION})

    report = session.report(Bar(visible=False))

    assert [diagnostic.span.file for diagnostic in report.diagnostics] == ["created.py"]


def test_text_that_an_editor_holds_is_read_whatever_encoding_it_declares(declare: Declare) -> None:
    declare(whole)
    text = f'# coding: latin-1\nname = "é"\n{FUNCTION}'
    session = Session(Request(paths=(), select=("whole",)))
    session.edit({"a.py": text})

    assert session.report(Bar(visible=False)).sources["a.py"].text == text.encode()


def test_the_configuration_of_another_directory_may_stand_for_that_of_this_one(declare: Declare) -> None:
    declare(whole)
    Path("shop").mkdir()
    Path("shop/inngest-lint.toml").write_text('select = ["whole"]\nexclude = ["a.py"]\n')
    for name in ("a", "b"):
        Path(f"shop/{name}.py").write_text(FUNCTION)

    report = lint(Request(paths=("shop",), directory="shop"), Bar(visible=False))

    assert report.files == ("shop/b.py",)


def test_a_rule_that_fails_costs_its_findings_on_one_file(declare: Declare) -> None:
    def choosy(module: Module, _context: Context) -> Iterator[Finding]:
        yield Finding(Span(module.file, 0, 6), "found")
        if module.file == "a.py":
            raise KeyError("gone")

    declare(choosy)
    declare(whole)

    report = linted("choosy", "whole", a=FUNCTION, b=FUNCTION)

    assert [(failure.kind, failure.file, failure.message) for failure in report.failures] == [
        (FailureKind.INTERNAL, "a.py", "`choosy` failed: KeyError: 'gone'")
    ]
    assert [(found.rule, found.span.file) for found in report.diagnostics] == [
        *(("choosy", "a.py"), ("whole", "a.py"), ("choosy", "b.py"), ("whole", "b.py")),
    ]


def test_a_failure_carries_its_traceback(declare: Declare) -> None:
    declare(broken)

    (failure,) = linted("broken", a=FUNCTION).failures

    assert failure.details.endswith("RecursionError: too deep\n")


def test_a_file_on_which_a_rule_failed_is_not_fully_checked(declare: Declare) -> None:
    declare(broken)

    assert linted("broken", a=FUNCTION).partly == {"a.py"}


def test_a_rule_is_asked_once_for_each_of_its_subjects(declare: Declare) -> None:
    asked: list[str] = []

    def functions(function: InngestFunction, _context: Context) -> Iterator[Finding]:
        asked.append(function.name)
        return iter(())

    declare(functions, on=InngestFunction)

    linted("functions", a=FUNCTION, b=FUNCTION.replace("ship", "bill"), c="import inngest\n")

    assert asked == ["ship", "bill"]


def test_a_rule_about_the_project_is_asked_once(declare: Declare) -> None:
    def crowded(project: Project, _context: Context) -> Iterator[Finding]:
        yield Finding(Span(max(project.modules), 0, 6), f"{len(project.modules)} modules")

    declare(crowded, on=Project)

    assert [found.finding.message for found in linted("crowded", a=FUNCTION, b=FUNCTION).diagnostics] == ["2 modules"]


def test_a_rule_for_another_language_is_not_asked(declare: Declare) -> None:
    declare(whole, languages=frozenset({Language.TYPESCRIPT}))

    assert linted("whole", a=FUNCTION).diagnostics == ()


def test_the_same_finding_is_reported_once(declare: Declare) -> None:
    def twice(module: Module, context: Context) -> Iterator[Finding]:
        yield from whole(module, context)
        yield from whole(module, context)

    declare(twice)

    assert len(linted("twice", a=FUNCTION).diagnostics) == 1


def test_a_finding_may_be_weaker_than_its_rule(declare: Declare) -> None:
    def unsure(module: Module, _context: Context) -> Iterator[Finding]:
        yield Finding(Span(module.file, 0, 6), "found", severity=Severity.INFO, confidence=Confidence.LOW)

    declare(unsure)

    (found,) = linted("unsure", a=FUNCTION).diagnostics

    assert (found.severity, found.confidence) == (Severity.INFO, Confidence.LOW)


def test_a_configured_severity_holds_for_every_finding(declare: Declare) -> None:
    def unsure(module: Module, _context: Context) -> Iterator[Finding]:
        yield Finding(Span(module.file, 0, 6), "found", severity=Severity.INFO)

    declare(unsure)
    Path("inngest-lint.toml").write_text('rules.unsure = "error"\n')

    assert linted("unsure", a=FUNCTION).diagnostics[0].severity is Severity.ERROR


def test_the_nearest_configuration_decides_for_each_file(declare: Declare) -> None:
    declare(whole)
    Path("app").mkdir()
    Path("app/inngest-lint.toml").write_text('ignore = ["whole"]\n')

    report = linted(a=FUNCTION, app__b=FUNCTION)

    assert [found.span.file for found in report.diagnostics if found.rule == "whole"] == ["a.py"]


def test_a_rule_can_be_ignored_in_some_files(declare: Declare) -> None:
    declare(whole)
    Path("inngest-lint.toml").write_text('[per-file-ignores]\n"a.py" = ["whole"]\n')

    assert [found.span.file for found in linted("whole", a=FUNCTION, b=FUNCTION).diagnostics] == ["b.py"]


def test_what_a_comment_suppresses_is_counted(declare: Declare) -> None:
    declare(whole)

    report = linted("whole", a=f"import inngest  # inngest-lint: ignore[whole] known\n{FUNCTION}")

    assert (report.diagnostics, len(report.suppressed)) == ((), 1)


def test_findings_are_in_the_order_of_files_and_places(declare: Declare) -> None:
    def backwards(module: Module, _context: Context) -> Iterator[Finding]:
        for start in (9, 7, 8):
            yield Finding(Span(module.file, start, 10), "found")

    declare(backwards)
    declare(whole)

    report = linted("backwards", "whole", b=FUNCTION, a=FUNCTION)

    assert [(found.span.file, found.span.start) for found in report.diagnostics] == [
        (file, start) for file in ("a.py", "b.py") for start in (0, 7, 8, 9)
    ]


def test_standard_input_is_a_file_like_any_other(declare: Declare) -> None:
    declare(whole)

    report = lint(Request((), Stdin("src/a.py", FUNCTION.encode()), select=("whole",)), Bar(visible=False))

    assert [found.span.file for found in report.diagnostics] == ["src/a.py"]


def test_what_was_not_understood_is_listed_when_asked_for(declare: Declare) -> None:  # noqa: ARG001 - its directory
    Path("a.py").write_text(
        FUNCTION.replace("    await", "    from elsewhere import pack\n\n    pack.all()\n    await")
    )

    report = lint(Request((".",), unresolved=True), Bar(visible=False))

    assert [place.message for place in report.unresolved] == [
        "`elsewhere.pack.all` is not followed, and in no catalogue of effects"
    ]


@pytest.mark.parametrize(
    ("exclude", "left"), [("lib", ["a.py"]), ("lib/", ["a.py"]), ("./lib", ["a.py"]), ("a.py", ["lib/b.py"])]
)
def test_what_the_command_line_excludes_is_relative_to_the_working_directory(
    declare: Declare,  # noqa: ARG001 - its directory
    monkeypatch: pytest.MonkeyPatch,
    exclude: str,
    left: list[str],
) -> None:
    Path("app/lib").mkdir(parents=True)
    Path("app/lib/b.py").write_text(FUNCTION)
    Path("app/a.py").write_text(FUNCTION)
    monkeypatch.chdir("app")

    report = lint(Request((".",), exclude=(exclude,)), Bar(visible=False))

    assert list(report.files) == left
