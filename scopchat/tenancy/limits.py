"""What companies may still have: asked where a thing is made, in the same transaction (docs/limits.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django_scopes import scope

from scopchat.tenancy import queries, tree
from scopchat.tenancy.models import Company, SegmentUse
from scopchat.tenancy.pools import Node, Weight, weigh
from scopchat.tenancy.resources import COUNTERS, Resource

WARN_PERCENT = 80


class LimitReached(Exception):
    """There is no room for more. Its words are for the person, in the language in force."""

    def __init__(self, resource: Resource, weight: Weight) -> None:
        words = {
            Resource.USERS: _("The limit of %(limit)d users is reached."),
            Resource.CHANNELS: _("The limit of %(limit)d channels is reached."),
            Resource.SEGMENTS_DAY: _("The limit of %(limit)d segments a day is reached."),
            Resource.SEGMENTS_MONTH: _("The limit of %(limit)d segments a month is reached."),
        }
        super().__init__(words[resource] % {"limit": weight.limit})
        self.resource = resource


class LimitRefused(ValueError):
    """A limit that cannot be set: below what is in use or set aside, or above what is left in the pool above."""

    def __init__(self, resource: Resource, *, least: int | None = None, most: int | None = None) -> None:
        if least is not None:
            words = _("At least %(n)d: that much is in use or set aside for companies below.") % {"n": least}
        else:
            words = _("At most %(n)d: the companies above have no more left.") % {"n": most}
        super().__init__(words)
        self.resource = resource


def require_room(*, company: Company, resource: Resource) -> None:
    """Raises `LimitReached` when the pool that the company draws from has no room for one more.

    For people and channels; call it before making one. Nobody else changes the tree or asks for room until the
    transaction ends.
    """
    head = _head(tree.held(company), resource)
    if head is None:
        return
    weight = weigh_branch(head, resource)[head.pk]
    if weight.committed >= (weight.limit or 0):
        raise LimitReached(resource, weight)


def book_segments(*, company_id: int, segments: int, now: datetime) -> None:
    """Counts segments that are about to be queued, in the running transaction. Raises `LimitReached`.

    One statement where no limit concerns the company. Call it once per transaction, with the sum of a batch, after what
    else the transaction locks: it keeps the company's row of the day until the end.
    """
    day, limited = queries.book(company_id=company_id, segments=segments, now=now)
    if not limited:
        return
    company: Company = Company.objects.get(pk=company_id)
    for resource in (Resource.SEGMENTS_DAY, Resource.SEGMENTS_MONTH):
        head = _head(company, resource)
        if head is None:
            continue
        if head.pk != company_id:
            # Others draw from the same pool: one after the other.
            Company.objects.select_for_update(no_key=True).get(pk=head.pk)
        weight = weigh_branch(head, resource, day=day)[head.pk]
        if weight.committed > (weight.limit or 0):
            raise LimitReached(resource, weight)


def require_limits_fit(company: Company) -> None:
    """Raises `LimitReached` when what came back with the company exceeds the pools it is in."""
    for resource in Resource:
        for one in [company, *tree.above(company)]:
            if getattr(one, resource.value) is None:
                continue
            weight = weigh_branch(one, resource)[one.pk]
            if weight.committed > (weight.limit or 0):
                raise LimitReached(resource, weight)


def check_limit(company: Company, resource: Resource, wanted: int | None) -> None:
    """Raises `LimitRefused` unless the company may have this limit: what it or any below holds stays within all limits.

    Segments sent are not counted: they start again tomorrow, and who is over a new limit today just stops.
    """
    if wanted is None:
        return
    own = weigh_branch(company, resource, changed={company.pk: wanted})[company.pk]
    if own.committed > wanted:
        raise LimitRefused(resource, least=own.committed)
    most = most_allowed(company, resource)
    if most is not None and wanted > most:
        raise LimitRefused(resource, most=most)


def most_allowed(company: Company, resource: Resource) -> int | None:
    """The highest limit the company may have: what the pool above has left without it. None where nothing limits it."""
    parent = tree.above(company).order_by("-depth").first()
    head = _head(parent, resource) if parent else None
    if head is None:
        return None
    return max(0, weigh_branch(head, resource, changed={company.pk: 0})[head.pk].room or 0)


def _head(company: Company, resource: Resource) -> Company | None:
    """The company whose limit this one draws from: itself, or the nearest above that has one."""
    limited = {f"{resource.value}__isnull": False}
    lineage = tree.above(company) | Company.objects.filter(pk=company.pk)
    found: Company | None = lineage.filter(**limited).order_by("-depth").first()
    return found


def weigh_branch(
    top: Company, resource: Resource, *, day: date | None = None, changed: Mapping[int, int] | None = None
) -> dict[int, Weight]:
    """The weights of `top`, whatever its state, and of all below it that are not archived.

    Segments are counted of `day`, or of its month up to it, and not at all without it. `changed` are limits as if they
    were set.
    """
    rows = tree.branch(top).filter(Q(archived_at=None) | Q(pk=top.pk)).values_list("pk", "path", resource.value)
    nodes = [Node(*row) for row in rows]
    if changed:
        nodes = [replace(node, limit=changed.get(node.pk, node.limit)) for node in nodes]
    ids = [node.pk for node in nodes]
    with scope(company=ids):
        if not resource.flows:
            return weigh(nodes, COUNTERS[resource](ids))
        return weigh(nodes, _segments_used(ids, resource, day) if day else {})


def _segments_used(ids: list[int], resource: Resource, day: date) -> Mapping[int, int]:
    """Segments of each company on the day, or in its month up to it (unique index `segment_use_once`)."""
    begin = day if resource == Resource.SEGMENTS_DAY else day.replace(day=1)
    counted = SegmentUse.objects.filter(company__in=ids, day__gte=begin, day__lte=day)
    return dict(counted.values_list("company").annotate(Sum("segments")))
