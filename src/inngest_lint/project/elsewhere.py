"""Elsewhere: effects that are part of another fault, which tells more about them."""

from __future__ import annotations

from dataclasses import dataclass

from inngest_lint.model.body import Body
from inngest_lint.project.callables import called_for_steps
from inngest_lint.project.calls import Calls, Occurrence
from inngest_lint.project.finals import INSIDE, finals
from inngest_lint.project.managers import held


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The calls of a body and its helpers, by identity, whose effects are told of elsewhere.

    `opened` are managers around steps, `called` calls in the place of a step's function, `repeated` what a
    `finally` around steps does.
    """

    opened: frozenset[int]
    called: frozenset[int]
    repeated: frozenset[int]

    def tells(self, occurrence: Occurrence) -> bool:
        """Whether an effect is part of one of these."""
        if id(occurrence.source) in self.opened or any(id(call) in self.called for call in occurrence.path):
            return True
        return occurrence.effect not in INSIDE and any(id(call) in self.repeated for call in occurrence.path)


def elsewhere(body: Body, calls: Calls) -> Elsewhere:
    """What is told elsewhere of a body and its helpers."""
    return Elsewhere(
        frozenset(id(found.call) for found in held(body, calls) if found.call is not None),
        frozenset(id(call) for call in called_for_steps(body, calls)),
        frozenset(id(call) for final in finals(body, calls) for call in final.outside),
    )
