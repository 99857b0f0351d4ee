"""Exchanges: an event that a function sends, and the one that it waits for in answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from inngest_lint.model.function import InngestFunction
from inngest_lint.model.testing import is_test
from inngest_lint.project.events import Edge, EventGraph, Node, Tie


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """A function that asks and the one that answers: the request, the reply, and the wait for it.

    The request is an event that is sent, or the answering function is invoked.
    """

    asker: Node
    request: Edge
    answerer: Node
    reply: Edge
    wait: Edge


def exchanges(function: InngestFunction, events: EventGraph) -> Iterator[Exchange]:
    """What a function asks and waits to be answered; an event that others send as well is no answer."""
    asker = events.node(function)
    ties = events.of(asker) if asker is not None else ()
    for wait in (tie for tie in ties if tie.tie is Tie.WAITS and tie.event is not None):
        for request in ties:
            answerers = tuple(node for node in _started(request, events) if node is not asker)
            for answerer, reply in _replies(wait, answerers, events):
                if wait.function is not None:
                    yield Exchange(wait.function, request, answerer, reply, wait)


def _replies(wait: Edge, answerers: tuple[Node, ...], events: EventGraph) -> Iterator[tuple[Node, Edge]]:
    """Where functions send what is waited for, if nothing else does; the nearest first, as apps may have copies."""
    sent = [reply for reply in events.senders(wait.event or "") if not is_test(reply.file)]
    if all(reply.function in answerers for reply in sent):
        nearest = sorted(sent, key=lambda reply: -len(_shared(reply.file, wait.file)))
        yield from ((reply.function, reply) for reply in nearest if reply.function is not None)


def _shared(one: str, other: str) -> tuple[str, ...]:
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(Path(one).parts, Path(other).parts, strict=False))
    return tuple(part for part, _ in pairs)


def _started(request: Edge, events: EventGraph) -> tuple[Node, ...]:
    """The functions that a tie to an event, or to a function, makes run."""
    match request.tie:
        case Tie.SENDS if request.event is not None:
            return events.functions_on(request.event)
        case Tie.INVOKES if request.target is not None:
            return (request.target,)
    return ()
