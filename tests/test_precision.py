"""The record of false alarms is whole, and the default set is what it allows."""

from __future__ import annotations

import pytest
from pages import ROOT
from precision import Judged, is_too_often_wrong, page, record

from inngest_lint.rule import Rule, all_rules

PAGE = ROOT / "FALSE-ALARMS.md"
ENOUGH = 20


def test_the_page_shows_the_record(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update"):
        PAGE.write_text(page(record()), encoding="utf-8")

    assert PAGE.read_text(encoding="utf-8") == page(record())


def test_every_rule_is_in_the_record() -> None:
    assert sorted(record().rules) == list(all_rules())


@pytest.mark.parametrize("judged", record().rules.values(), ids=record().rules)
def test_enough_of_what_was_found_was_opened(judged: Judged) -> None:
    assert min(judged.findings, ENOUGH) <= judged.opened <= judged.findings
    assert judged.right <= judged.opened


@pytest.mark.parametrize("rule", all_rules().values(), ids=all_rules())
def test_a_rule_of_the_default_set_is_nearly_always_right(rule: Rule) -> None:
    assert not is_too_often_wrong(rule, record().rules[rule.name])


def test_a_default_rule_that_is_often_wrong_would_be_told() -> None:
    rule = all_rules()["nested-step"]

    assert is_too_often_wrong(rule, Judged(findings=20, opened=20, right=18, note=""))
