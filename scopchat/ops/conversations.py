"""What was said at the demo company before anyone looks, in every state a conversation has, through the services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django_scopes import scope

from scopchat.accounts.models import User
from scopchat.automation.services.settings import Hours, WhenNobody, create_hours, set_fallback
from scopchat.canned.services import add_canned
from scopchat.channels.models import Channel
from scopchat.channels.providers.base import InboundMessage
from scopchat.channels.providers.simulator.models import Outcome, new_carrier_id
from scopchat.channels.providers.simulator.services import remember, set_behaviour
from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.services import holding, lifecycle, receive, reply, sending
from scopchat.ops import address_book, mass_texts
from scopchat.ops.carried import carry
from scopchat.ops.demo import Cast
from scopchat.optouts.by_hand import add_opt_out
from scopchat.queues.distribution import Mode, Terms
from scopchat.queues.models import Queue
from scopchat.queues.services import create_queue


@dataclass(frozen=True, slots=True)
class Said:
    """One text, so many minutes ago; by a colleague, or by the customer where there is no author."""

    minutes: int
    text: str
    author: User | None = None
    fails: bool = False


@transaction.atomic
def hold(cast: Cast, *, now: datetime) -> None:
    """Fills the client's inbox as of `now`, and its customers' toy phones with the same."""
    with scope(company=cast.client):
        _waiting(cast, now)
        _answered(cast, now)
        _failed(cast, now)
        _acknowledged(cast, now)
        _of_marc(cast, now)
        _given_and_not_taken(cast, now)
        _paused(cast, now)
        _released(cast, now)
        _given_to_a_queue(cast, now)
        _closed(cast, now)
        _left_mass_sends(cast, now)
        _canned_replies(cast)
        _when_nobody_is_there(cast)
        address_book.fill(cast, now=now)
        mass_texts.fill(cast, now=now)


def _waiting(cast: Cast, now: datetime) -> None:
    said = [
        Said(9, "Bonjour, c’est Julie. Est-ce que je peux déplacer mon rendez-vous de jeudi à vendredi ?"),
        Said(8, "Le matin si possible 🙂"),
    ]
    _talk(cast.channel_queue, "+15145550142", said, now)


def _answered(cast: Cast, now: datetime) -> None:
    customer = "+14505550178"
    opening = [Said(52, "Bonjour, êtes-vous ouverts lundi prochain ?")]
    _give(_talk(cast.channel_queue, customer, opening, now), cast.agent, cast, now - timedelta(minutes=50))
    said = [
        Said(49, "Bonjour ! Oui, de 8 h à 17 h. Souhaitez-vous prendre rendez-vous ?", cast.agent),
        Said(41, "Oui, vers 10 h si possible. C’est pour un nettoyage."),
        Said(38, "C’est noté : lundi à 10 h avec la Dre Pelletier. À lundi !", cast.agent),
    ]
    _talk(cast.channel_queue, customer, said, now)


def _failed(cast: Cast, now: datetime) -> None:
    customer = "+14185550163"
    behaviour = {"outcome": Outcome.FAIL}
    set_behaviour(company=cast.client, phone=customer, behaviour=behaviour)
    opening = [Said(125, "Bonjour, savez-vous si mes radiographies sont arrivées ?")]
    _give(_talk(cast.channel_queue, customer, opening, now), cast.agent2, cast, now - timedelta(minutes=122))
    said = [Said(95, "Bonjour M. Gagné, elles sont arrivées. Vous pouvez passer à l’accueil.", cast.agent2, fails=True)]
    _talk(cast.channel_queue, customer, said, now)


def _acknowledged(cast: Cast, now: datetime) -> None:
    said = [Said(190, "Merci pour le rappel, nous serons là à 14 h !")]
    thread = _talk(cast.channel_queue, "+15145550117", said, now)
    lifecycle.acknowledge(interaction=thread, acting=cast.manager, now=now - timedelta(minutes=186))


def _of_marc(cast: Cast, now: datetime) -> None:
    said = [
        Said(31, "Salut Marc, la livraison est prévue pour quelle heure ?"),
        Said(27, "Bonjour Nadia ! Entre 13 h et 15 h. Je vous écris quand le camion part.", cast.user),
        Said(3, "Parfait. Pouvez-vous passer par la porte de côté ?"),
    ]
    _talk(cast.channel_user, "+14385550126", said, now)


def _given_and_not_taken(cast: Cast, now: datetime) -> None:
    said = [Said(24, "Bonjour, ma couronne est tombée. Pouvez-vous me voir aujourd’hui ?")]
    thread = _talk(cast.channel_queue, "+14385550177", said, now)
    _give(thread, cast.agent2, cast, now - timedelta(minutes=22), note="Une urgence : il préfère l’après-midi.")


def _paused(cast: Cast, now: datetime) -> None:
    customer = "+14185550111"
    opening = [Said(205, "Avez-vous reçu la réponse de mon assureur ?")]
    _give(_talk(cast.channel_queue, customer, opening, now), cast.agent, cast, now - timedelta(minutes=203))
    said = [Said(200, "Pas encore. Je vous écris dès que nous l’avons, demain au plus tard.", cast.agent)]
    thread = _talk(cast.channel_queue, customer, said, now)
    until = now + timedelta(days=1)
    lifecycle.pause(interaction=thread, acting=cast.agent, until=until, now=now - timedelta(minutes=199))


def _released(cast: Cast, now: datetime) -> None:
    said = [Said(64, "Le stationnement est-il gratuit chez vous ?")]
    thread = _talk(cast.channel_queue, "+14505550123", said, now)
    _give(thread, cast.agent2, cast, now - timedelta(minutes=63))
    holding.release(interaction=thread, acting=cast.agent2, now=now - timedelta(minutes=60))


def _given_to_a_queue(cast: Cast, now: datetime) -> None:
    results = create_queue(
        company=cast.client,
        name="Résultats",
        description="Radiographies et analyses",
        agents=[cast.agent2],
        administrators=[cast.manager],
        # Linh is offered it once she is there.
        terms=Terms(distribution=Mode.LEAST_BUSY, max_open=8),
        acting=cast.admin,
    )
    said = [Said(33, "Mes analyses sont-elles prêtes ?")]
    thread = _talk(cast.channel_queue, "+15145550190", said, now)
    note = "Prise de sang de lundi."
    holding.give_to_queue(
        interaction=thread, acting=cast.manager, queue=results, note=note, now=now - timedelta(minutes=30)
    )


def _closed(cast: Cast, now: datetime) -> None:
    said = [
        Said(1510, "Bonjour, acceptez-vous de nouveaux patients ?"),
        Said(1498, "Bonjour ! Oui, appelez-nous au 438 555-0101 pour ouvrir un dossier.", cast.manager),
    ]
    thread = _talk(cast.channel_queue, "+15795550134", said, now)
    lifecycle.close(interaction=thread, acting=cast.manager, now=now - timedelta(minutes=1440))


def _left_mass_sends(cast: Cast, now: datetime) -> None:
    """Somebody texted STOP to a mass send some time ago, and writes again today; another asked by telephone."""
    customer = "+18195550187"
    set_behaviour(company=cast.client, phone=customer, behaviour={})
    _arrive(cast.channel_queue, customer, "ARRET", now - timedelta(days=19))
    asked_at = now - timedelta(days=6, hours=2)
    add_opt_out(
        channel=cast.channel_queue, phone="450 555-0172", note="Demande par téléphone", acting=cast.admin, now=asked_at
    )
    said = [Said(44, "Bonjour, j’ai perdu mon dossier. Pouvez-vous me dire ma prochaine date ?")]
    _talk(cast.channel_queue, customer, said, now)


def _canned_replies(cast: Cast) -> None:
    for name, text in {
        "heures-ouverture": "Nous sommes ouverts du lundi au vendredi, de 8 h à 17 h.",
        "rendez-vous-confirmé": "Votre rendez-vous est confirmé. Pour le déplacer, répondez à ce texto. — {agent}",
        "rendez-vous-rappel": "Petit rappel de votre rendez-vous de demain à la {company}.",
        "renouvellement": "Votre renouvellement a été envoyé à la pharmacie.",
        "stationnement": "Le stationnement est gratuit derrière la clinique, entrée par la rue Laurier.",
    }.items():
        add_canned(company=cast.client, name=name, text=text)


def _when_nobody_is_there(cast: Cast) -> None:
    """What waits for its results too long is brought to the managers; who writes to Marc at night is told so."""
    week = [[["08:00", "17:00"]]] * 5 + [[], []]
    hours = create_hours(company=cast.client, hours=Hours("Bureau", week, "CA-QC"), acting=cast.admin)
    results = Queue.objects.get(name="Résultats")
    set_fallback(place=results, to=WhenNobody(escalate_after=15), acting=cast.admin)
    closed = "Bonjour ! Je suis joignable du lundi au vendredi, de 8 h à 17 h. Je vous réponds dès mon retour."
    set_fallback(place=cast.channel_user, to=WhenNobody(hours=hours, closed_reply=closed), acting=cast.admin)


def _give(interaction: Interaction, to: User, cast: Cast, now: datetime, *, note: str = "") -> None:
    holding.give(interaction=interaction, acting=cast.manager, to=to, note=note, now=now)


def _talk(channel: Channel, customer: str, said: Sequence[Said], now: datetime) -> Interaction:
    """Each text as it would have come or gone; returns the conversation under way."""
    set_behaviour(company=channel.company, phone=customer, behaviour={})
    for one in said:
        at = now - timedelta(minutes=one.minutes)
        if one.author is None:
            _arrive(channel, customer, one.text, at)
        else:
            thread = _under_way(channel, customer)
            answer = reply.reply(interaction=thread, acting=one.author, text=one.text, idempotency_key=uuid4(), now=at)
            _deliver(channel, answer, at + settings.UNDO_SEND + timedelta(seconds=2), fails=one.fails)
    return _under_way(channel, customer)


def _under_way(channel: Channel, customer: str) -> Interaction:
    found = Interaction.objects.not_closed().select_related("channel", "queue", "assignee")
    thread: Interaction = found.get(channel=channel, customer=customer)
    return thread


def _arrive(channel: Channel, customer: str, text: str, at: datetime) -> None:
    message = InboundMessage(new_carrier_id(), customer, channel.address, text)
    remember(
        channel=channel, phone=customer, text=text, from_customer=True, carrier_id=message.carrier_id, now=at
    )  # fmt: skip
    arrival = receive.Arrival(channel.company_id, channel.pk, channel.queue_id, message, at)
    receive.receive(arrivals=[arrival], now=at)


def _deliver(channel: Channel, message: Message, at: datetime, *, fails: bool) -> None:
    """As the sender and the carrier's receipt would have it: the sender finds nothing left to do."""
    run, sender = uuid4(), {channel.pk: channel.address}
    (claimed,) = sending.claim(limits={channel.pk: 1}, senders=sender, shard=channel.shard, most=1, claim=run, now=at)
    assert claimed.message.attempt.message_id == message.pk
    carry(channel, message.pk, message.recipient, message.text, run=run, at=at, fails=fails)
