"""Ranks: which layer each node of a graph belongs to, circles broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def ranked(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The layer of each node, by the longest way to it; those at the top are as near to what follows as can be."""
    after: dict[str, list[str]] = {key: [] for key in keys}
    for start, end in edges:
        after[start].append(end)
    against = set(_against(_entered(keys, edges), after))
    forward = {key: [end for end in ends if (key, end) not in against] for key, ends in after.items()}
    for start, end in against:
        forward[end].append(start)
    ranks = _longest(keys, forward)
    tops = set(keys) - {end for ends in forward.values() for end in ends}
    for key in tops:
        if forward[key]:
            ranks[key] = min(ranks[end] for end in forward[key]) - 1
    return ranks


def _entered(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[str]:
    """The nodes, those to which no arrow leads first."""
    reached = {end for _, end in edges}
    return sorted(keys, key=lambda key: key in reached)


def _against(keys: Sequence[str], after: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """The arrows that lead back to a node on the way, found depth first."""
    done: set[str] = set()
    for root in keys:
        way: dict[str, Iterator[str]] = {} if root in done else {root: iter(after[root])}
        while way:
            key = next(reversed(way))
            following = next(way[key], None)
            if following is None:
                del way[key]
                done.add(key)
            elif following in way:
                yield key, following
            elif following not in done:
                way[following] = iter(after[following])


def _longest(keys: Sequence[str], forward: dict[str, list[str]]) -> dict[str, int]:
    ranks = dict.fromkeys(keys, 0)
    entering = dict.fromkeys(keys, 0)
    for ends in forward.values():
        for end in ends:
            entering[end] += 1
    waiting = [key for key in keys if not entering[key]]
    while waiting:
        key = waiting.pop()
        for end in forward[key]:
            ranks[end] = max(ranks[end], ranks[key] + 1)
            entering[end] -= 1
            if not entering[end]:
                waiting.append(end)
    return ranks
