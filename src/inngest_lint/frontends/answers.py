"""Answers: files lowered with what others ask of them, kept while neither a file nor what is asked of it changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inngest_lint.frontends import opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inngest_lint.frontends import Opened
    from inngest_lint.frontends.asked import Asked
    from inngest_lint.model.function import Module
    from inngest_lint.text import Source


@dataclass(slots=True)
class _Kept:
    """A file, and its answers in the order they were asked for; `given` of them in this run."""

    source: Source
    opened: Opened | None = None
    answers: list[tuple[tuple[Asked, ...], Module]] = field(default_factory=list)
    given: int = 0

    def again(self, asked: tuple[Asked, ...]) -> Module | None:
        """What was answered to the same questions before; None where they are others."""
        before = self.answers[self.given] if self.given < len(self.answers) else None
        return before[1] if before is not None and before[0] == asked else None

    def anew(self, asked: tuple[Asked, ...]) -> Module:
        """The answer to questions that were not asked before, after those that were asked in this run."""
        if self.opened is None or self.given < len(self.answers):
            self.answers = self.answers[: self.given]
            self.opened = opened(self.source)
            for earlier, _ in self.answers:
                self.opened.lower(earlier)
        module = self.opened.lower(asked)
        self.answers.append((asked, module))
        if not asked:
            # Most files are asked nothing more, and their trees are large.
            self.opened = None
        return module


class Answers:
    """The files of one run after another, each lowered once for the same text and the same questions."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._lowered: dict[str, None] = {}

    @property
    def lowered(self) -> tuple[str, ...]:
        """The files that had to be lowered in this run, in the order that was done."""
        return tuple(self._lowered)

    def begin(self) -> None:
        """Begin a run: it asks from the beginning again."""
        self._lowered.clear()
        for kept in self._kept.values():
            kept.given = 0

    def close(self) -> None:
        """Let go of the trees: nothing more is asked in this run."""
        for kept in self._kept.values():
            kept.opened = None

    def lower(self, source: Source, asked: Iterable[Asked] = ()) -> Module:
        """A file with what others ask of it, now or before in this run."""
        kept = self._kept.get(source.file)
        if kept is None or kept.source.text != source.text:
            kept = self._kept[source.file] = _Kept(source)
        questions = tuple(asked)
        module = kept.again(questions)
        if module is None:
            module = kept.anew(questions)
            self._lowered[source.file] = None
        kept.given += 1
        return module
