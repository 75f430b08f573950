"""Changes to canned replies."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from scopchat.accounts.models import User
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import changes, record
from scopchat.canned.models import CannedQuerySet, CannedReply
from scopchat.common.folding import fold
from scopchat.common.refusals import Refusal, taken
from scopchat.tenancy.models import Company


class CannedNameTaken(Refusal):
    """Another canned reply of the company has the name."""

    code, field = "name_taken", "name"

    def __init__(self) -> None:
        super().__init__(_("Another canned reply has this name."))


def named(name: str) -> str:
    """The name as it is typed after `/`: without capitals, hyphens for spaces."""
    return "-".join(name.lower().split())


@transaction.atomic
def add_canned(*, company: Company, name: str, text: str, acting: User | None = None) -> CannedReply:
    """A new canned reply of the company. Raises `CannedNameTaken`."""
    with taken({"canned_name_once": CannedNameTaken}):
        reply: CannedReply = CannedReply.objects.create(company=company, name=named(name), text=text)
    record(verb=Verb.CANNED_ADDED, company=company, acting=acting, about=reply, details={})
    return reply


@transaction.atomic
def change_canned(*, reply: CannedReply, name: str, text: str, acting: User) -> None:
    """Raises `CannedNameTaken`."""
    details = changes({"name": reply.name, "text": reply.text}, {"name": named(name), "text": text})
    if not details:
        return
    reply.name, reply.text = named(name), text
    with taken({"canned_name_once": CannedNameTaken}):
        reply.save(update_fields=["name", "text"])
    record(verb=Verb.CANNED_CHANGED, company=reply.company, acting=acting, about=reply, details=details)


@transaction.atomic
def remove_canned(*, reply: CannedReply, acting: User) -> None:
    """What was sent with it stays as it was sent."""
    record(verb=Verb.CANNED_REMOVED, company=reply.company, acting=acting, about=reply, details={"text": reply.text})
    CannedReply.objects.filter(pk=reply.pk).delete()


def offered(typed: str, *, most: int) -> list[CannedReply]:
    """What is offered for what was typed after `/`: those whose name begins so before those that mention it."""
    typed = typed.replace("\0", " ").strip()
    wanted = fold(typed).replace("-", " ")
    found: CannedQuerySet = CannedReply.objects.mentioning(wanted)
    begun = found.filter(search__startswith=fold(typed)).order_by("search", "pk")[:most]
    chosen = {reply.pk: reply for reply in begun}
    if len(chosen) < most:
        others = found.exclude(pk__in=chosen).order_by("search", "pk")[: most - len(chosen)]
        chosen.update({reply.pk: reply for reply in others})
    return list(chosen.values())
