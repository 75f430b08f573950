"""The menu: what the person's role may open, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scopchat.accounts.models import User
from scopchat.accounts.roles import Permission
from scopchat.channels.models import Channel
from scopchat.tenancy.models import Company


def has_simulator(company: Company) -> bool:  # noqa: ARG001  the one in scope
    """Whether it has a channel on the built-in carrier."""
    return bool(Channel.objects.filter(provider__kind="simulator", is_active=True).exists())


def may_mass_send(company: Company) -> bool:
    """Whether its operator has allowed it mass sends."""
    return bool(company.mass_sends)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    label: str | Promise
    icon: str
    url_name: str
    permission: Permission
    group: str | Promise = ""
    unless: Permission | None = None
    """Who has this permission has another entry for it."""
    needs: Callable[[Company], bool] | None = None
    """Whether the company has what the pages are about."""
    pages: tuple[str, ...] = ()
    """Names of the other pages that belong to this entry."""
    badge: str = ""
    """Id of the element that live pages keep up to date, where the entry counts something."""

    def holds(self, page: str) -> bool:
        """Whether the page, by its name, belongs to this entry."""
        return page == self.url_name or page in self.pages


CONTACT_CENTRE = _("Contact centre")
SETTINGS = _("Settings")
MENU = (
    Entry(
        _("Messages"),
        "message",
        "interactions:inbox",
        Permission.SEE_INTERACTIONS,
        pages=("interactions:thread",),
        badge="menu-unread",
    ),
    Entry(
        _("Interactions"),
        "archive",
        "interactions:archive",
        Permission.SEE_INTERACTIONS,
        pages=("interactions:content", "exports:list"),
    ),
    Entry(
        _("Contacts"),
        "address-book",
        "contacts:list",
        Permission.USE_CONTACTS,
        pages=(
            "contacts:add",
            "contacts:edit",
            "contacts:labels",
            "contacts:lists",
            "contacts:add_list",
            "contacts:edit_list",
            "contacts:members",
            "contacts:import_file",
            "contacts:import_into",
            "contacts:import",
        ),
    ),
    Entry(
        _("Mass sends"),
        "megaphone",
        "masssends:list",
        Permission.MASS_SEND,
        needs=may_mass_send,
        pages=("masssends:add", "masssends:edit", "masssends:page"),
    ),
    Entry(_("Opt-outs"), "ban", "optouts:list", Permission.MASS_SEND, needs=may_mass_send, pages=("optouts:add",)),
    Entry(
        _("Queues"),
        "queue",
        "administration:queues",
        Permission.MANAGE_PEOPLE,
        CONTACT_CENTRE,
        pages=(
            "administration:add_queue",
            "administration:queue",
            "administration:queue_people",
            "administration:queue_fallback",
        ),
    ),
    Entry(
        _("Canned replies"),
        "bolt",
        "canned:list",
        Permission.EDIT_CANNED_REPLIES,
        CONTACT_CENTRE,
        pages=("canned:add", "canned:edit"),
    ),
    Entry(
        _("Users"),
        "users",
        "administration:users",
        Permission.MANAGE_PEOPLE,
        SETTINGS,
        pages=("administration:add_user", "administration:user"),
    ),
    Entry(
        _("Channels"),
        "phone",
        "channels:list",
        Permission.MANAGE_CHANNELS,
        SETTINGS,
        pages=("channels:add", "channels:edit", "administration:channel_fallback"),
    ),
    Entry(
        _("Opening hours"),
        "clock",
        "administration:hours",
        Permission.MANAGE_CHANNELS,
        SETTINGS,
        pages=("administration:add_hours", "administration:edit_hours"),
    ),
    Entry(
        _("Providers"),
        "plug",
        "channels:providers",
        Permission.MANAGE_CHANNELS,
        SETTINGS,
        pages=("channels:add_provider", "channels:edit_provider"),
    ),
    Entry(
        _("Company"),
        "building",
        "administration:own_company",
        Permission.SEE_COMPANY,
        SETTINGS,
        unless=Permission.MANAGE_COMPANIES,
        pages=("administration:company", "administration:returning"),
    ),
    Entry(
        _("Companies"),
        "tree",
        "administration:companies",
        Permission.MANAGE_COMPANIES,
        SETTINGS,
        pages=(
            "administration:company",
            "administration:add_company",
            "administration:edit_company",
            "administration:limits",
            "administration:returning",
        ),
    ),
    Entry(_("Audit log"), "shield", "administration:audit", Permission.SEE_AUDIT, SETTINGS),
    Entry(_("Simulator"), "devices", "simulator:phones", Permission.USE_SIMULATOR, SETTINGS, needs=has_simulator),
)


def menu_of(user: User, company: Company) -> Iterator[tuple[str | Promise, list[Entry]]]:
    """The person's entries by group, in the order of the menu, where they look at this company."""
    allowed = [
        entry
        for entry in MENU
        if user.may(entry.permission)
        and not (entry.unless and user.may(entry.unless))
        and (entry.needs is None or entry.needs(company))
    ]
    for group, entries in groupby(allowed, key=lambda entry: entry.group):
        yield group, list(entries)
