"""Changes to opening hours, and to what happens when nobody is there. `acting` is None for the installation itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import changes, record
from scopchat.automation.models import Absence, Fallback, OpeningHours, ReplyTexts
from scopchat.channels.models import Channel
from scopchat.common.refusals import Refusal, taken
from scopchat.queues.models import Queue
from scopchat.tenancy.models import Company


class HoursNameTaken(Refusal):
    """Other opening hours of the company have the name."""

    code, field = "name_taken", "name"

    def __init__(self) -> None:
        super().__init__(_("Other opening hours have this name."))


class HoursInUse(Refusal):
    """Channels or queues follow these opening hours."""

    code = "hours_in_use"

    def __init__(self, number: int) -> None:
        words = ngettext(
            "%(number)s channel or queue follows these opening hours.",
            "%(number)s channels and queues follow these opening hours.",
            number,
        )
        super().__init__(words % {"number": number})


@dataclass(frozen=True, slots=True)
class Hours:
    """What opening hours say; the fields of `OpeningHours`."""

    name: str
    week: list[list[list[str]]]
    region: str = ""
    days_off: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, Any]:
        return {**asdict(self), "days_off": sorted(set(self.days_off))}

    @classmethod
    def of(cls, hours: OpeningHours) -> Hours:
        """Those that are stored."""
        return cls(hours.name, hours.week, hours.region, tuple(hours.days_off))

    @property
    def told(self) -> dict[str, Any]:
        """For the audit log: a line for each day."""
        days = [" ".join("–".join(period) for period in day) or "–" for day in self.week]
        return {**self.columns, "week": days}


@dataclass(frozen=True, slots=True)
class WhenNobody:
    """What happens when nobody is there; the fields of `Fallback`. As it is here, nothing does."""

    hours: OpeningHours | None = None
    closed_reply: str = ""
    nobody_reply: str = ""
    escalate_after: int | None = None
    close_after: int | None = None
    absent_after: int | None = None
    absence: Absence = Absence.MANAGERS
    closing_text: str = ""

    @property
    def is_off(self) -> bool:
        """Whether nothing happens that is not said."""
        texts = self.closed_reply or self.nobody_reply
        return not texts and self.escalate_after is self.close_after is self.absent_after is None

    @property
    def columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@transaction.atomic
def create_hours(*, company: Company, hours: Hours, acting: User | None = None) -> OpeningHours:
    """New opening hours of the company. Raises `HoursNameTaken`."""
    with taken({"opening_hours_name_once": HoursNameTaken}):
        made: OpeningHours = OpeningHours.objects.create(company=company, **hours.columns)
    record(verb=Verb.HOURS_CREATED, company=company, acting=acting, about=made, details=hours.told)
    return made


@transaction.atomic
def update_hours(*, hours: OpeningHours, to: Hours, acting: User | None = None) -> None:
    """Changes when those are open that follow them, at once. Raises `HoursNameTaken`."""
    details = changes(Hours.of(hours).told, to.told)
    if not details:
        return
    for name, value in to.columns.items():
        setattr(hours, name, value)
    with taken({"opening_hours_name_once": HoursNameTaken}):
        hours.save(update_fields=to.columns.keys())
    record(verb=Verb.HOURS_CHANGED, company=hours.company, acting=acting, about=hours, details=details)


@transaction.atomic
def delete_hours(*, hours: OpeningHours, acting: User | None = None) -> None:
    """Raises `HoursInUse` while a channel or queue follows them."""
    locked = OpeningHours.objects.select_for_update().filter(pk=hours.pk)
    if followed := len(locked) and Fallback.objects.filter(hours=hours).count():
        raise HoursInUse(followed)
    record(verb=Verb.HOURS_DELETED, company=hours.company, acting=acting, about=hours, details={})
    locked.delete()


@transaction.atomic
def set_fallback(*, place: Channel | Queue, to: WhenNobody, acting: User | None = None) -> None:
    """Says what happens on the channel, or in the queue, when nobody is there."""
    of = {"channel": place} if isinstance(place, Channel) else {"queue": place}
    fallback: Fallback | None = Fallback.objects.select_related("hours").filter(**of).first()
    before = {name: getattr(fallback, name) for name in to.columns} if fallback else WhenNobody().columns
    if to.is_off:
        Fallback.objects.filter(**of).delete()
    else:
        Fallback.objects.update_or_create(**of, defaults={"company_id": place.company_id, **to.columns})
    details = changes(_told(before), _told(WhenNobody().columns if to.is_off else to.columns))
    if details:
        verb = Verb.CHANNEL_FALLBACK_CHANGED if isinstance(place, Channel) else Verb.QUEUE_FALLBACK_CHANGED
        record(verb=verb, company=place.company, acting=acting, about=place, details=details)


def _told(columns: dict[str, Any]) -> dict[str, Any]:
    """For the audit log: hours by their name."""
    return {**columns, "hours": columns["hours"].name if columns["hours"] else ""}


@transaction.atomic
def set_texts(*, channel: Channel, texts: dict[str, str], acting: User | None = None) -> None:
    """The channel's own words to those who leave, come back or ask for help, by the field of `ReplyTexts`."""
    before: ReplyTexts = ReplyTexts.objects.filter(channel=channel).first() or ReplyTexts(channel=channel)
    details = changes({name: getattr(before, name) for name in texts}, texts)
    if not details:
        return
    ReplyTexts.objects.update_or_create(channel=channel, defaults={"company_id": channel.company_id, **texts})
    record(verb=Verb.CHANNEL_TEXTS_CHANGED, company=channel.company, acting=acting, about=channel, details=details)
