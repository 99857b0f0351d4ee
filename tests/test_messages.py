"""Everything the rules say, over all pages, deep cases, good code and examples, reads as one voice."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import pytest
from pages import DEEP_CASES, ROOT, RULE_PAGES, Page, lint_blocks, projects, read_page

from inngest_lint.diagnostic import Diagnostic, Severity
from inngest_lint.frontends import language_of
from inngest_lint.linter import Request, lint
from inngest_lint.model.function import Language
from inngest_lint.progress import Bar
from inngest_lint.report import Report
from inngest_lint.rule import Preset, Rule, all_rules
from inngest_lint.text import Source

FOLDERS = ("examples/**", "tests/fixtures/quiet", "tests/fixtures/corpus")
PYTHON_RULES = [rule for rule in all_rules().values() if Language.PYTHON in rule.languages]
RECORDED = ROOT / "tests" / "fixtures" / "oracle" / "typescript"

LONGEST, LONGEST_FIXED = 100, 80
_QUOTED = re.compile(r"`[^`]*`")
_UNWANTED = re.compile(r"\b(should|please|illegal|oops|sorry)\b|!", re.IGNORECASE)
# How a message names severity, where a finding is weaker or stronger than its rule.
_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "advice"}

# Which rules may speak of one span, and why these are two faults: mending one leaves the other.
TWO_FAULTS = {
    ("fetch-in-step", "unserializable-step-result"): "with its body returned, the function would still wait for it",
    ("nondeterminism-outside-step", "unserializable-step-result"): "as text, the time would still be another one",
    ("console-logging", "nondeterminism-outside-step"): "a helper that prints and reads the clock does two things",
    ("console-logging", "side-effect-outside-step"): "a helper that prints and writes to a database does two things",
    ("send-then-wait", "unanswered-failure"): "begun together with the send, the wait would still not end on a failure",
}

_SUPPRESSED_OTHERWISE = {"syntax-error": "`exclude`", "unused-suppression": "ignore[nested-step, unused-suppression]"}


@dataclass(frozen=True)
class Said:
    """A diagnostic, where it was said, and the sources it was said about."""

    place: str
    diagnostic: Diagnostic
    sources: dict[str, Source]

    @property
    def message(self) -> str:
        return self.diagnostic.finding.message

    @property
    def help(self) -> str:
        return self.diagnostic.finding.help

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is told, the message first."""
        finding = self.diagnostic.finding
        texts = (finding.message, finding.help, finding.label, *(note.message for note in finding.notes))
        return tuple(text for text in texts if text)

    @property
    def text(self) -> str:
        """The source under the primary span."""
        return self.sources[self.diagnostic.span.file].slice(self.diagnostic.span)

    def __str__(self) -> str:
        return f"{self.place}: {self.diagnostic.rule}: {' | '.join(self.texts)}"


@cache
def said() -> tuple[Said, ...]:
    """Every diagnostic of the corpus, under all rules."""
    with tempfile.TemporaryDirectory() as directory:
        return (*_of_pages(Path(directory)), *_of_files())


def _of_pages(directory: Path) -> Iterator[Said]:
    for path in sorted((*RULE_PAGES.glob("*.md"), *DEEP_CASES.glob("*.md"))):
        for section in read_page(path).sections:
            for blocks in projects(section):
                place = directory / path.parent.parent.name / path.stem / str(blocks[0].line)
                report = lint_blocks(blocks, place, ("all",))
                yield from _said(report, f"{path.relative_to(ROOT)}:{blocks[0].line}")


def _of_files() -> Iterator[Said]:
    for folder in FOLDERS:
        for path in sorted(path for path in ROOT.glob(f"{folder}/*") if language_of(path.name) is not None):
            report = lint(Request((str(path),), isolated=True, select=("all",)), Bar(visible=False))
            yield from _said(report, path.relative_to(ROOT).as_posix())


def _said(report: Report, place: str) -> Iterator[Said]:
    for diagnostic in report.diagnostics:
        line = report.sources[diagnostic.span.file].line_of(diagnostic.span.start) + 1
        yield Said(f"{place}+{line}", diagnostic, dict(report.sources))


def breaking(law: Callable[[Said], bool]) -> list[str]:
    """What is said and does not hold to a law."""
    return [str(one) for one in said() if not law(one)]


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_every_rule_says_something_in_each_of_its_languages(language: Language) -> None:
    spoken = {one.diagnostic.rule for one in said() if language_of(one.diagnostic.span.file) is language}

    assert spoken == {rule.name for rule in all_rules().values() if language in rule.languages}


