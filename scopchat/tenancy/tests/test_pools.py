"""Limits along the tree, as arithmetic: the example of docs/limits.md and what holds for every tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scopchat.tenancy.models import Company
from scopchat.tenancy.pools import STEP, Node, Weight, weigh

RESELLER, LIMITED, THREE, FOUR, BELOW = 1, 2, 3, 4, 5
EXAMPLE = [
    Node(RESELLER, "0001", 50),
    Node(LIMITED, "00010001", 20),
    Node(THREE, "00010002", None),
    Node(FOUR, "00010003", None),
    Node(BELOW, "000100030001", None),
]


def test_the_example() -> None:
    found = weigh(EXAMPLE, {RESELLER: 5, LIMITED: 11, THREE: 3, FOUR: 1, BELOW: 3})
    assert found[RESELLER] == Weight(limit=50, used=12, given=20, total=23)
    assert found[RESELLER].room == 18
    assert found[LIMITED] == Weight(limit=20, used=11, given=0, total=11)
    assert found[FOUR] == Weight(limit=None, used=4, given=0, total=4)
    assert found[FOUR].room is None


def test_how_full_a_limit_is() -> None:
    assert [Weight(10, used, 0, used).percent for used in (0, 7, 8, 10, 12)] == [0, 70, 80, 100, 100]
    assert Weight(0, 0, 0, 0).percent == 100
    assert Weight(None, 5, 0, 5).percent == 0


def test_a_level_of_a_path_is_as_long_as_the_trees() -> None:
    assert Company.steplen == STEP


@st.composite
def trees(draw: st.DrawFn) -> tuple[list[Node], dict[int, int]]:
    """Any tree with any limits and any use."""
    paths, nodes, use = ["0001"], [], {}
    for place in range(draw(st.integers(0, 12))):
        above = draw(st.sampled_from(paths))
        if len(above) < 5 * STEP:
            paths.append(f"{above}{place + 1:04}")
    for pk, path in enumerate(paths):
        nodes.append(Node(pk, path, draw(st.none() | st.integers(0, 30))))
        use[pk] = draw(st.integers(0, 9))
    return draw(st.permutations(nodes)), use


def members(head: Node, nodes: list[Node]) -> tuple[list[Node], list[Node]]:
    """Who draws from the head's pool, and the limited companies set aside in it: the rule in plain words."""
    drawing, aside = [], []
    for node in nodes:
        if not node.path.startswith(head.path):
            continue
        between = [
            one for one in nodes if one.limit is not None and node.path.startswith(one.path)
            and head.path != one.path and one.path.startswith(head.path) and one != node
        ]  # fmt: skip
        if not between:
            (aside if node.limit is not None and node != head else drawing).append(node)
    return drawing, aside


@given(trees())
def test_every_use_counts_in_one_pool_and_every_limit_is_set_aside_in_one(
    tree: tuple[list[Node], dict[int, int]],
) -> None:
    nodes, use = tree
    found = weigh(nodes, use)
    for node in nodes:
        drawing, aside = members(node, nodes)
        assert found[node.pk].used == sum(use[one.pk] for one in drawing)
        assert found[node.pk].given == sum(one.limit or 0 for one in aside)
        assert found[node.pk].total == sum(use[one.pk] for one in nodes if one.path.startswith(node.path))


@given(trees())
def test_where_no_pool_is_exceeded_nobody_below_a_limit_uses_more_than_it_together(
    tree: tuple[list[Node], dict[int, int]],
) -> None:
    nodes, use = tree
    found = weigh(nodes, use)
    if any((weight.room or 0) < 0 for weight in found.values()):
        return
    for node in nodes:
        if node.limit is not None:
            assert sum(use[one.pk] for one in nodes if one.path.startswith(node.path)) <= node.limit
