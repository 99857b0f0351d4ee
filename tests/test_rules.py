"""What holds for the rules as a whole."""

from __future__ import annotations

from inngest_lint.rule import ALL_LANGUAGES, Preset, all_rules


def test_few_rules_are_for_one_language_only() -> None:
    restricted = [rule.name for rule in all_rules().values() if rule.languages != ALL_LANGUAGES]
    print("for one language:", ", ".join(restricted))  # noqa: T201 - the list is to be read

    assert len(restricted) * 4 <= len(all_rules())


def test_advice_is_not_in_the_default_set_but_for_what_the_user_asked_to_see() -> None:
    advice = {rule.name for rule in all_rules().values() if rule.severity.value == "info"}
    shown = {name for name in advice if all_rules()[name].preset is Preset.RECOMMENDED}

    assert shown == {"step-as-argument"}