def test_what_is_said_begins_with_a_small_letter_or_a_name_in_backticks() -> None:
    assert breaking(lambda one: all(text[0].islower() or text[0] == "`" for text in one.texts)) == []


def test_what_is_said_has_no_full_stop_at_its_end() -> None:
    assert breaking(lambda one: not any(text.endswith((".", "!")) for text in one.texts)) == []


def test_what_is_said_is_one_line_without_room_around_it() -> None:
    assert breaking(lambda one: all(text == " ".join(text.split()) for text in one.texts)) == []


def test_a_message_is_short() -> None:
    assert breaking(lambda one: len(one.message) <= LONGEST) == []


def test_the_fixed_words_of_what_is_said_fit_on_a_line() -> None:
    assert breaking(lambda one: all(len(_QUOTED.sub("``", text)) <= LONGEST_FIXED for text in one.texts)) == []


def test_nobody_is_ordered_about_or_blamed() -> None:
    assert breaking(lambda one: not any(_UNWANTED.search(_QUOTED.sub("", text)) for text in one.texts)) == []


def test_backticks_come_in_pairs_and_hold_something() -> None:
    assert breaking(lambda one: not any(text.count("`") % 2 or "``" in text for text in one.texts)) == []


def test_everything_said_comes_with_what_to_do() -> None:
    assert breaking(lambda one: bool(one.help or one.diagnostic.finding.fix)) == []


def test_nothing_is_said_twice_in_one_finding() -> None:
    assert breaking(lambda one: len(set(one.texts[:3])) == len(one.texts[:3]) and one.message not in one.help) == []


def test_a_fix_has_a_title_like_a_heading() -> None:
    fixes = [one.diagnostic.finding.fix for one in said()]
    titles = {fix.title for fix in fixes if fix}

    assert [
        title for title in titles if not title[0].isupper() or title.endswith(".") or len(title) > LONGEST_FIXED
    ] == []


def test_the_span_of_a_finding_covers_an_expression_and_no_statements_after_it() -> None:
    assert breaking(lambda one: "\n\n" not in one.text and not re.match(r"(async def|def|class|@)\b", one.text)) == []


def test_the_span_of_a_finding_holds_source_unless_the_file_ends_there() -> None:
    assert breaking(lambda one: one.text.strip() != "" or one.diagnostic.rule == "syntax-error") == []


def test_no_note_repeats_the_place_and_words_of_another() -> None:
    def law(one: Said) -> bool:
        notes = one.diagnostic.finding.notes
        return len(set(notes)) == len(notes)

    assert breaking(law) == []


def test_two_rules_say_something_of_one_span_only_where_there_are_two_faults() -> None:
    assert {pair for pair in pairs() if pair not in TWO_FAULTS} == set()


def test_every_pair_of_rules_that_may_share_a_span_does() -> None:
    assert set(TWO_FAULTS) == pairs()


def test_no_rule_says_two_things_of_one_span() -> None:
    assert [str(one) for one, other in shared_spans() if one.diagnostic.rule == other.diagnostic.rule] == []


def pairs() -> set[tuple[str, str]]:
    """The rules that speak of one span somewhere."""
    named = ((one.diagnostic.rule, other.diagnostic.rule) for one, other in shared_spans())
    return {(min(pair), max(pair)) for pair in named if pair[0] != pair[1]}


def shared_spans() -> Iterator[tuple[Said, Said]]:
    by_span: dict[tuple[str, object], list[Said]] = {}
    for one in said():
        by_span.setdefault((one.place, one.diagnostic.span), []).append(one)
    for group in by_span.values():
        yield from combinations(group, 2)


def page_of(rule: Rule) -> Page:
    return read_page(RULE_PAGES / f"{rule.name}.md")


def prose_of(rule: Rule) -> str:
    return "\n".join(section.prose for section in page_of(rule).sections)


def names(rule: Rule) -> str:
    return rule.name


@pytest.mark.parametrize("rule", all_rules().values(), ids=names)
def test_the_page_of_advice_calls_it_advice(rule: Rule) -> None:
    assert rule.severity is not Severity.INFO or "advice" in prose_of(rule)


@pytest.mark.parametrize("rule", all_rules().values(), ids=names)
def test_the_page_of_a_rule_that_is_not_on_by_default_says_so(rule: Rule) -> None:
    assert rule.preset is Preset.RECOMMENDED or f"`{rule.preset.value}`" in prose_of(rule)


