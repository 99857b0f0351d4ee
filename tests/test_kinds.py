"""Kinds: every table of every language, and what JSON loses of JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest

from inngest_lint import effects
from inngest_lint.effects.kinds import Kind, kinds, matches
from inngest_lint.model.language import Language
from inngest_lint.model.value import Origin, Ref

TABLES = Path(effects.__file__).parent
TABLES_OF_KINDS = [(language, file.stem) for language in Language for file in (TABLES / language.value).glob("*.toml")]


def every_kind() -> list[tuple[Language, str, Kind]]:
    """Every kind of every table, with the language and the name of its table."""
    return [(language, table, kind) for language, table in TABLES_OF_KINDS for kind in kinds(table, language).listed]


def test_both_languages_have_kinds() -> None:
    assert {language for language, _ in TABLES_OF_KINDS} == set(Language)


def test_a_table_that_a_language_has_no_use_for_holds_no_kind() -> None:
    assert kinds("concurrency", Language.TYPESCRIPT).listed == ()


def test_every_type_is_of_the_first_kind_that_names_it() -> None:
    lost = [
        (table, kind.name, name)
        for language, table, kind in every_kind()
        for name in kind.types
        if kinds(table, language).of_type(Ref(Origin.IMPORT, (name.replace("*", "x"),))) is not kind
    ]

    assert lost == []


def test_every_value_fits_its_own_pattern() -> None:
    assert [v for _, _, kind in every_kind() for v in kind.values if not matches(v, v.replace("*", "x"))] == []


def test_what_json_loses_is_told_with_what_becomes_of_it_and_what_to_do() -> None:
    lost = [kind for kind in kinds("serialization", Language.TYPESCRIPT).listed if kind.phrase]

    assert [kind.name for kind in lost if not (kind.harm and kind.help)] == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Date()", "date"),
        ("Date().toISOString()", "fine"),
        ("Map()", "map"),
        ("Set()", "set"),
        ("BigInt()", "bigint"),
        ("Buffer.from()", "bytes"),
        ("fetch()", "response"),
        ("axios.get()", "response"),
        ("TypeError()", "exception"),
        ("RegExp()", "regexp"),
        ("fs.createReadStream()", "stream"),
        ("Map().keys()", "iterator"),
        ("URLSearchParams()", "pairs"),
    ],
)
def test_what_json_loses_is_known_by_its_kind(value: str, kind: str) -> None:
    found = kinds("serialization", Language.TYPESCRIPT).of_value(value)

    assert found == kinds("serialization", Language.TYPESCRIPT).named(kind)


@pytest.mark.parametrize("value", ["axios.get().data", "fetch().json()", "Buffer.from().toString()", "URL()"])
def test_what_json_keeps_is_of_no_kind_with_a_fault(value: str) -> None:
    found = kinds("serialization", Language.TYPESCRIPT).of_value(value)

    assert not found or not found.phrase
