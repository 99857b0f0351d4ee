"""Layouts: nodes in layers by the longest way to them, with few crossings and short arrows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from inngest_lint.graph.ranks import ranked

_GAP = 18.0
_DUMMY_GAP = 10.0
_COMPONENT_GAP = 20.0
_SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Size:
    """What a node takes, along the layers and across them."""

    along: float
    across: float


@dataclass(frozen=True, slots=True)
class Point:
    """A place: `across` is the direction from layer to layer, `along` the one inside a layer."""

    along: float
    across: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the middle of each node is, by which points each arrow goes, and how much room all takes."""

    places: Mapping[str, Point]
    routes: Mapping[tuple[str, str], tuple[Point, ...]]
    size: Size


def laid_out(sizes: Mapping[str, Size], arrows: Iterable[tuple[str, str]], gap: float) -> Layout:
    """The layout of nodes, the parts that no arrow ties to each other one after the other."""
    edges = tuple(dict.fromkeys((a, b) for a, b in arrows if a != b))
    places: dict[str, Point] = {}
    routes: dict[tuple[str, str], tuple[Point, ...]] = {}
    parts = [
        _Part({key: sizes[key] for key in component}, tuple(edge for edge in edges if edge[0] in component))
        for component in _components(tuple(sizes), edges)
    ]
    middles, across = _columns(parts, gap)
    along = 0.0
    for part in parts:
        points = {key: Point(place + along, middles[part.ranks[key]]) for key, place in part.along.items()}
        places.update({key: point for key, point in points.items() if key in sizes})
        routes.update({edge: tuple(points[key] for key in chain) for edge, chain in part.chains.items()})
        along += part.extent + _COMPONENT_GAP
    return Layout(places, routes, Size(max(0.0, along - _COMPONENT_GAP), across))


def _columns(parts: Sequence[_Part], gap: float) -> tuple[list[float], float]:
    """The middle of each layer, which all parts share, and where the last one ends."""
    middles: list[float] = []
    end = 0.0
    for layer in zip_longest(*(part.depths() for part in parts), fillvalue=0.0):
        middles.append(end + max(layer) / 2)
        end += max(layer) + gap
    return middles, max(0.0, end - gap)


