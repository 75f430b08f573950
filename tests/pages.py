"""Every page there is, found from Django's resolver; and for each model that an address can name, one of a company."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.core.files.base import ContentFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django_scopes import scope

from scopchat.accounts.access import Access, access_of
from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.accounts.services import create_user
from scopchat.automation.models import OpeningHours
from scopchat.automation.services.settings import Hours, create_hours
from scopchat.canned.models import CannedReply
from scopchat.canned.services import add_canned
from scopchat.channels.models import Channel, Destination, Loan, Provider
from scopchat.channels.providers.protocol import Adapter
from scopchat.channels.providers.simulator.models import SimulatedPhone
from scopchat.channels.services import create_channel, create_provider
from scopchat.contacts.labelling import add_label
from scopchat.contacts.listing import ListParticulars, add_list, put_on_list
from scopchat.contacts.models import Contact, ContactImport, ContactList, ContactNote, Label
from scopchat.contacts.services import Particulars, add_contact, add_note
from scopchat.contacts.tests.made import made_import
from scopchat.exports.models import Export
from scopchat.exports.tests.made import made_export
from scopchat.interactions.media import link_to, link_to_upload
from scopchat.interactions.models import Attachment, AttachmentState, Interaction, Message, Upload
from scopchat.interactions.tests.desk import NOW, conversation
from scopchat.masssends.models import MassSend, Recipient, SendState
from scopchat.optouts.models import OptOut
from scopchat.optouts.origins import Origin
from scopchat.queues.models import Queue
from scopchat.queues.services import create_queue
from scopchat.tenancy.models import Company
from tests.passkeys import add_passkey


class LeftOut:
    """A person who was archived with the company and did not come back with it."""


NARROWER: dict[str, dict[str, type]] = {"administration:returning": {"person_pk": LeftOut}}
"""Arguments that stand for some of a model's objects only."""
PLACES = 7_000_001
"""Stands for the first argument in an address that is being written, the next number for the second."""


@dataclass(frozen=True, slots=True)
class Page:
    """One address with its view."""

    name: str
    view: Callable[..., object]
    arguments: tuple[str, ...]

    @property
    def access(self) -> Access:
        """What the view declares. Fails the test where that is nothing, or not about every argument."""
        found = access_of(self.view)
        assert found is not None, (
            f"The view of {self.name!r} does not declare who may open it: "
            "put @requires(Permission.…) on it, or @public() (accounts/access.py)."
        )
        assert set(found.arguments) == {*self.arguments}, (
            f"The view of {self.name!r} declares {sorted(found.arguments)} and its address has "
            f"{sorted(self.arguments)}: name the model of each, as in @requires(…, pk=Interaction)."
        )
        return found

    def address(self, values: Mapping[str, object]) -> str:
        """With these values, whether the address takes such or not."""
        places = {name: PLACES + number for number, name in enumerate(self.arguments)}
        address = reverse(self.name, kwargs=places)
        for name, place in places.items():
            address = address.replace(str(place), quote(str(values[name]), safe=""))
        return address


def _walk(resolver: URLResolver, namespace: str, outer: tuple[str, ...]) -> Iterator[Page]:
    for pattern in resolver.url_patterns:
        route = pattern.pattern
        arguments = (*outer, *(getattr(route, "converters", None) or route.regex.groupindex))
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, inner, arguments)
        elif isinstance(pattern, URLPattern):
            yield Page(f"{namespace}{pattern.name}", pattern.callback, arguments)


PAGES = list(_walk(get_resolver(), "", ()))


