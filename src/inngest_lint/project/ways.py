"""Ways: the first way from a function, through the functions it calls, to each thing that happens on it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from inngest_lint.model.body import Body, Operation

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Station(Generic[K]):
    """An operation that is something looked for, or that leads on to another body."""

    operation: Operation
    thing: K | None
    leads_to: Body | None = None


@dataclass(frozen=True, slots=True)
class _Way:
    """An operation, and the way on from there; none where it is what was looked for."""

    first: Operation
    rest: _Way | None = None

    def operations(self) -> Iterator[Operation]:
        """The operations on the way, in order."""
        way: _Way | None = self
        while way is not None:
            yield way.first
            way = way.rest


_Found = dict[K, _Way]


class Ways(Generic[K]):
    """The ways from bodies to the things they come to: of all that lead to a thing, the one that is written first.

    No way goes through a body twice. There may be more ways than one could walk, so each body is looked at once;
    only those that call each other in a circle are walked again from each body that something else calls.
    """

    def __init__(self, look: Callable[[Body], Iterable[Station[K]]]) -> None:
        self._look = look
        self._stations: dict[int, tuple[Station[K], ...]] = {}
        self._circles: dict[int, int] = {}
        self._found: dict[int, _Found[K]] = {}
        # What is known of bodies is kept by their identity, so they must stay alive.
        self._bodies: list[Body] = []

    def of(self, body: Body) -> Iterator[tuple[K, tuple[Operation, ...]]]:
        """For each operation of a body, in order, each thing it comes to once, and the way there."""
        return self._along(self._stations_of(body), body)

    def along(self, stations: Iterable[Station[K]]) -> Iterator[tuple[K, tuple[Operation, ...]]]:
        """The same for operations of any body."""
        return self._along(stations, None)

    def _along(self, stations: Iterable[Station[K]], around: Body | None) -> Iterator[tuple[K, tuple[Operation, ...]]]:
        for station in stations:
            if station.thing is not None:
                yield station.thing, (station.operation,)
            elif station.leads_to is not None and station.leads_to is not around:
                for thing, way in self._from(station.leads_to, around).items():
                    yield thing, (station.operation, *way.operations())

    def _from(self, body: Body, around: Body | None) -> _Found[K]:
        self._survey(body)
        if around is not None:
            self._survey(around)
            if self._circles[id(around)] == self._circles[id(body)]:
                return self._walk(body, around)
        return self._found_from(body)

    def _found_from(self, body: Body) -> _Found[K]:
        if id(body) not in self._found:
            self._found[id(body)] = self._walk(body, None)
        return self._found[id(body)]

    def _walk(self, start: Body, around: Body | None) -> _Found[K]:
        """What is found from a body, within its circle by walking, beyond it by what is known already."""
        found: _Found[K] = {}
        circle = self._circles[id(start)]
        seen = {id(start), id(around)}
        walked: list[Operation] = []
        waiting = [iter(self._stations_of(start))]
        while waiting:
            station = next(waiting[-1], None)
            if station is None:
                waiting.pop()
                del walked[len(waiting) - 1 :]
            elif station.leads_to is None:
                _note(found, station.thing, walked, _Way(station.operation))
            elif self._circles[id(station.leads_to)] != circle:
                for thing, way in self._found_from(station.leads_to).items():
                    _note(found, thing, walked, _Way(station.operation, way))
            elif id(station.leads_to) not in seen:
                seen.add(id(station.leads_to))
                walked.append(station.operation)
                waiting.append(iter(self._stations_of(station.leads_to)))
        return found

    def _stations_of(self, body: Body) -> tuple[Station[K], ...]:
        if id(body) not in self._stations:
            self._stations[id(body)] = tuple(self._look(body))
            self._bodies.append(body)
        return self._stations[id(body)]

    def _survey(self, start: Body) -> None:
        """Number the circles that the bodies from here on make, and find what is beyond each."""
        if id(start) in self._circles:
            return
        for circle in _Survey(self.called, self._circles).circles(start):
            # The circles further on come first, so that no walk has to begin another one that begins another.
            for body in circle:
                self._find_beyond(body)

    def _find_beyond(self, body: Body) -> None:
        for called in self.called(body):
            if self._circles[id(called)] != self._circles[id(body)]:
                self._found_from(called)

    def called(self, body: Body) -> Iterator[Body]:
        """The bodies that a body leads to, in order; one that several operations lead to more than once."""
        return (station.leads_to for station in self._stations_of(body) if station.leads_to is not None)


def _note(found: _Found[K], thing: K | None, walked: Sequence[Operation], way: _Way) -> None:
    if thing is not None and thing not in found:
        for operation in reversed(walked):
            way = _Way(operation, way)
        found[thing] = way


@dataclass(slots=True)
class _Survey:
    """Gabow's search for strongly connected components; `numbers` are those of all bodies whose circle is known."""

    called: Callable[[Body], Iterator[Body]]
    numbers: dict[int, int]
    _entered: dict[int, int] = field(default_factory=dict)
    _open: list[Body] = field(default_factory=list)
    _heads: list[Body] = field(default_factory=list)
    _waiting: list[tuple[Body, Iterator[Body]]] = field(default_factory=list)

    def circles(self, start: Body) -> Iterator[list[Body]]:
        """The circles that are not known yet, those that others lead to first; a body by itself is one as well."""
        self._enter(start)
        while self._waiting:
            body, rest = self._waiting[-1]
            called = next(rest, None)
            if called is not None:
                self._go(called)
                continue
            self._waiting.pop()
            if self._heads[-1] is body:
                yield self._close(body)

    def _enter(self, body: Body) -> None:
        self._entered[id(body)] = len(self._entered)
        self._open.append(body)
        self._heads.append(body)
        self._waiting.append((body, self.called(body)))

    def _go(self, body: Body) -> None:
        if id(body) not in self._entered and id(body) not in self.numbers:
            self._enter(body)
        elif id(body) not in self.numbers:
            while self._entered[id(self._heads[-1])] > self._entered[id(body)]:
                self._heads.pop()

    def _close(self, head: Body) -> list[Body]:
        self._heads.pop()
        number = len(self.numbers)
        circle: list[Body] = []
        while not circle or circle[-1] is not head:
            circle.append(self._open.pop())
            self.numbers[id(circle[-1])] = number
        return circle
