"""Contexts: which parameters of a function hold the context, or a part of it."""

from __future__ import annotations

from typing import TypedDict

import libcst as cst

from inngest_lint.frontends.contexts import Contexts, positional_contexts


class HandlerContexts(TypedDict):
    """The parameters of a handler that hold a part of the context, and whether its steps give results at once."""

    contexts: Contexts
    immediate: bool


def handler_contexts(node: cst.FunctionDef, *, is_method: bool) -> HandlerContexts:
    """What Inngest hands to a handler: the context, and before version 0.5 the step tools."""
    contexts = positional_contexts(parameter_names(node)[is_method:])
    return {"contexts": contexts, "immediate": node.asynchronous is None}


def parameter_names(node: cst.FunctionDef) -> list[str]:
    """The parameters that arguments without a name go to."""
    return [parameter.name.value for parameter in (*node.params.posonly_params, *node.params.params)]