def _components(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    """The nodes that hang together, those of the largest part first."""
    near: dict[str, list[str]] = {key: [] for key in keys}
    for start, end in edges:
        near[start].append(end)
        near[end].append(start)
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for key in keys:
        waiting, component = [key], set[str]()
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                component.add(current)
                waiting.extend(near[current])
        if component:
            found.append(tuple(each for each in keys if each in component))
    yield from sorted(found, key=len, reverse=True)


class _Part:
    """The layout of nodes that hang together."""

    def __init__(self, sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]]) -> None:
        self._sizes = dict(sizes)
        self.ranks = ranked(tuple(sizes), edges)
        self.chains: dict[tuple[str, str], tuple[str, ...]] = {}
        self._before: dict[str, list[str]] = {key: [] for key in sizes}
        self._after: dict[str, list[str]] = {key: [] for key in sizes}
        for edge in edges:
            self._chain(edge)
        self._layers = self._layered()
        self._order()
        along = self._spread()
        least = min(along[key] - self._sizes[key].along / 2 for key in along)
        self.along = {key: place - least for key, place in along.items()}
        self.extent = max(place + self._sizes[key].along / 2 for key, place in self.along.items())

    def depths(self) -> Iterator[float]:
        """What the deepest node of each layer takes."""
        return (max((self._sizes[key].across for key in layer), default=0.0) for layer in self._layers)

    def _chain(self, edge: tuple[str, str]) -> None:
        """Give an arrow a stand-in in each layer that it goes through."""
        start, end = edge
        first, last = self.ranks[start], self.ranks[end]
        step = 1 if last > first else -1
        chain = [start]
        for rank in range(first + step, last, step):
            key = f"{start}\n{end}\n{rank}"
            self._sizes[key], self.ranks[key] = Size(_DUMMY_GAP, 0.0), rank
            self._before[key], self._after[key] = [], []
            chain.append(key)
        chain.append(end)
        self.chains[edge] = tuple(chain)
        for one, other in pairwise(chain):
            upper, lower = (one, other) if self.ranks[one] < self.ranks[other] else (other, one)
            self._after[upper].append(lower)
            self._before[lower].append(upper)

    def _layered(self) -> list[list[str]]:
        layers: list[list[str]] = [[] for _ in range(max(self.ranks.values()) + 1)]
        seen: set[str] = set()
        # Depth first, so that what hangs together begins side by side.
        for root in sorted(self.ranks, key=lambda key: self.ranks[key]):
            waiting = [root]
            while waiting:
                key = waiting.pop()
                if key not in seen:
                    seen.add(key)
                    layers[self.ranks[key]].append(key)
                    waiting.extend(reversed(self._after[key]))
        return layers

    def _order(self) -> None:
        """Sort each layer by the middle of its neighbours, to and fro, and keep the order with the fewest crossings."""
        best, fewest = [list(layer) for layer in self._layers], self._crossings()
        for sweep in range(_SWEEPS):
            is_down = sweep % 2 == 0
            near = self._before if is_down else self._after
            for layer in self._layers if is_down else reversed(self._layers):
                self._sort(layer, near)
            if (crossings := self._crossings()) < fewest:
                best, fewest = [list(layer) for layer in self._layers], crossings
        self._layers = best

    def _sort(self, layer: list[str], near: Mapping[str, list[str]]) -> None:
        position = {key: index for other in self._layers for index, key in enumerate(other)}
        layer.sort(key=lambda key: _mean([position[n] for n in near[key]], position[key]))

    def _crossings(self) -> int:
        crossings = 0
        for layer in self._layers[:-1]:
            below = {key: i for i, key in enumerate(self._layers[self.ranks[layer[0]] + 1])} if layer else {}
            ends = [sorted(below[after] for after in self._after[key]) for key in layer]
            flat = [end for each in ends for end in each]
            crossings += sum(flat[i] > flat[j] for i in range(len(flat)) for j in range(i + 1, len(flat)))
        return crossings

    def _spread(self) -> dict[str, float]:
        """Where each node stands in its layer: as near to its neighbours as the order allows."""
        along = {key: position for layer in self._layers for key, position in self._packed(layer).items()}
        for sweep in range(_SWEEPS * 4):
            is_down = sweep % 2 == 0
            for layer in self._layers if is_down else reversed(self._layers):
                self._settle(layer, along, self._before if is_down else self._after)
        for layer in self._layers:
            both = {key: [*self._before[key], *self._after[key]] for key in layer}
            self._settle(layer, along, both)
        return along

    def _settle(self, layer: Sequence[str], along: dict[str, float], near: Mapping[str, list[str]]) -> None:
        wanted = [_mean([along[n] for n in near[key]], along[key]) for key in layer]
        offsets = list(self._packed(layer).values())
        free = _rising([want - offset for want, offset in zip(wanted, offsets, strict=True)])
        along.update({key: base + offset for key, base, offset in zip(layer, free, offsets, strict=True)})

    def _packed(self, layer: Sequence[str]) -> dict[str, float]:
        """The nodes of a layer side by side."""
        places: dict[str, float] = {}
        end = 0.0
        for key in layer:
            half = self._sizes[key].along / 2
            places[key] = end + half
            end += 2 * half + _GAP
        return places


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _rising(values: Sequence[float]) -> list[float]:
    """The numbers that never fall and are nearest to some others: those that would fall are levelled."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        mean, count = value, 1
        while blocks and blocks[-1][0] > mean:
            other, weight = blocks.pop()
            mean, count = (other * weight + mean * count) / (weight + count), weight + count
        blocks.append((mean, count))
    return [mean for mean, count in blocks for _ in range(count)]
