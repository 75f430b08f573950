"""The opt-outs as a table: who left which channel, how and since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from scopchat.accounts.roles import Permission
from scopchat.common.keyset import Cursor, page_of
from scopchat.exports.kinds import Asking, Batch, Gone, Kind
from scopchat.optouts.forms import OptOutFilter
from scopchat.optouts.lines import Line, lines_of
from scopchat.optouts.models import OptOut
from scopchat.optouts.origins import Origin
from scopchat.optouts.querysets import OptOutQuerySet

AT_A_TIME = 500


class OptOuts(Kind):
    """The latest first; those that come meanwhile are not in it."""

    name = "opt_outs"
    title = gettext_lazy("Opt-outs")
    page = "optouts:list"
    permission = Permission.MASS_SEND

    def columns(self) -> Sequence[str]:
        return [
            *(_("Number"), _("Contact"), _("Channel"), _("Channel’s number"), _("Since")),
            *(_("How"), _("Word"), _("Person"), pgettext("opt-out", "Note"), _("Blocked since")),
        ]

    def count(self, asking: Asking) -> int:
        return _found(asking).count()

    def batch(self, asking: Asking, after: str) -> Batch:
        found = _found(asking).select_related("channel")
        page = page_of(found, Cursor.read(after) if after else None, by="since", size=AT_A_TIME)
        return Batch([_row(line) for line in lines_of(page.rows)], len(page.rows), page.next_cursor)


def _found(asking: Asking) -> OptOutQuerySet:
    """Raises `Gone`."""
    form = OptOutFilter(asking.asked)
    if not (form.is_valid() and form.fields.keys() >= asking.asked.keys()):
        raise Gone
    return OptOut.objects.asked(**form.cleaned_data, country=asking.company.country)


def _row(line: Line) -> list[object]:
    opt_out, entered = line.opt_out, line.entered
    return [
        opt_out.number,
        line.name,
        opt_out.channel.name,
        opt_out.channel.address,
        _moment(opt_out.since),
        Origin(opt_out.origin).label,
        line.word,
        entered.person.display_name if entered and entered.person else "",
        entered.note if entered else "",
        _moment(opt_out.blocked_at),
    ]


def _moment(at: datetime | None) -> str:
    """ISO 8601 in the company's time, with how far that is from UTC."""
    return localtime(at).isoformat(timespec="seconds") if at else ""
