"""Suppressions: comments that keep a rule from reporting, and those that do not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.config.mistakes import did_you_mean
from inngest_lint.diagnostic import Diagnostic, Finding, Suppressed
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.text import Source, Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from inngest_lint.model.function import Comment, Module

UNUSED = "unused-suppression"
"""The rule under which the engine reports suppressions that do not do what they say."""

_IGNORE, _IGNORE_FILE = "ignore", "ignore-file"

# A directive opens a comment or a line of it, or follows another one: `# pragma: no cover  # inngest-lint: ignore[…]`.
_DIRECTIVE = re.compile(
    rb"(?:(?<!\#)\#+|(?<!/)//+|/\*+|(?<=[\r\n])[ \t]*\**)[ \t]*"
    rb"inngest-lint\b[ \t]*(?P<colon>:?)[ \t]*(?P<verb>[\w-]+)?[ \t]*(?P<open>\[)?"
    rb"(?:(?<=\[)(?P<names>[^\]\r\n]*)(?P<close>\])?)?"
)
_NAME = re.compile(rb"[^,\s](?:[^,]*[^,\s])?")
_NEXT_MARK = re.compile(rb"\#|//|/\*")
# An address or a number in a reason, `https://…` or `#12`, is none of the marks that open another comment.
_REASON_END = re.compile(r"[\r\n]|\*/|(?<!\S)(?:\#+(?!\d)|//|/\*)")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of a file's diagnostics, what was suppressed, and the findings about suppressions."""

    diagnostics: tuple[Diagnostic, ...]
    suppressed: tuple[Suppressed, ...]
    problems: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    """A rule named in a suppression."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class _Directive:
    """A comment that speaks to the linter; `line` is the one it covers, None where that is the whole file."""

    span: Span
    comment: Comment
    verb: str
    names: tuple[_Name, ...]
    complete: bool
    reason: str
    own_line: int
    line: int | None

    @property
    def works(self) -> bool:
        """Whether it suppresses anything at all."""
        if self.verb == _IGNORE_FILE:
            return self.complete and self.comment.alone
        return self.complete and self.verb == _IGNORE

    def covers(self, rule: str, line: int) -> bool:
        """Whether it suppresses what a rule reports on a line."""
        on_line = self.line is None or line == self.line or (rule == UNUSED and line == self.own_line)
        return self.works and on_line and any(name.text == rule for name in self.names)


def apply(
    source: Source,
    module: Module,
    diagnostics: Iterable[Diagnostic],
    enabled: frozenset[str],
    known: Collection[str],
) -> Kept:
    """The diagnostics of a file without those its comments suppress.

    A suppression counts for what begins on its line, or on the next line of code where it stands alone. One
    that suppresses nothing is told only if its rule was `enabled` and the whole file could be read.
    """
    directives = tuple(_directives(source, module))
    indexed = _Directives(directives)
    found = [(each, indexed.covering(each.rule, source.line_of(each.span.start))) for each in diagnostics]
    used = {(directive, diagnostic.rule) for diagnostic, covering in found for directive in covering}
    kept = tuple(diagnostic for diagnostic, covering in found if not covering)
    suppressed = tuple(Suppressed(diagnostic, _told(covering)) for diagnostic, covering in found if covering)
    judged = enabled if not module.problems else frozenset[str]()
    problems = _problems(source, directives, used, judged, known) if UNUSED in enabled else ()
    return Kept(kept, suppressed, tuple(problems))


def _told(directives: Iterable[_Directive]) -> str:
    """The first reason that any of them gives."""
    return next((directive.reason for directive in directives if directive.reason), "")


def open_lists(source: Source, module: Module) -> Mapping[int, int]:
    """For each line that a suppression covers, counted from nought, where a further rule can be named in it."""
    return {
        directive.line: directive.names[-1].span.end
        for directive in _directives(source, module)
        if directive.works and directive.line is not None and directive.names
    }


class _Directives:
    """The suppressions of a file by the lines they may cover; None for those of the whole file."""

    def __init__(self, directives: Iterable[_Directive]) -> None:
        self._by_line: dict[int | None, list[_Directive]] = {}
        for directive in directives:
            for line in {directive.line, directive.own_line}:
                self._by_line.setdefault(line, []).append(directive)

    def covering(self, rule: str, line: int) -> list[_Directive]:
        """Those that suppress what a rule reports on a line."""
        near = (*self._by_line.get(None, ()), *self._by_line.get(line, ()))
        return [directive for directive in dict.fromkeys(near) if directive.covers(rule, line)]


def _problems(
    source: Source,
    directives: tuple[_Directive, ...],
    used: set[tuple[_Directive, str]],
    judged: frozenset[str],
    known: Collection[str],
) -> Iterator[Finding]:
    # What is said of suppressions may be suppressed, so the suppressions of that are judged last.
    found = [each for directive in directives for each in _malformed(directive, known)]
    found += _idle(source, directives, used, judged - {UNUSED})
    indexed = _Directives(directives)
    for finding in found:
        covering = indexed.covering(UNUSED, source.line_of(finding.span.start))
        used.update((directive, UNUSED) for directive in covering)
        if not covering:
            yield finding
    yield from _idle(source, directives, used, judged & {UNUSED})


def _malformed(directive: _Directive, known: Collection[str]) -> Iterator[Finding]:
    verb = directive.verb
    if verb not in (_IGNORE, _IGNORE_FILE):
        nearest = did_you_mean(verb, (_IGNORE, _IGNORE_FILE)) or _IGNORE
        yield Finding(directive.span, f"unknown directive `{verb}`", help=f"write `inngest-lint: {nearest}[rule]`")
    elif not directive.complete:
        yield Finding(
            directive.span, "this suppression is not complete", help=f"write `inngest-lint: {verb}[rule] reason`"
        )
    elif not directive.names:
        yield Finding(
            directive.span, "this suppression names no rule", help=f"name it in brackets: `inngest-lint: {verb}[rule]`"
        )
    elif not directive.works:
        yield Finding(directive.span, "`ignore-file` shares its line with code", help="give it a line of its own")
    for name in directive.names:
        if name.text not in known:
            yield _unknown(name, known)


def _unknown(name: _Name, known: Collection[str]) -> Finding:
    nearest = did_you_mean(name.text, known)
    message = f"unknown rule `{name.text}` in a suppression"
    if nearest is None:
        return Finding(name.span, message, help="`inngest-lint rules` lists them")
    fix = Fix(f"Name `{nearest}`", (Edit(name.span, nearest),), Applicability.UNSAFE)
    return Finding(name.span, message, help=f"did you mean `{nearest}`?", fix=fix)


def _idle(
    source: Source,
    directives: Iterable[_Directive],
    used: set[tuple[_Directive, str]],
    judged: frozenset[str],
) -> Iterator[Finding]:
    for directive in directives:
        for name in directive.names if directive.works else ():
            if name.text in judged and (directive, name.text) not in used:
                where = "in this file" if directive.line is None else "here"
                yield Finding(
                    name.span,
                    f"`{name.text}` reports nothing {where}",
                    help="delete the suppression",
                    fix=_deletion(source, directive, name),
                )


def _deletion(source: Source, directive: _Directive, name: _Name) -> Fix | None:
    """The fix that takes a name out of a suppression, or the whole comment with its last name."""
    if len(directive.names) > 1:
        at = directive.names.index(name)
        if at + 1 < len(directive.names):
            span = Span(source.file, name.span.start, directive.names[at + 1].span.start)
        else:
            span = Span(source.file, directive.names[at - 1].span.end, name.span.end)
    elif _NEXT_MARK.search(source.text, directive.span.end, directive.comment.span.end):
        return None  # another tool's comment follows
    else:
        span = _with_its_space(source, directive)
    return Fix("Delete the suppression", (Edit(span, ""),), Applicability.SAFE)


def _with_its_space(source: Source, directive: _Directive) -> Span:
    """A directive with its reason, and the line where nothing else stands on it, or the space before."""
    comment, text = directive.comment.span, source.text
    first, own, last = map(source.line_of, (comment.start, directive.span.start, comment.end))
    opens = directive.span.start == comment.start
    if opens and directive.comment.alone:
        return Span(source.file, source.line_starts[first], _line_end(source, last))
    if first < own < last:
        return Span(source.file, source.line_starts[own], _line_end(source, own))
    start = directive.span.start
    while start > source.line_starts[own] and text[start - 1 : start] in (b" ", b"\t"):
        start -= 1
    # Inside `/* */` the end of the comment, and the lines below, stay with what came before.
    closes = text[comment.start : comment.start + 2] == b"/*" and not opens
    end = comment.end - 2 if closes else comment.end
    return Span(source.file, start, end if opens or own == last else directive.span.end)


def _line_end(source: Source, line: int) -> int:
    return source.line_starts[line + 1] if line + 1 < len(source.line_starts) else len(source.text)


def _directives(source: Source, module: Module) -> Iterator[_Directive]:
    alone = {
        line
        for comment in module.comments
        if comment.alone
        for line in range(source.line_of(comment.span.start), source.line_of(comment.span.end) + 1)
    }
    for comment in module.comments:
        for match in _DIRECTIVE.finditer(source.text, comment.span.start, comment.span.end):
            if match["colon"] or match["open"]:
                yield _directive(source, comment, match, alone)


def _directive(source: Source, comment: Comment, match: re.Match[bytes], alone: Collection[int]) -> _Directive:
    verb = (match["verb"] or b"").decode("utf-8", "replace")
    own_line = source.line_of(match.start())
    start = match.end() - len(match[0].lstrip())
    return _Directive(
        span=Span(source.file, start, match.start() + len(match[0].rstrip())),
        comment=comment,
        verb=verb,
        names=tuple(_names(source, match)),
        complete=bool(match["colon"]) and bool(match["open"]) == bool(match["close"]),
        reason=_reason(source, comment, match),
        own_line=own_line,
        line=None if verb == _IGNORE_FILE else _covered_line(source, comment, own_line, alone),
    )


def _reason(source: Source, comment: Comment, match: re.Match[bytes]) -> str:
    """What stands behind a directive: up to the end of its line or of the comment, or up to another tool's words."""
    told = source.text[match.end() : comment.span.end].decode("utf-8", "replace")
    return _REASON_END.split(told, maxsplit=1)[0].strip().removeprefix("--").strip()


def _names(source: Source, match: re.Match[bytes]) -> Iterator[_Name]:
    if match["names"] is not None:
        for name in _NAME.finditer(source.text, *match.span("names")):
            yield _Name(name[0].decode("utf-8", "replace"), Span(source.file, *name.span()))


def _covered_line(source: Source, comment: Comment, own_line: int, alone: Collection[int]) -> int:
    """The line of a comment, or the next line of code where the comment stands alone."""
    if not comment.alone:
        return own_line
    for line in range(source.line_of(comment.span.end) + 1, len(source.line_starts)):
        if line not in alone and source.line(line).strip():
            return line
    return own_line
