"""Contexts: which parameters of a function hold the context, or a part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

import libcst as cst

Contexts = Mapping[str, tuple[str, ...]]
"""The parameters that hold a part of the context, with its path."""


class HandlerContexts(TypedDict):
    """The parameters of a handler that hold a part of the context, and whether its steps give results at once."""

    contexts: Contexts
    immediate: bool


def handler_contexts(node: cst.FunctionDef, *, is_method: bool) -> HandlerContexts:
    """What Inngest hands to a handler: the context, and before version 0.5 the step tools."""
    listed = [*node.params.posonly_params, *node.params.params][is_method:]
    parts: tuple[tuple[str, ...], ...] = ((), ("step",))
    contexts = {parameter.name.value: part for parameter, part in zip(listed, parts, strict=False)}
    return {"contexts": contexts, "immediate": node.asynchronous is None}


def matched(
    parameters: Sequence[str], given: Sequence[tuple[str | None, tuple[str, ...] | None]]
) -> dict[str, tuple[str, ...]]:
    """The parameters that are given a part of the context."""
    contexts: dict[str, tuple[str, ...]] = {}
    for index, (name, part) in enumerate(given):
        known = name or (parameters[index] if index < len(parameters) else None)
        if part is not None and known is not None and known in parameters:
            contexts[known] = part
    return contexts
