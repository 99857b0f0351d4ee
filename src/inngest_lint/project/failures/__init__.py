"""Failures: what is asked about errors, and about the steps that fail with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inngest_lint.model.body import Body, Catch, Throw
from inngest_lint.model.value import Ref
from inngest_lint.project.calls import Calls
from inngest_lint.project.failures.attempts import Attempt, attempts, taking
from inngest_lint.project.failures.errors import Standing, leaving, standing
from inngest_lint.project.failures.permanence import Permanence
from inngest_lint.project.failures.retries import Retry, retries
from inngest_lint.project.failures.swallows import Ending, Swallow, swallows

__all__ = ["Attempt", "Ending", "Failures", "Permanence", "Retry", "Standing", "Swallow"]


@dataclass(frozen=True, slots=True)
class Failures:
    """The questions about failures that the calls of a project answer."""

    calls: Calls

    def attempts(self, body: Body) -> Iterator[Attempt]:
        """The attempts at steps in a body and its helpers, with what takes the failure of those steps."""
        return attempts(body, self.calls)

    def taking(self, attempt: Attempt, wanted: Standing) -> Catch | None:
        """The catch of an attempt that takes an error of some standing; None where that is not known."""
        return taking(attempt, wanted, self.calls)

    def swallows(self, body: Body) -> Iterator[Swallow]:
        """The catches of attempts at steps, in a body and its helpers, that do nothing about a failure."""
        return swallows(body, self.calls)

    def standing(self, error: Ref, file: str) -> Standing:
        """What the SDK makes of an error of a class that a file speaks of."""
        return standing(error, file, self.calls)

    def leaving(self, body: Body) -> Iterator[tuple[Throw, Standing]]:
        """What a body throws, itself or through the functions it calls, and nothing in it takes."""
        return leaving(body, self.calls)

    def permanence(self, entry: Body) -> Permanence:
        """What is the same in every retry of a handler."""
        return Permanence(entry, self.calls)

    def retries(self, body: Body) -> Iterator[Retry]:
        """The loops of a body that try something until it succeeds, and wait in between."""
        return retries(body, self.calls)