def things_of(company: Company, person: User) -> dict[type, Any]:
    """What an address names of each model: the company's, and what is the person's own."""
    colleague = create_user(
        company=company, username=f"c{company.pk}.{person.pk}", email=f"c{company.pk}.{person.pk}@exemple.test",
        display_name="Collègue", role=Role.AGENT, password=None,
    )  # fmt: skip
    with scope(company=company):
        provider = create_provider(company=company, kind="simulator", name="Simulateur", credentials={"secret": "x"})
        channel = create_channel(
            company=company, provider=provider, name="Canal", address="+14385550177",
            destination=Destination.USERS, users=[person] if person.company == company else [],
        )  # fmt: skip
        interaction = conversation(channel, assignee=person, customer=f"+1514555{company.pk % 10_000:04d}")
        message = interaction.messages.get()
        photo = Attachment(company=company, message=message, position=0, content_type="", state=AttachmentState.READY)
        photo.file.save("photo.png", ContentFile(b"photo"))
        loan = Loan.objects.create(company=company, provider=provider, borrower=company, lent_at=NOW)
        upload = Upload(company=company, person=person, content_type="image/png", size=5, uploaded_at=NOW)
        upload.file.save("upload.png", ContentFile(b"photo"))
        queue = create_queue(company=company, name="File")
        phone = SimulatedPhone.objects.create(company=company, number="+15145550142")
    return {
        LeftOut: _left_out(company, person),
        **_canned_contacts_and_export(company, person, interaction.customer),
        OpeningHours: _opening_hours(company),
        Adapter: "simulator",
        Attachment: link_to(photo.pk).split("/")[-2],
        Authenticator: _factors_of(person),
        Channel: channel.pk,
        Company: company.pk,
        Interaction: interaction.pk,
        Loan: loan.pk,
        **_mass_send_and_opt_out(channel, person),
        Message: message.pk,
        Provider: provider.pk,
        Queue: queue.pk,
        SimulatedPhone: phone.pk,
        Upload: link_to_upload(upload.pk).split("/")[-2],
        User: colleague.pk,
        UserSession: UserSession.objects.create(user=person, session_key=f"s{person.pk}", ip="10.0.0.1").pk,
    }  # fmt: skip


def _canned_contacts_and_export(company: Company, person: User, number: str) -> dict[type, int]:
    """A canned reply, a contact with a label and a note of the person's, their import and their export."""
    with scope(company=company):
        canned = add_canned(company=company, name="heures", text="Ouvert de 8 h à 17 h.")
        label = add_label(company=company, name="Fidèle")
        contact = add_contact(company=company, phone=number, particulars=Particulars(name="Julie Tremblay"), now=NOW)
        contact.labels.add(label, through_defaults={"company": company})
        listed = add_list(company=company, particulars=ListParticulars(name="Fidèles"), now=NOW)
        put_on_list(listed=listed, contact=contact, acting=person, now=NOW)
        note = add_note(contact=contact, text="Préfère le matin.", acting=person, now=NOW)
    export = made_export(company, person)
    contacts = {Contact: contact.pk, ContactList: listed.pk, ContactNote: note.pk, Label: label.pk}
    contacts[ContactImport] = made_import(company, person).pk
    return {CannedReply: canned.pk, Export: export.pk, **contacts}


def _mass_send_and_opt_out(channel: Channel, person: User) -> dict[type, int]:
    """One that is ready to be confirmed, with a recipient, where the operator allows them; and who left by hand."""
    company = channel.company
    Company.objects.filter(pk=company.pk).update(mass_sends=True)
    with scope(company=company):
        made = MassSend.objects.create(
            company=company, channel=channel, author=person, text="Fermé lundi.", state=SendState.READY,
            recipients=1, created_at=NOW, touched_at=NOW,
        )  # fmt: skip
        first = Recipient.objects.create(company=company, mass_send=made, number="+15145550199").pk
        MassSend.objects.filter(pk=made.pk).update(first_id=first, last_id=first, position=first - 1)
        left = OptOut.objects.create(
            company=company, channel=channel, number="+15145550198", since=NOW, origin=Origin.BY_HAND
        )
    return {MassSend: made.pk, OptOut: left.pk}


def _opening_hours(company: Company) -> int:
    with scope(company=company):
        return create_hours(company=company, hours=Hours(name="Bureau", week=[[]] * 7)).pk


def _left_out(company: Company, person: User) -> int:
    returning = create_user(
        company=company, username=f"r{company.pk}.{person.pk}", email=f"r{company.pk}.{person.pk}@exemple.test",
        display_name="Absente", role=Role.AGENT, password=None,
    )  # fmt: skip
    User.objects.filter(pk=returning.pk).update(archived_at=NOW)
    return returning.pk


def _factors_of(person: User) -> int:
    """Every kind of second factor; the passkey's id."""
    RecoveryCodes.activate(person)
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    return int(add_passkey(person).pk)


def values_of(page: Page, things: Mapping[type, Any]) -> dict[str, Any]:
    """The arguments of the page's address. What is public names nothing that is anybody's: it stands for itself."""
    arguments = {**page.access.arguments, **NARROWER.get(page.name, {})}
    return {name: things.get(model, "x1") for name, model in arguments.items()}
