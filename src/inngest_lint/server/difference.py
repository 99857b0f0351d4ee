"""Differences: how much two texts share at their ends."""

from __future__ import annotations


def shared(one: bytes, other: bytes) -> tuple[int, int]:
    """How many bytes two texts share at the start and, of what is left of both, at the end."""
    head = _prefix(one, other)
    left = min(len(one), len(other)) - head
    return head, min(_prefix(one[::-1], other[::-1]), left)


def _prefix(one: bytes, other: bytes) -> int:
    # Halves are compared, not bytes: this is done at every keystroke.
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
