"""Actions: the fixes that are offered for a place in a file, and the comments that keep a rule silent there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lsprotocol import types

from inngest_lint.diagnostic import Diagnostic
from inngest_lint.fix import Applicability, Edit, apply
from inngest_lint.ignores import added
from inngest_lint.server import shapes
from inngest_lint.server.difference import shared
from inngest_lint.server.settings import SECTION
from inngest_lint.server.shown import Shown
from inngest_lint.text import ColumnUnit, Source, Span

FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.{SECTION}"
"""The kind of the action that applies every safe fix of a file, which editors can be told to do on each save."""

Changes = Mapping[str, list[types.TextEdit]]


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be done in a file; `workspace_edit` makes of edits by file what the editor understands."""

    file: str
    shown: Shown
    unit: ColumnUnit
    workspace_edit: Callable[[Changes], types.WorkspaceEdit]

    def actions(self, asked: types.CodeActionParams) -> list[types.CodeAction]:
        """The actions of the kinds and at the place that an editor asks for, the safest first."""
        only = asked.context.only
        offered: list[types.CodeAction] = []
        if _wanted(types.CodeActionKind.QuickFix.value, only):
            here = [each for each in self.shown.diagnostics if self._is_at(each, asked.range)]
            offered += sorted(self._fixes(here), key=lambda action: not action.is_preferred)
            offered += self._suppressions(here)
        if _wanted(FIX_ALL, only):
            offered += self._fix_all()
        return offered

    def _is_at(self, diagnostic: Diagnostic, place: types.Range) -> bool:
        report = self.shown.report
        return diagnostic.span.file == self.file and shapes.touch(
            shapes.extent(report, diagnostic.span, self.unit), place
        )

    def _fixes(self, diagnostics: list[Diagnostic]) -> Iterator[types.CodeAction]:
        for diagnostic in diagnostics:
            fix = diagnostic.finding.fix
            if fix is not None and fix.applicability is not Applicability.DISPLAY:
                is_safe = fix.applicability is Applicability.SAFE
                yield types.CodeAction(
                    fix.title if is_safe else f"{fix.title} ({fix.applicability.value})",
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[self._told(diagnostic)],
                    is_preferred=is_safe,
                    edit=self._edit(fix.edits),
                )

    def _suppressions(self, diagnostics: list[Diagnostic]) -> Iterator[types.CodeAction]:
        source = self.shown.report.sources[self.file]
        for diagnostic in diagnostics:
            silent = added(source, (diagnostic,), "")
            if silent is not None:
                yield types.CodeAction(
                    f"Ignore `{diagnostic.rule}` here",
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[self._told(diagnostic)],
                    is_preferred=False,
                    edit=self._edit((_difference(source, silent.source),)),
                )

    def _fix_all(self) -> Iterator[types.CodeAction]:
        found = (each.finding.fix for each in self.shown.diagnostics)
        safe = [fix for fix in found if fix is not None and fix.applicability is Applicability.SAFE]
        fixes = apply(self.shown.report.sources[self.file], safe).fixes
        if fixes:
            yield types.CodeAction(
                "Apply all safe fixes of Inngest functions",
                kind=FIX_ALL,
                edit=self._edit(tuple(edit for fix in fixes for edit in fix.edits)),
            )

    def _told(self, diagnostic: Diagnostic) -> types.Diagnostic:
        return shapes.diagnostic(self.shown.report, diagnostic, self.unit)

    def _edit(self, edits: tuple[Edit, ...]) -> types.WorkspaceEdit:
        return self.workspace_edit(shapes.edits(self.shown.report, edits, self.unit))


def _wanted(kind: str, only: object) -> bool:
    """Whether a kind of action is asked for, by its name or by that of a wider one."""
    if not isinstance(only, (list, tuple)):
        return True
    return any(kind == each or kind.startswith(f"{each}.") for each in map(_name, only) if each)


def _name(kind: object) -> str:
    return str(kind.value) if isinstance(kind, types.CodeActionKind) else str(kind)


def _difference(before: Source, after: Source) -> Edit:
    """The one edit that makes one source of the other."""
    one, other = before.text, after.text
    head, tail = shared(one, other)
    inserted = other[head : len(other) - tail].decode("utf-8", "replace")
    return Edit(Span(before.file, head, len(one) - tail), inserted)
