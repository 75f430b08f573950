"""What happens to people when their company is archived or restored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from scopchat.accounts.models import User
from scopchat.accounts.names import names_taken
from scopchat.accounts.services import end_sessions
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import changes, record
from scopchat.tenancy.company_lifecycle import Participant, Skipped
from scopchat.tenancy.limits import require_room
from scopchat.tenancy.models import Company
from scopchat.tenancy.resources import Resource


def left_out(company: Company) -> QuerySet[User]:
    """The people of a restored company who could not be restored with it, by name."""
    archived = User.with_archived.of(company).filter(archived_at__isnull=False)
    people: QuerySet[User] = archived.filter(company__archived_at=None)
    return people.select_related("company").order_by("display_name", "pk")


@transaction.atomic
def bring_back(*, person: User, username: str, email: str, acting: User | None) -> None:
    """One of `left_out` comes back under these names, with all that was theirs.

    Raises `UsernameTaken`, `EmailTaken` and `LimitReached`; without effect on who is back already.
    """
    if person.is_active:
        require_room(company=person.company, resource=Resource.USERS)
    before = {"username": person.username, "email": person.email}
    names = {"username": username, "email": email}
    with names_taken():
        search = User.search_of(display_name=person.display_name, **names)
        is_back = left_out(person.company).filter(pk=person.pk).update(archived_at=None, search=search, **names)
    if is_back:
        details = changes(before, names)
        record(verb=Verb.USER_BROUGHT_BACK, company=person.company, acting=acting, about=person, details=details)


class People(Participant):
    """They are signed out when their company stops, and archived with it."""

    name = "users"

    def close(self, companies: Sequence[int]) -> None:
        end_sessions(list(User.objects.filter(company__in=companies).values_list("pk", flat=True)))

    def remove(self, company: Company, *, now: datetime) -> list[int]:
        ids = list(User.objects.of(company).values_list("pk", flat=True))
        User.objects.filter(pk__in=ids).update(archived_at=now)
        return ids

    def restore(self, company: Company, *, ids: Sequence[int]) -> Iterator[Skipped]:
        """One by one: only the database knows which names are taken right now."""
        for user in User.with_archived.of(company).filter(pk__in=ids).order_by("pk"):
            try:
                with transaction.atomic():
                    User.with_archived.filter(pk=user.pk).update(archived_at=None)
            except IntegrityError:
                name = f"{user.display_name} ({user.username}, {user.email})"
                yield Skipped(name, _("The username or e-mail belongs to someone else now."))
