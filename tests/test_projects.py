"""Apps of several files: each line that is marked is reported, with its way to the effect, and nothing else is.

A line of an app that ends in `# error: [rule]` or `// error: [rule], [other-rule]` is where rules report; the places
that follow `at` are those of the notes: the calls on the way, and the effect itself.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from inngest_lint.linter import Request, lint
from inngest_lint.progress import Bar
from inngest_lint.report import Report
from inngest_lint.text import Span

PROJECTS = Path(__file__).parent / "fixtures" / "projects"

_MARK = re.compile(r"(?:#|//) error: (\[.+)$")
_RULE = re.compile(r"\[([a-z-]+)\](?: at ([^\[\]]+?))?(?=, \[|$)")

Told = tuple[str, str, str]
"""Where something is reported, which rule does, and the places of its notes."""


@pytest.mark.parametrize("project", sorted(path.name for path in PROJECTS.iterdir()))
def test_an_app_has_the_faults_that_are_marked_and_no_others(
    project: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shutil.copytree(PROJECTS / project, tmp_path / project)
    (app / ".git").mkdir()
    monkeypatch.chdir(app)

    report = lint(Request((".",), isolated=True), Bar(visible=False))

    assert (sorted(_told(report)), report.failures) == (sorted(_marked(app)), ())


def _told(report: Report) -> Iterator[Told]:
    for diagnostic in report.diagnostics:
        notes = ", ".join(_place(report, note.span) for note in diagnostic.finding.notes)
        yield _place(report, diagnostic.span), diagnostic.rule, notes


def _place(report: Report, span: Span) -> str:
    return f"{Path(span.file).as_posix()}:{report.sources[span.file].line_of(span.start) + 1}"


def _marked(app: Path) -> Iterator[Told]:
    for file in (path for path in app.rglob("*") if path.is_file()):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            mark = _MARK.search(line)
            for rule, places in _RULE.findall(mark[1]) if mark else ():
                yield f"{file.relative_to(app).as_posix()}:{number}", rule, places
