"""Loggers: what it takes to write to the logger of the context instead of another one."""

from __future__ import annotations

from collections.abc import Mapping

from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.body import Body, Call
from inngest_lint.model.handed import part


def logging_fix(call: Call, entry: Body, methods: Mapping[str, str]) -> Fix | None:
    """The fix that has a call of an entry log with its context; `methods` are those of the logger by what is called."""
    method, logger = methods.get(call.spelling.rpartition(".")[2]), part(entry, "logger")
    if method is None or call.head is None or logger is None:
        return None
    edits = (*logger.asking, Edit(call.head, f"{logger.text}.{method}"))
    return Fix("Log with the context's `logger`", edits, Applicability.UNSAFE)
