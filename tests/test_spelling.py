"""Messages name a chain of calls by its names alone."""

from __future__ import annotations

import pytest

from inngest_lint.frontends.spelling import condensed

SPELLINGS = {
    "step.run": "step.run",
    "db.select({ id: users.id }).from": "db.select().from",
    "db\n  .update(orders)\n  .set": "db.update().set",
    "connect(url(1), ')')?.query": "connect()?.query",
    "f`a ( b`.c": "f`a ( b`.c",
    "sql(`it's ${x} )`).then": "sql().then",
    "(await connect()).query": "(await connect()).query",
    "rows[0] .save": "rows[0].save",
    "half(": "half(",
}


@pytest.mark.parametrize(("written", "spelled"), SPELLINGS.items(), ids=SPELLINGS)
def test_a_chain_is_spelled_without_arguments_and_line_ends(written: str, spelled: str) -> None:
    assert condensed(written) == spelled
