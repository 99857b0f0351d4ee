"""Mending: the fixes of a run applied to its files, in rounds, until nothing is left to apply."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from inngest_lint.diagnostic import Diagnostic
from inngest_lint.files.writing import NotWrittenError, encoded, rewrite
from inngest_lint.fix import Applicability, Fix, apply
from inngest_lint.frontends import lower
from inngest_lint.linter import Progress, Request, Session, Stdin
from inngest_lint.report import Failure, FailureKind, Report
from inngest_lint.text import Source

ROUNDS = 10
"""After how many rounds a file that is still changing is left as it was."""

_APPLICABLE = {
    False: frozenset({Applicability.SAFE}),
    True: frozenset({Applicability.SAFE, Applicability.UNSAFE}),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after its fixes, and the diagnostics that were fixed."""

    before: Source
    after: Source
    fixed: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Mended:
    """What fixes have changed, in the order of the files, and the report of what is left.

    `unsafe` counts the findings that are left and that have an unsafe fix.
    """

    changes: tuple[Change, ...]
    report: Report
    unsafe: int


def mend(request: Request, progress: Progress, *, unsafe: bool) -> Mended:
    """What the fixes make of the files of a run, none of which is written; raises a `ConfigError`."""
    return _Mending(request, unsafe=unsafe).run(progress)


def save(request: Request, mended: Mended) -> Mended:
    """Write the files that were changed; those that cannot be are left as they are, and reported as such.

    What came on standard input is not written.
    """
    outcomes = [(change, _saved(request, change)) for change in mended.changes]
    failures = tuple(failure for _, failure in outcomes if failure is not None)
    if not failures:
        return mended
    done = {change.before.file: change for change, failure in outcomes if failure is None}
    report = _reported(_given(request, done))
    report = replace(report, failures=(*report.failures, *failures))
    return replace(mended, changes=tuple(done.values()), report=report)


def standard_output(stdin: Stdin, changes: Iterable[Change]) -> bytes:
    """What came on standard input, with its fixes and in its own encoding."""
    for change in changes:
        if change.before.file == stdin.file:
            try:
                return encoded(stdin.data, change.before, change.after)
            except NotWrittenError:
                break
    return stdin.data


class _Mending:
    """The rounds of a run, and what each file has become in them."""

    def __init__(self, request: Request, *, unsafe: bool) -> None:
        self._request = request
        self._session = Session(request)
        self._applicable = _APPLICABLE[unsafe]
        self._changes: dict[str, Change] = {}
        self._failures: list[Failure] = []
        self._left_alone: set[str] = set()

    def run(self, progress: Progress) -> Mended:
        """The rounds, and what is left after the last."""
        report = self._session.report(progress)
        for number in range(1, ROUNDS + 1):
            changed = self._round(report)
            if not changed:
                break
            if number == ROUNDS:
                for file in self._changes.keys() & changed:
                    self._give_up(file, self._changes[file].fixed, "do not come to an end")
            report = self._again()
        left = [diagnostic.finding.fix for diagnostic in report.diagnostics]
        return Mended(
            tuple(self._changes[file] for file in sorted(self._changes)),
            replace(report, failures=(*report.failures, *self._failures)),
            0 if Applicability.UNSAFE in self._applicable else _count(left, Applicability.UNSAFE),
        )

    def _round(self, report: Report) -> set[str]:
        """Apply what can be applied at once; gives the files that changed."""
        changed: set[str] = set()
        for file, found in self._fixable(report).items():
            source = report.sources[file]
            applied = apply(source, (fix for diagnostic in found if (fix := diagnostic.finding.fix) is not None))
            if applied.source.text == source.text:
                continue
            fixed = tuple(diagnostic for diagnostic in found if _is_among(diagnostic.finding.fix, applied.fixes))
            changed.add(file)
            if _breaks(source, applied.source):
                self._give_up(file, fixed, "would leave code that cannot be read")
                continue
            earlier = self._changes.get(file, Change(source, source, ()))
            self._changes[file] = Change(earlier.before, applied.source, (*earlier.fixed, *fixed))
        return changed

    def _fixable(self, report: Report) -> Mapping[str, list[Diagnostic]]:
        """What has a fix that is to be applied, by file, in the order of the report."""
        # Where a rule went wrong, what the others say of the file is not to be trusted with its bytes.
        spoiled = {failure.file for failure in report.failures} | self._left_alone
        files = frozenset(report.files) - spoiled
        found: dict[str, list[Diagnostic]] = {}
        for diagnostic in report.diagnostics:
            fix, file = diagnostic.finding.fix, diagnostic.span.file
            if fix is not None and fix.applicability in self._applicable and file in files and _is_within(fix, file):
                found.setdefault(file, []).append(diagnostic)
        return found

    def _give_up(self, file: str, fixed: Iterable[Diagnostic], why: str) -> None:
        """Leave a file as it was before the first round."""
        rules = ", ".join(f"`{rule}`" for rule in Counter(diagnostic.rule for diagnostic in fixed))
        message = f"the fixes of {rules} {why}; the file was left as it was"
        self._failures.append(Failure(FailureKind.INTERNAL, file, message))
        self._changes.pop(file, None)
        self._left_alone.add(file)

    def _again(self) -> Report:
        if self._request.stdin is not None:
            return _reported(_given(self._request, self._changes))
        self._session.edit({file: change.after.text.decode() for file, change in self._changes.items()})
        return self._session.report(_Unseen())


class _Unseen:
    """What is told how far a run has come, and shows it to nobody."""

    def begin(self, total: int) -> None:
        """Be told how many files there are."""

    def advance(self, file: str) -> None:
        """Be told that a file is done."""


def _given(request: Request, changes: Mapping[str, Change]) -> Request:
    """A request for the files as they have become."""
    stdin = request.stdin
    if stdin is not None and stdin.file in changes:
        stdin = Stdin(stdin.file, standard_output(stdin, changes.values()))
    on_disk = (change.after for file, change in changes.items() if not _is_standard_input(request, file))
    texts = {source.file: source.text.decode() for source in on_disk}
    return replace(request, stdin=stdin, unsaved={**request.unsaved, **texts})


def _saved(request: Request, change: Change) -> Failure | None:
    """Why a file could not be written; None where it was."""
    if _is_standard_input(request, change.before.file):
        return None
    try:
        rewrite(change.before, change.after)
    except NotWrittenError as error:
        return Failure(FailureKind.UNWRITTEN, change.before.file, f"the file was not fixed: {error}")
    return None


def _reported(request: Request) -> Report:
    return Session(request).report(_Unseen())


def _is_within(fix: Fix, file: str) -> bool:
    return bool(fix.edits) and all(edit.span.file == file for edit in fix.edits)


def _is_among(fix: Fix | None, fixes: Iterable[Fix]) -> bool:
    # Two findings may have equal fixes, of which one is left for the next round.
    return any(fix is each for each in fixes)


def _count(fixes: Collection[Fix | None], applicability: Applicability) -> int:
    return sum(fix is not None and fix.applicability is applicability for fix in fixes)


def _breaks(before: Source, after: Source) -> bool:
    """Whether a part of a text cannot be read that could be before."""
    return len(lower(after).problems) > len(lower(before).problems)


def _is_standard_input(request: Request, file: str) -> bool:
    return request.stdin is not None and request.stdin.file == file
