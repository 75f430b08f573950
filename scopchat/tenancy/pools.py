"""Limits along the tree: whose use counts against which limit (docs/limits.md). Pure arithmetic.

A limit makes a pool. A company without a limit of its own draws from the pool of the nearest company above that has
one. A company with a limit has all of it set aside in the pool above, used or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

STEP = 4
"""Characters of a path per level of the tree."""


@dataclass(frozen=True, slots=True)
class Node:
    """A company as the arithmetic knows it."""

    pk: int
    path: str
    limit: int | None


@dataclass(frozen=True, slots=True)
class Weight:
    """What a company takes of its pool together with those below that draw from the same."""

    limit: int | None
    used: int
    given: int
    """Set aside for companies below that have limits of their own."""
    total: int
    """Everything in use in the branch, whichever pool it counts in."""

    @property
    def committed(self) -> int:
        return self.used + self.given

    @property
    def room(self) -> int | None:
        """What is left; below nothing when it is exceeded, None without a limit."""
        return None if self.limit is None else self.limit - self.committed

    @property
    def percent(self) -> int:
        """How full it is, in hundredths; 100 for a limit of nothing, 0 without a limit."""
        if self.limit is None:
            return 0
        return 100 if self.limit == 0 else min(100, self.committed * 100 // self.limit)


def weigh(nodes: Iterable[Node], use: Mapping[int, int]) -> dict[int, Weight]:
    """The weight of each company of a branch, by its id; `use` is what each has itself."""
    found: dict[int, Weight] = {}
    used: dict[str, int] = {}
    given: dict[str, int] = {}
    total: dict[str, int] = {}
    # Longest paths first: whatever is below a company has been weighed before it.
    for node in sorted(nodes, key=lambda node: len(node.path), reverse=True):
        own, path, above = use.get(node.pk, 0), node.path, node.path[:-STEP]
        weight = Weight(node.limit, own + used.get(path, 0), given.get(path, 0), own + total.get(path, 0))
        found[node.pk] = weight
        total[above] = total.get(above, 0) + weight.total
        if node.limit is None:
            used[above] = used.get(above, 0) + weight.used
            given[above] = given.get(above, 0) + weight.given
        else:
            given[above] = given.get(above, 0) + node.limit
    return found
