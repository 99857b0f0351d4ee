"""What the server's parser makes of a text, held against what is known of the server."""

from __future__ import annotations

import subprocess
import sys

import pytest

from inngest_lint.platform.expressions import Expression, Refusal, read

COMPILES = (
    "event.data.userId",
    "event['data'].list[0].id",
    "event.data.action == 'opened' && async.data.ok != true",
    'event.name.endsWith("paid")',
    "!((has(event.data.a) && event.data.a) || !event.data.b)",
    "event.data.tags.exists(tag, tag == 'a' || tag == event.data.main)",
    "[1, 2, 3].all(n, n > 0)",
    "event.data.kind in ['a', 'b'] == true",
    "date(event.data.at) + duration('6h35m10s') > now_minus('24h')",
    "event.data.a - 5 < -5",
    "event.data.package == 'a' ? 100 : -100",
    "\n  int(event.data.status) >= 400 &&\n  event.data.error == true\n",
    "event.data.text == 'it\\'s'",
    "event.data.empty == [] && event.data.none == {}",
    "(" * 200 + "event.data.deep" + ")" * 200,
    "'openai'",
    "true",
)

REFUSED = (
    ("event.data.a === 'b'", 13, "==="),
    ("event.data?.a", 10, "?."),
    ("event.data.a ?? 'b'", 13, "??"),
    ("event.data.a = 'b'", 13, "="),
    ("event.data.a and event.data.b", 13, "and"),
    ("{{ event.data.a }}", 0, "{{"),
    ("event.data.text == '===' && event.data.a !== 'b'", 41, "!=="),
    ("event.data.a ==", 15, None),
    ("event.data.a == 'b", 16, None),
    ("(event.data.a", 13, None),
    ("a\n+\n)", 4, None),
    ("for", 0, None),
    ("", 0, None),
)


def parsed(text: str) -> Expression:
    found = read(text)
    assert isinstance(found, Expression)
    return found


@pytest.mark.parametrize("text", COMPILES)
def test_it_compiles(text: str) -> None:
    assert isinstance(read(text), Expression)


@pytest.mark.parametrize(("text", "offset", "foreign"), REFUSED)
def test_it_is_refused_where_it_goes_wrong(text: str, offset: int, foreign: str | None) -> None:
    found = read(text)

    assert isinstance(found, Refusal)
    assert (found.offset, found.foreign) == (offset, foreign)


def test_the_longest_paths_are_read_in_the_order_they_are_written() -> None:
    found = parsed("async.data.id == event['data'].order.id && event.ts > 0")

    assert [(one.dotted, one.offset) for one in found.reads] == [
        ("async.data.id", 0),
        ("event.data.order.id", 17),
        ("event.ts", 43),
    ]


def test_the_name_that_a_macro_binds_is_no_variable() -> None:
    found = parsed("event.data.tags.exists(tag, tag.name == event.data.main)")

    assert sorted(found.roots) == ["event"]
    assert sorted(found.paths) == ["event.data.main", "event.data.tags"]


def test_functions_macros_and_operators_are_told_with_their_places() -> None:
    found = parsed("size(event.data.list) + 1 > 3 && has(event.data.id)")

    assert [(word.text, word.offset) for word in found.functions] == [("size", 0), ("has", 33)]
    assert [word.text for word in found.macros] == ["has"]
    assert [word.text for word in found.operators if word.text in "+>"] == ["+", ">"]


def test_the_paths_on_both_sides_of_an_equality_are_kept() -> None:
    found = parsed("event.data.id == async.data.id && event.data.kind == 'a'")

    assert found.equalities == (("event.data.id", "async.data.id"),)


def test_texts_in_quotes_are_kept_with_their_places() -> None:
    found = parsed("event.data.kind == 'a' || event.data.kind == \"b\"")

    assert [(word.text, word.offset) for word in found.literals] == [("a", 19), ("b", 45)]


def test_texts_and_numbers_in_the_place_of_conditions_are_told() -> None:
    found = parsed("event.data.a || ('b') == 'c' || !'d' || 0 || (true ? 'e' : 'f')")

    assert [(word.text, word.offset) for word in found.misplaced] == [("'d'", 33), ("0", 40)]


def test_a_plain_path_needs_no_parser() -> None:
    read_it = "from inngest_lint.platform.expressions import read; read('event.data.id')"
    code = f"import sys; {read_it}; print('celpy' in sys.modules)"

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "False"
