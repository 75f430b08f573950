"""Whom the demo company knows: most of its customers have a name by now, some stay numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

from scopchat.contacts.consent import Basis
from scopchat.contacts.labelling import add_label, set_labels
from scopchat.contacts.listing import ListParticulars, add_list, put_on_list
from scopchat.contacts.models import Contact
from scopchat.contacts.services import Particulars, add_contact, add_note
from scopchat.ops.demo import Cast

LABELS = ("Fidèle", "Allergie", "65 ans et +", "Nouveau")
CONTACTS: tuple[tuple[str, str, str, str, list[str]], ...] = (
    ("+15145550142", "Julie Tremblay", "Boulangerie du Parc", "julie@duparc.example", ["Fidèle", "Allergie"]),
    ("+14505550178", "Fatou Diallo", "", "fdiallo@courriel.example", ["Fidèle"]),
    ("+14185550163", "Simon Gagné", "Garage Gagné", "", []),
    ("+15145550117", "Robert Lavoie", "Plomberie Lavoie", "", ["65 ans et +"]),
    ("+14385550126", "Nadia Benali", "Entrepôt Benali", "nadia@benali.example", []),
    ("+14185550111", "Claire Gauthier", "", "claireg@courriel.example", ["65 ans et +", "Fidèle"]),
    ("+18195550187", "Paul Bergeron", "Fromagerie Bergeron", "paul@bergeron.example", []),
    ("+15795550134", "Élise Robitaille", "CPE Les Lutins", "elise@leslutins.example", ["Nouveau"]),
    ("+14505550136", "Francis Beaulieu", "Garage Beaulieu", "francis@gbeaulieu.example", ["Fidèle"]),
    ("+14185550150", "Denis Vachon", "", "dvachon@courriel.example", []),
)
"""Number, name, business, e-mail, labels."""
NOTED_DAYS_AGO = 85
LISTED_DAYS_AGO = 24
LISTS: tuple[tuple[str, str, Basis, str, list[str]], ...] = (
    (
        "Vaccin 2026",
        "Patients admissibles au vaccin contre la grippe",
        Basis.WRITTEN,
        "Formulaire d’inscription de la clinique",
        ["Julie Tremblay", "Fatou Diallo", "Robert Lavoie", "Claire Gauthier", "Francis Beaulieu", "Denis Vachon"],
    ),
    (
        "Aînés 65+",
        "Appel de prévention, deux fois par an",
        Basis.BUSINESS,
        "Dossiers de patients suivis",
        ["Robert Lavoie", "Claire Gauthier"],
    ),
)
"""Name, description, on what consent rests and where it comes from, who is on it."""


def fill(cast: Cast, *, now: datetime) -> None:
    """The client's contacts, in its scope."""
    labels = {name: add_label(company=cast.client, name=name) for name in LABELS}
    notes = {
        "Julie Tremblay": (cast.agent, "Préfère l’après-midi. Stationnement pour fauteuil roulant."),
        "Claire Gauthier": (cast.agent2, "Assureur : Desjardins. Appeler avant de changer un rendez-vous."),
    }
    known: dict[str, Contact] = {}
    for phone, name, business, email, worn in CONTACTS:
        particulars = Particulars(name=name, business=business, email=email)
        contact = add_contact(company=cast.client, phone=phone, particulars=particulars, acting=cast.manager, now=now)
        known[name] = contact
        set_labels(contact=contact, labels=[labels[each] for each in worn], now=now)
        if name in notes:
            author, text = notes[name]
            add_note(contact=contact, text=text, acting=author, now=now - timedelta(days=NOTED_DAYS_AGO))
    _list(cast, known, now - timedelta(days=LISTED_DAYS_AGO))


def _list(cast: Cast, known: dict[str, Contact], now: datetime) -> None:
    """Puts them on the lists they are on."""
    for name, description, basis, source, names in LISTS:
        particulars = ListParticulars(
            name=name,
            description=description,
            consent_basis=basis,
            consent_source=source,
            consent_since=now.date(),
        )
        listed = add_list(company=cast.client, particulars=particulars, acting=cast.manager, now=now)
        for each in names:
            put_on_list(listed=listed, contact=known[each], acting=cast.manager, now=now)
