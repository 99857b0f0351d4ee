"""The page harness: rule pages and deep cases as tests.

A page is Markdown. Under each heading the fenced blocks of a language are files to lint; a line in one
that ends in `# error`, `// error` or `{/* error */}` is where the page's rule reports, `# error: [other-rule]`
names another. A line that is just a path in backticks names the file of the block below it, and the blocks of
that heading are then one project; a `toml` block is its `inngest-lint.toml`, a `json` block its `package.json`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inngest_lint.fix import apply
from inngest_lint.linter import Request, lint
from inngest_lint.progress import Bar
from inngest_lint.report import Report

ROOT = Path(__file__).parents[1]
RULE_PAGES = ROOT / "rules"
DEEP_CASES = ROOT / "tests" / "fixtures" / "rules"

SUFFIXES = {"python": ".py", "typescript": ".ts", "tsx": ".tsx", "javascript": ".js"}

_SURROUNDINGS = {"toml": "inngest-lint.toml", "json": "package.json"}
_OTHER_BLOCKS = {"diff", "text", "console", "model"}
_MARK = re.compile(r"(?:#|//|\{?/\*) error(?:: \[(?P<rules>[a-z, -]+)\])?\s*(?:\*/\}?)?\s*$")
_NAMED_FILE = re.compile(r"`([\w./-]+\.\w+)`:?")


@dataclass(frozen=True, slots=True)
class PageBlock:
    """A fenced block: its language, its text, the file it is, and the line it begins at."""

    language: str
    text: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the blocks under it."""

    title: str
    blocks: tuple[PageBlock, ...]
    prose: str

    def of(self, *languages: str) -> tuple[PageBlock, ...]:
        """The blocks in some languages."""
        return tuple(block for block in self.blocks if block.language in languages)


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its title, the text before the first section, and the sections."""

    path: Path
    title: str
    sections: tuple[Section, ...]

    @property
    def summary(self) -> str:
        """The first paragraph."""
        return " ".join(self.sections[0].prose.strip().split("\n\n")[0].split())

    def section(self, title: str) -> Section | None:
        """The section under a heading."""
        return next((section for section in self.sections if section.title == title), None)


class PageError(AssertionError):
    """A page that is no test, or a test that does not hold; the message lists places as `path:line: what`."""


def read_page(path: Path) -> Page:
    """A page, split at its headings; raises a PageError for a block that nothing would ever run."""
    sections: list[Section] = []
    title = ""
    prose: list[str] = []
    blocks: list[PageBlock] = []
    lines = iter(enumerate(path.read_text(encoding="utf-8").splitlines(), 1))
    page_title, file = "", ""
    for number, line in lines:
        if line.startswith("```"):
            blocks.append(_block(path, lines, line.removeprefix("```"), file, number))
            file = ""
        elif line.startswith("#"):
            sections.append(Section(title, tuple(blocks), "\n".join(prose)))
            title, prose, blocks = line.lstrip("#").strip(), [], []
            if line.startswith("# "):
                page_title = title
        elif match := _NAMED_FILE.fullmatch(line.strip()):
            file = match.group(1)
        else:
            prose.append(line)
    sections.append(Section(title, tuple(blocks), "\n".join(prose)))
    return Page(path, page_title, tuple(sections[1:]))


def _block(path: Path, lines: Iterator[tuple[int, str]], language: str, file: str, start: int) -> PageBlock:
    if language not in {*SUFFIXES, *_SURROUNDINGS, *_OTHER_BLOCKS}:
        raise PageError(f"{path}:{start}: a block of `{language}`, which nothing runs")
    text: list[str] = []
    for _, line in lines:
        if line == "```":
            break
        text.append(line)
    else:
        raise PageError(f"{path}:{start}: a block that is never closed")
    name = file or _SURROUNDINGS.get(language, f"page_{start}{SUFFIXES.get(language, '')}")
    return PageBlock(language, "".join(f"{line}\n" for line in text), name, start)


def marks(block: PageBlock, rule: str) -> set[tuple[str, int, str]]:
    """Where a block says that something is reported: file, line, rule."""
    found: set[tuple[str, int, str]] = set()
    for number, line in enumerate(block.text.splitlines(), 1):
        match = _MARK.search(line)
        if match:
            rules = match.group("rules")
            named = [name.strip() for name in rules.split(",")] if rules else [rule]
            found.update((block.file, number, name) for name in named)
    return found


def lint_blocks(blocks: tuple[PageBlock, ...], directory: Path, select: tuple[str, ...]) -> Report:
    """The report of a run over blocks, written to a directory as the files they are."""
    for block in blocks:
        target = directory / block.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text, encoding="utf-8")
    isolated = not any(block.language == "toml" for block in blocks)
    chosen = select if isolated else ()
    report = lint(Request((str(directory),), isolated=isolated, select=chosen), Bar(visible=False))
    if report.failures:
        raise PageError("\n".join(str(failure) for failure in report.failures))
    return report


def reported(report: Report, directory: Path) -> set[tuple[str, int, str]]:
    """Where a report has diagnostics: file, line, rule."""
    return {
        (
            Path(diagnostic.span.file).absolute().relative_to(directory.absolute()).as_posix(),
            report.sources[diagnostic.span.file].line_of(diagnostic.span.start) + 1,
            diagnostic.rule,
        )
        for diagnostic in report.diagnostics
    }


def projects(section: Section) -> Iterator[tuple[PageBlock, ...]]:
    """The projects of a section: its named files together, every other block alone with the configuration."""
    runnable = section.of(*SUFFIXES)
    config = section.of(*_SURROUNDINGS)
    named = tuple(block for block in runnable if not block.file.startswith("page_"))
    if named:
        yield (*named, *config)
    for block in runnable:
        if block.file.startswith("page_"):
            yield (block, *config)


def check_section(page: Page, section: Section, directory: Path, select: tuple[str, ...]) -> None:
    """Hold each project of a section to its marks; raises a PageError that lists what differs."""
    rule = page.path.stem
    problems: list[str] = []
    for index, blocks in enumerate(projects(section)):
        place = directory / str(index)
        found = reported(lint_blocks(blocks, place, select), place)
        expected = set().union(*(marks(block, rule) for block in blocks))
        lines = {block.file: block.line for block in blocks}
        for what, different in (("nothing is reported", expected - found), ("unexpectedly reported", found - expected)):
            problems.extend(
                f"{page.path}:{lines.get(file, 0) + line}: {what}: {name}" for file, line, name in sorted(different)
            )
    if problems:
        raise PageError("\n".join(problems))


def check_bad(page: Page, directory: Path) -> None:
    """Hold the bad blocks to their marks; each must have one of the page's own rule."""
    section = page.section("Bad")
    if section is None or not section.blocks:
        raise PageError(f"{page.path}: no section `Bad` with a block")
    for block in section.of(*SUFFIXES):
        if not any(rule == page.path.stem for _, _, rule in marks(block, page.path.stem)):
            raise PageError(f"{page.path}:{block.line}: a bad block in which nothing is marked `error`")
    check_section(page, section, directory, ("recommended", page.path.stem))


def check_fix(page: Page, directory: Path) -> None:
    """Hold the `diff` block under `Fix` to what the fixes of the page's rule make of the bad blocks."""
    section, bad = page.section("Fix"), page.section("Bad")
    if bad is None:
        return
    changed: list[str] = []
    for index, blocks in enumerate(projects(bad)):
        report = lint_blocks(blocks, directory / str(index), (page.path.stem,))
        for file, source in report.sources.items():
            fixes = [d.finding.fix for d in report.diagnostics if d.span.file == file and d.finding.fix]
            after = apply(source, fixes).source
            changed.extend(_changed_lines(source.text.decode(), after.text.decode()))
    stated = [
        line
        for block in (section.of("diff") if section else ())
        for line in block.text.splitlines()
        if line.startswith(("+", "-"))
    ]
    if [_bare(line) for line in changed] != [_bare(line) for line in stated]:
        raise PageError(f"{page.path}: the fix gives\n" + "\n".join(changed) + "\nthe page says\n" + "\n".join(stated))


def _bare(line: str) -> str:
    return line[0] + _MARK.sub("", line[1:]).strip()


def _changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if line.startswith(("+", "-")) and not line.startswith(("+++", "---"))]