@pytest.mark.parametrize("rule", all_rules().values(), ids=names)
def test_the_page_tells_of_findings_that_weigh_more_or_less_than_their_rule(rule: Rule) -> None:
    severities = {one.diagnostic.severity for one in said() if one.diagnostic.rule == rule.name}
    told = {severity for severity in severities if re.search(rf"\b{_WORDS[severity]}s?\b", prose_of(rule))}

    assert severities - {rule.severity} <= told


@pytest.mark.parametrize("rule", all_rules().values(), ids=names)
def test_the_page_tells_how_far_its_fixes_may_be_trusted(rule: Rule) -> None:
    section = page_of(rule).section("Fix")
    fixes = [one.diagnostic.finding.fix for one in said() if one.diagnostic.rule == rule.name]
    kinds = {fix.applicability for fix in fixes if fix}

    assert section is None or re.findall(r"\b(safe|unsafe)\b", section.prose) == [kind.value for kind in kinds]


@pytest.mark.parametrize("rule", all_rules().values(), ids=names)
def test_the_page_shows_how_to_suppress_the_rule(rule: Rule) -> None:
    section = page_of(rule).section("When it is wrong")
    shown = _SUPPRESSED_OTHERWISE.get(rule.name, f"inngest-lint: ignore[{rule.name}] reason")

    assert section is not None
    assert shown in section.prose


@pytest.mark.parametrize("rule", all_rules().values(), ids=names)
def test_the_page_has_a_sentence_a_line(rule: Rule) -> None:
    prose = _QUOTED.sub("", prose_of(rule))

    assert [line for line in prose.splitlines() if re.search(r"[a-z)\]][.?] +[A-Z]", line)] == []


@pytest.mark.parametrize("rule", all_rules().values(), ids=names)
def test_the_page_is_in_british_spelling(rule: Rule) -> None:
    text = _QUOTED.sub("", prose_of(rule))
    american = r"\b\w*(?:serializ|recogniz|organiz|normaliz|initializ|behavior|color|canceled|false positive)\w*\b"

    assert [word for word in re.findall(american, text, re.IGNORECASE) if word != rule.name.split("-")[0]] == []


@pytest.mark.parametrize("rule", PYTHON_RULES, ids=names)
def test_the_files_of_the_sdk_that_a_page_names_exist(rule: Rule) -> None:
    spec = find_spec("inngest")
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parents[1]

    assert [path for path in sdk_files(rule) if not (root / path).is_file()] == []


def sdk_files(rule: Rule) -> list[str]:
    """The files of the Python SDK that a page names."""
    found = re.findall(r"`((?:inngest/)?_internal/[\w/]+\.py)`", prose_of(rule))
    return [path if path.startswith("inngest/") else f"inngest/{path}" for path in found]


@pytest.mark.parametrize("rule", all_rules().values(), ids=names)
def test_the_files_of_the_npm_sdk_that_a_page_names_exist(rule: Rule) -> None:
    named = re.findall(r"`([\w/.-]+\.ts)`", section_of(rule, "Why") + section_of(rule, "Sources"))

    assert [path for path in named if path not in npm_sources()] == []


@cache
def npm_sources() -> frozenset[str]:
    """The source files of the npm SDK, of each major release that was recorded."""
    recorded = (json.loads(path.read_text("utf-8")) for path in RECORDED.glob("*.json"))
    return frozenset(source for recording in recorded for source in recording["sources"])


def section_of(rule: Rule, title: str) -> str:
    section = page_of(rule).section(title)
    return section.prose if section is not None else ""


@pytest.mark.parametrize("rule", [rule for rule in all_rules().values() if rule.category.value != "project"], ids=names)
def test_the_sources_of_a_page_name_a_file_or_a_page_of_documentation(rule: Rule) -> None:
    section = page_of(rule).section("Sources")

    assert section is not None
    assert re.search(r"\.(py|ts)`|[Dd]ocumentation", section.prose)


@pytest.mark.parametrize("rule", all_rules().values(), ids=names)
def test_the_sources_of_a_page_are_a_list_of_sentences(rule: Rule) -> None:
    section = page_of(rule).section("Sources")
    lines = section.prose.strip().splitlines() if section else []

    assert lines
    assert [line for line in lines if not (line.startswith("- ") and line.endswith("."))] == []
