"""THE permission matrix (SPEC §1): what each role may do, and how far it reaches. Nothing else decides."""

from __future__ import annotations

from enum import Enum, IntEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from scopchat.tenancy.kinds import Kind


class Role(models.TextChoices):
    SYSTEM_ADMIN = "system_admin", _("System administrator")
    RESELLER_ADMIN = "reseller_admin", _("Reseller administrator")
    COMPANY_ADMIN = "company_admin", _("Company administrator")
    MANAGER = "manager", _("Manager")
    AGENT = "agent", _("Agent")
    USER = "user", _("User")


class Reach(IntEnum):
    """Over which interactions a permission extends; each one holds those before it."""

    NONE = 0
    OWN = 1
    """What is assigned to the person."""
    MEMBER = 2
    """And what comes to the channels or queues the person belongs to."""
    COMPANY = 3
    """The whole company."""
    SUBTREE = 4
    """And every company below."""


class Permission(Enum):
    SEE_INTERACTIONS = "see interactions"
    ANSWER = "reply, acknowledge, transfer, pause, release, close"
    START_CONVERSATION = "start a new conversation"
    TAKE_OR_ASSIGN = "take or assign unassigned, recover from an agent, reassign"
    USE_CONTACTS = "use contacts and lists"
    EDIT_CONTACTS = "edit contacts and lists"
    MASS_SEND = "mass sends and opt-outs"
    MANAGE_PEOPLE = "users, queues, notifications"
    MANAGE_CHANNELS = "providers and channels"
    EDIT_CANNED_REPLIES = "canned replies"
    SEE_PRESENCE = "who of the company is there"
    USE_SIMULATOR = "toy phones of a simulator channel"
    SEE_AUDIT = "who did what"
    SEE_COMPANY = "the company's page: what it uses, its second factor"
    MANAGE_COMPANIES = "create companies, delegate, switch features"


_ADMINISTRATION = {
    Permission.SEE_INTERACTIONS: Reach.COMPANY,
    Permission.ANSWER: Reach.COMPANY,
    Permission.START_CONVERSATION: Reach.COMPANY,
    Permission.TAKE_OR_ASSIGN: Reach.COMPANY,
    Permission.USE_CONTACTS: Reach.COMPANY,
    Permission.EDIT_CONTACTS: Reach.COMPANY,
    Permission.MASS_SEND: Reach.COMPANY,
    Permission.MANAGE_PEOPLE: Reach.COMPANY,
    Permission.MANAGE_CHANNELS: Reach.COMPANY,
    Permission.EDIT_CANNED_REPLIES: Reach.COMPANY,
    Permission.SEE_PRESENCE: Reach.COMPANY,
    Permission.USE_SIMULATOR: Reach.COMPANY,
    Permission.SEE_AUDIT: Reach.COMPANY,
    Permission.SEE_COMPANY: Reach.COMPANY,
}
_ABOVE_COMPANIES = dict.fromkeys(Permission, Reach.SUBTREE)

MATRIX: dict[Role, dict[Permission, Reach]] = {
    Role.AGENT: {
        Permission.SEE_INTERACTIONS: Reach.MEMBER,
        Permission.ANSWER: Reach.OWN,
        Permission.USE_CONTACTS: Reach.COMPANY,
    },
    Role.MANAGER: {
        Permission.SEE_INTERACTIONS: Reach.COMPANY,
        Permission.ANSWER: Reach.COMPANY,
        Permission.TAKE_OR_ASSIGN: Reach.COMPANY,
        Permission.USE_CONTACTS: Reach.COMPANY,
        Permission.EDIT_CONTACTS: Reach.COMPANY,
        Permission.EDIT_CANNED_REPLIES: Reach.COMPANY,
        Permission.SEE_PRESENCE: Reach.COMPANY,
    },
    Role.USER: {
        Permission.SEE_INTERACTIONS: Reach.MEMBER,
        Permission.ANSWER: Reach.MEMBER,
        Permission.START_CONVERSATION: Reach.MEMBER,
        Permission.TAKE_OR_ASSIGN: Reach.MEMBER,
        Permission.USE_CONTACTS: Reach.COMPANY,
        Permission.EDIT_CONTACTS: Reach.COMPANY,
        Permission.SEE_PRESENCE: Reach.COMPANY,
    },
    Role.COMPANY_ADMIN: _ADMINISTRATION,
    Role.RESELLER_ADMIN: _ABOVE_COMPANIES,
    Role.SYSTEM_ADMIN: _ABOVE_COMPANIES,
}


def reach(role: str, permission: Permission) -> Reach:
    """How far the role's permission extends; `Reach.NONE` where it has none."""
    return MATRIX[Role(role)].get(permission, Reach.NONE)


_ONLY_IN: dict[Role, frozenset[Kind]] = {
    Role.SYSTEM_ADMIN: frozenset({Kind.OPERATOR}),
    Role.RESELLER_ADMIN: frozenset({Kind.DISTRIBUTOR, Kind.RESELLER_L1, Kind.RESELLER_L2}),
}


def may_look_after(own: str, other: str) -> bool:
    """Whether who has the role `own` may manage people who have `other`: none who reach further than themselves."""
    return Reach.NONE < reach(own, Permission.MANAGE_PEOPLE) >= reach(other, Permission.MANAGE_PEOPLE)


def roles_to_give(own: str, kind: str) -> list[Role]:
    """The roles that who has the role `own` may give to people of a company of this kind."""
    return [role for role in Role if kind in _ONLY_IN.get(role, Kind) and may_look_after(own, role)]
