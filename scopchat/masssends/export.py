"""A mass send's recipients as a table, with what became of each."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scopchat.accounts.roles import Permission
from scopchat.exports.kinds import Asking, Batch, Gone, Kind
from scopchat.masssends.models import MassSend, Recipient
from scopchat.masssends.results import lines_of, recipients_of

AT_A_TIME = 1_000


class Recipients(Kind):
    """In the order in which they have their turn."""

    name = "recipients"
    title = gettext_lazy("Mass sends")
    page = "masssends:list"
    permission = Permission.MASS_SEND

    def columns(self) -> Sequence[str]:
        return [_("Number"), _("Name"), _("Status"), _("Reason"), _("Time"), _("Segments")]

    def count(self, asking: Asking) -> int:
        return _found(asking).count()

    def batch(self, asking: Asking, after: str) -> Batch:
        recipients = list(_found(asking).filter(pk__gt=int(after or 0)).order_by("pk")[:AT_A_TIME])
        rows = [
            [
                line.number,
                line.name,
                line.outcome.label,
                line.reason,
                localtime(line.at).isoformat(timespec="seconds") if line.at else "",
                line.segments or "",
            ]
            for line in lines_of(recipients)
        ]
        return Batch(rows, len(rows), str(recipients[-1].pk) if len(recipients) == AT_A_TIME else "")


def _found(asking: Asking) -> QuerySet[Recipient]:
    """Raises `Gone`."""
    mass_send = MassSend.objects.filter(pk=asking.asked.get("mass_send", 0)).first()
    if mass_send is None:
        raise Gone
    return recipients_of(mass_send, outcome=asking.asked.get("outcome", ""), typed=asking.asked.get("q", ""))
