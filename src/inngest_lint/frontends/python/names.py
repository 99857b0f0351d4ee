"""Places: the statement a name stands in, beside the names in scope there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from inngest_lint.frontends import names
from inngest_lint.frontends.python.scope import Quick
from inngest_lint.frontends.scope import Frame
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.frontends.python.module import ModuleScope
    from inngest_lint.frontends.python.parse import Parsed


class Names(names.Names[cst.FunctionDef], Quick):
    """The ground of the lowering: a place in a file, the function it is in, and the names in scope there."""

    module: ModuleScope

    def __init__(self, module: ModuleScope, parsed: Parsed, frame: Frame[cst.FunctionDef]) -> None:
        super().__init__(frame)
        self.module = module
        self.parsed = parsed

    def span(self, node: cst.CSTNode) -> Span:
        """Where a node stands."""
        return self.parsed.span(node)
