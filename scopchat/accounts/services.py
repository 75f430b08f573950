"""People, and the companies they may look at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Count

from scopchat.accounts.models import User, UserQuerySet
from scopchat.accounts.names import names_taken
from scopchat.accounts.presence import leave
from scopchat.accounts.roles import Permission, Reach, Role, reach
from scopchat.audit.catalogue import Verb
from scopchat.audit.services import record
from scopchat.events.catalogue import AccessChanged
from scopchat.events.publish import publish
from scopchat.tenancy.limits import require_room
from scopchat.tenancy.models import Company, CompanyQuerySet
from scopchat.tenancy.resources import Resource


@transaction.atomic
def create_user(
    *,
    company: Company,
    username: str,
    email: str,
    display_name: str,
    role: Role,
    password: str | None,
    must_change_password: bool = False,
    language: str = "fr",
    acting: User | None = None,
) -> User:
    """A new person in `company`; `acting` is None where the installation itself makes them.

    Without a password they cannot sign in before they have answered an invitation (`invitations.invite`). Raises
    `UsernameTaken`, `EmailTaken` (in any case) and `LimitReached`.
    """
    require_room(company=company, resource=Resource.USERS)
    user = User(
        company=company,
        username=username,
        email=email,
        display_name=display_name,
        role=role,
        language=language,
        must_change_password=must_change_password,
    )
    user.set_password(password)
    with names_taken():
        user.save(force_insert=True)
    details = {"username": username, "role": str(role)}
    record(verb=Verb.USER_CREATED, company=company, acting=acting, about=user, details=details)
    return user


def count_people(companies: Sequence[int]) -> Mapping[int, int]:
    """How many people of each company may sign in: what its limit counts."""
    found = User.objects.filter(company__in=companies, is_active=True).values_list("company")
    return dict(found.annotate(Count("pk")))


def people_of(company: Company) -> UserQuerySet:
    """The company's people who can sign in, by name."""
    return User.objects.of(company).filter(is_active=True).order_by("display_name", "pk")


def everyone_of(company: Company) -> UserQuerySet:
    """All of the company's people, disabled ones included, for administrators."""
    return User.objects.of(company).select_related("company", "sighting")


def people_who_may(permission: Permission, *, company: Company) -> UserQuerySet:
    """Those of `people_of` whose role has the permission, over anything at all."""
    roles = [role for role in Role if reach(role, permission) > Reach.NONE]
    return people_of(company).filter(role__in=roles)


def companies_of(user: User) -> CompanyQuerySet:
    """The companies the person may look at, in the order of the tree: their own, and for resellers and the operator
    every one below that works.
    """
    if user.reach(Permission.SEE_INTERACTIONS) < Reach.SUBTREE:
        return Company.objects.filter(pk=user.company_id)
    branch = Company.objects.filter(path__startswith=user.company.path, is_active=True)
    return branch.order_by("path")


def current_company(*, user: User, named: int | None) -> Company | None:
    """The company that an address names, their own where it names none; None if the person may not look at it."""
    if named is None or named == user.company_id:
        return user.company
    if user.reach(Permission.SEE_INTERACTIONS) < Reach.SUBTREE:
        return None
    return companies_of(user).filter(pk=named).first()


@transaction.atomic
def end_sessions(people: Collection[int]) -> None:
    """Signs these people out wherever they are signed in; their open pages end, and they are offline."""
    sessions = UserSession.objects.filter(user__in=people)
    Session.objects.filter(session_key__in=sessions.values("session_key")).delete()
    sessions.delete()
    leave(people)
    if people:
        publish(AccessChanged(tuple(people)))
