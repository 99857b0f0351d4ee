"""Good code is left alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from inngest_lint.frontends import language_of, lower
from inngest_lint.linter import Request, lint
from inngest_lint.model.language import Language
from inngest_lint.progress import Bar
from inngest_lint.report import Report
from inngest_lint.text import Source

QUIET = Path(__file__).parent / "fixtures" / "quiet"
FILES = sorted(path for path in QUIET.iterdir() if language_of(path.name) is not None)
_ALLOWS = re.compile(r"(?:#|//) allows: ([a-z, -]+)\n")


def allowed(file: Path) -> tuple[str, ...]:
    """The rules that a file's first line lets report something."""
    match = _ALLOWS.match(file.read_text(encoding="utf-8"))
    return tuple(name.strip() for name in match.group(1).split(",")) if match else ()


def said(report: Report) -> list[str]:
    """What a report says, a line each."""
    return [
        f"{Path(found.span.file).name}:{report.sources[found.span.file].line_of(found.span.start) + 1}: "
        f"{found.rule}: {found.finding.message}"
        for found in report.diagnostics
    ]


def linted(file: Path, preset: str, ignore: tuple[str, ...] = ()) -> Report:
    report = lint(Request((str(file),), isolated=True, select=(preset,), ignore=ignore), Bar(visible=False))
    assert not report.failures
    return report


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_there_is_good_code_to_lint(language: Language) -> None:
    assert sum(language_of(file.name) is language for file in FILES) >= 8


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_good_code_is_read_whole_with_the_inngest_functions_in_it(file: Path) -> None:
    module = lower(Source(str(file), file.read_bytes()))

    assert (len(module.functions) > 0, module.problems) == (True, ())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_good_code_is_silent_under_the_recommended_rules(file: Path) -> None:
    report = linted(file, "recommended")

    assert said(report) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_good_code_is_silent_under_all_rules_but_those_it_names(file: Path) -> None:
    report = linted(file, "all", ignore=allowed(file))

    assert said(report) == []


@pytest.mark.parametrize("file", [file for file in FILES if allowed(file)], ids=lambda file: file.name)
def test_what_good_code_allows_is_reported_in_it(file: Path) -> None:
    report = linted(file, "all")

    assert {found.rule for found in report.diagnostics} == set(allowed(file))
