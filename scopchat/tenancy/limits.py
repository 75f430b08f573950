"""What companies may still have: asked where a thing is made, in the same transaction (docs/limits.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _
from django_scopes import scope

from scopchat.common.refusals import Refusal
from scopchat.tenancy import queries, tree
from scopchat.tenancy.models import Company, SegmentPool, SegmentUse
from scopchat.tenancy.pools import Node, Weight, weigh
from scopchat.tenancy.resources import COUNTERS, Resource

WARN_PERCENT = 80
MAX_MONTH = timedelta(days=30)
"""From its first day to its last."""


class LimitReached(Refusal):
    """There is no room for more."""

    code = "limit_reached"

    def __init__(self, resource: Resource, limit: int) -> None:
        words = {
            Resource.USERS: _("The limit of %(limit)d users is reached."),
            Resource.CHANNELS: _("The limit of %(limit)d channels is reached."),
            Resource.SEGMENTS_DAY: _("The limit of %(limit)d segments a day is reached."),
            Resource.SEGMENTS_MONTH: _("The limit of %(limit)d segments a month is reached."),
        }
        self.fact = words[resource] % {"limit": limit}
        super().__init__(_("%(refusal)s Ask who manages your company for more.") % {"refusal": self.fact})


class LimitRefused(Refusal):
    """A limit that cannot be set: below what is in use or set aside, or above what is left in the pool above."""

    def __init__(self, resource: Resource, *, least: int | None = None, most: int | None = None) -> None:
        if least is not None:
            words = _("At least %(n)d: that much is in use or set aside for companies below.") % {"n": least}
        else:
            words = _("At most %(n)d: the companies above have no more left.") % {"n": most}
        super().__init__(words, code="limit_refused", field=resource.value)


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
        raise LimitReached(resource, weight.limit or 0)


def book_segments(*, company_id: int, segments: int, now: datetime) -> None:
    """Counts segments that are about to be queued, in the running transaction. Raises `LimitReached`.

    One statement, and one more for each limit that concerns the company, however large the tree. Call it once per
    transaction, with the sum of a batch, after what else the transaction locks: it keeps the company's row of the day,
    and the pools it draws from, until the end.
    """
    day, *heads = queries.book(company_id=company_id, segments=segments, now=now)
    # Everybody draws in this order.
    for resource, head in zip((Resource.SEGMENTS_DAY, Resource.SEGMENTS_MONTH), heads, strict=True):
        if head is not None:
            _draw(head, resource, day, segments)


def return_segments(*, company_id: int, segments: int, now: datetime) -> None:
    """Counts segments out again that were booked at `now` and never left; as `book_segments` otherwise."""
    booked = queries.give_back(company_id=company_id, segments=segments, now=now)
    if booked is None:
        return
    day, *heads = booked
    for resource, head in zip((Resource.SEGMENTS_DAY, Resource.SEGMENTS_MONTH), heads, strict=True):
        if head is not None:
            queries.pour_back(head=head, resource=resource, begins=_begin(resource, day), segments=segments)


def _draw(head: queries.Head, resource: Resource, day: date, segments: int) -> None:
    begins = _begin(resource, day)
    if queries.draw(head=head, resource=resource, begins=begins, segments=segments):
        return
    company: Company = Company.objects.get(pk=head[0])
    with scope(company=company):
        pool = {"company": company, "resource": resource, "begins": begins, "version": head[1]}
        if not SegmentPool.objects.filter(**pool).exists():
            # Nothing booked by others who come at the same moment is counted here: they wait, and draw.
            weight = weigh_branch(company, resource, day=day)[company.pk]
            used, capacity = weight.used - segments, (weight.limit or 0) - weight.given
            fresh = SegmentPool(**pool, used=max(0, used), capacity=max(0, capacity))
            SegmentPool.objects.bulk_create([fresh], ignore_conflicts=True)
    if not queries.draw(head=head, resource=resource, begins=begins, segments=segments):
        raise LimitReached(resource, getattr(company, resource.value) or 0)


def forget_pools(company: Company) -> None:
    """Limits or companies of the branch change in the running transaction: whoever draws after it counts anew.

    Who is drawing at this moment is waited for. They draw by the day first, and so does this.
    """
    lineage = tree.above(company) | Company.objects.filter(pk=company.pk)
    ids = list(lineage.values_list("pk", flat=True))
    Company.objects.filter(pk__in=ids).update(pool_version=F("pool_version") + 1)
    with scope(company=ids):
        for resource in (Resource.SEGMENTS_DAY, Resource.SEGMENTS_MONTH):
            SegmentPool.objects.filter(resource=resource).delete()


def prune_pools(before: datetime) -> Iterator[int]:
    """Removes the pools of days and months that were over then."""
    removed, _by_model = SegmentPool.objects.filter(begins__lt=before.date()).delete()
    yield removed


def require_limits_fit(company: Company) -> None:
    """Raises `LimitReached` when what came back with the company exceeds the pools it is in."""
    for resource in Resource:
        for one in [company, *tree.above(company)]:
            if getattr(one, resource.value) is None:
                continue
            weight = weigh_branch(one, resource)[one.pk]
            if weight.committed > (weight.limit or 0):
                raise LimitReached(resource, weight.limit or 0)


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
    """Segments of each company on the day, or in its month (unique index `segment_use_once`)."""
    begins = _begin(resource, day)
    ends = day if resource == Resource.SEGMENTS_DAY else begins + MAX_MONTH
    counted = SegmentUse.objects.filter(company__in=ids, day__gte=begins, day__lte=ends)
    if resource == Resource.SEGMENTS_MONTH:
        counted = counted.filter(day__month=day.month)
    return dict(counted.values_list("company").annotate(Sum("segments")))


def _begin(resource: Resource, day: date) -> date:
    """Of the day, or of its month."""
    return day if resource == Resource.SEGMENTS_DAY else day.replace(day=1)
