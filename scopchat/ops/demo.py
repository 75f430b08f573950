"""The demo installation's people and channels, also the cast of the tests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.channels.models import Channel, Destination, Provider
from scopchat.channels.services import create_channel, create_provider
from scopchat.queues.models import Queue
from scopchat.queues.services import create_queue
from scopchat.tenancy.kinds import Kind
from scopchat.tenancy.models import Company
from scopchat.tenancy.services import create_company


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone and everything of the demo, by the part they play."""

    operator: Company
    distributor: Company
    l1: Company
    l2: Company
    client: Company
    outsider: Company
    operator_admin: User
    admin: User
    manager: User
    agent: User
    """In the queue, as is `agent2`."""
    agent2: User
    user: User
    """Has a channel of their own."""
    outsider_admin: User
    queue: Queue
    provider: Provider
    channel_queue: Channel
    channel_user: Channel
    outsider_provider: Provider
    outsider_channel: Channel


@transaction.atomic
def create(*, password: str) -> Cast:
    """Makes the whole cast in an empty database, through the services, everyone with the same password."""
    operator, distributor, l1, l2 = _resellers()
    client = create_company(parent=l2, kind=Kind.CLIENT, name="Clinique Laurier")
    outsider = create_company(parent=l1, kind=Kind.CLIENT, name="Boulangerie du Parc")
    operator_admin = _person(operator, "operateur", "Opérateur SCOPCHAT", Role.SYSTEM_ADMIN, password)
    admin = _person(client, "amelie", "Amélie Gagnon", Role.COMPANY_ADMIN, password)
    manager = _person(client, "karim", "Karim Haddad", Role.MANAGER, password)
    agent = _person(client, "sophie", "Sophie Roy", Role.AGENT, password)
    agent2 = _person(client, "linh", "Linh Nguyen", Role.AGENT, password)
    user = _person(client, "marc", "Marc Bouchard", Role.USER, password)
    outsider_admin = _person(outsider, "paul", "Paul Côté", Role.COMPANY_ADMIN, password)
    with scope(company=client):
        queue = create_queue(company=client, name="Accueil", agents=[agent, agent2])
        provider = _simulator(client)
        channel_queue = _channel_of(queue, provider, "Accueil", "+14385550101")
        channel_user = _channel_of(user, provider, "Marc", "+14385550102")
    with scope(company=outsider):
        outsider_provider = _simulator(outsider)
        outsider_channel = _channel_of(outsider_admin, outsider_provider, "Boulangerie", "+14385550199")
    companies = (operator, distributor, l1, l2, client, outsider)
    people = (operator_admin, admin, manager, agent, agent2, user, outsider_admin)
    desk = (queue, provider, channel_queue, channel_user)
    return Cast(*companies, *people, *desk, outsider_provider, outsider_channel)


def add_reseller(cast: Cast, *, password: str) -> User:
    """Somebody of the company above the client, for who wants to see what resellers see."""
    return _person(cast.l2, "claire", "Claire Dubé", Role.RESELLER_ADMIN, password)


def _resellers() -> tuple[Company, Company, Company, Company]:
    """The operator and a line of resellers below it."""
    operator = create_company(parent=None, kind=Kind.OPERATOR, name="SCOPCHAT")
    distributor = create_company(parent=operator, kind=Kind.DISTRIBUTOR, name="Distribution Nord")
    l1 = create_company(parent=distributor, kind=Kind.RESELLER_L1, name="Télécom Laval")
    return operator, distributor, l1, create_company(parent=l1, kind=Kind.RESELLER_L2, name="Réseau Rive-Sud")


def _person(company: Company, username: str, display_name: str, role: Role, password: str) -> User:
    return create_user(
        company=company,
        username=username,
        email=f"{username}@exemple.test",
        display_name=display_name,
        role=role,
        password=password,
    )


def _simulator(company: Company) -> Provider:
    return create_provider(
        company=company,
        kind="simulator",
        name="Simulateur",
        credentials={"secret": secrets.token_urlsafe(24)},
    )


def _channel_of(whose: User | Queue, provider: Provider, name: str, address: str) -> Channel:
    """A channel whose messages go to one person or to a queue."""
    return create_channel(
        company=whose.company,
        provider=provider,
        name=name,
        address=address,
        destination=Destination.QUEUE if isinstance(whose, Queue) else Destination.USERS,
        users=() if isinstance(whose, Queue) else [whose],
        queue=whose if isinstance(whose, Queue) else None,
    )
