"""Spelling: how messages name what is called, close to how the user wrote it."""

from __future__ import annotations

import re

_PARTS = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|[()]|\s+|[^\"'`()\s]+|.", re.DOTALL)


def condensed(written: str) -> str:
    """A chain of calls without its arguments and line ends: `db.select().from`."""
    if written.startswith("(") or not re.search(r"[(\s]", written):
        return written
    kept: list[str] = []
    depth = 0
    for part in _PARTS.findall(written):
        if part == "(":
            kept.extend("(" if depth == 0 else "")
            depth += 1
        elif part == ")":
            depth -= 1
            kept.extend(")" if depth == 0 else "")
        elif depth == 0:
            kept.append(" " if part.isspace() or part == "\\" else part)
    return re.sub(r"\s*(\??\.)\s*", r"\1", "".join(kept)).strip() if depth == 0 else written
