"""A thread: who may open it, what stands in it, and the photos."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django_scopes import scope

from scopchat.channels.providers.base import FailureReason
from scopchat.interactions import media
from scopchat.interactions.models import Attachment, AttachmentState, Direction, InteractionEvent
from scopchat.interactions.status import Happening, InteractionStatus, MessageStatus
from scopchat.interactions.tests.desk import NOW, conversation, said
from scopchat.optouts.models import OptOut
from tests.cast import Cast
from tests.html import flat
from tests.people import FRAGMENT, signed_in


def bubbles(html: bytes) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="m-(\d+)"', html.decode())]


@pytest.mark.parametrize("page", ["", "earlier/", "details/", "assign/"])
def test_it_answers_404_to_the_outsider(cast: Cast, page: str) -> None:
    made = conversation(cast.channel_queue)
    assert signed_in(cast.outsider_admin).get(f"/messages/{made.pk}/{page}").status_code == 404


def test_it_answers_404_for_what_an_agent_does_not_see(cast: Cast) -> None:
    made = conversation(cast.channel_user)
    assert signed_in(cast.agent).get(f"/messages/{made.pk}/").status_code == 404


def test_it_gives_the_pane_alone_to_the_page_that_is_open(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    response = signed_in(cast.admin).get(f"/messages/{made.pk}/?view=free", headers=FRAGMENT)
    assert response["HX-Push-Url"] == f"/c/{cast.client.pk}/messages/{made.pk}/?view=free"
    assert b"<html" not in response.content
    assert b"Bonjour 0" in response.content


def test_it_shows_the_last_fifty_messages_and_then_the_earlier_ones(cast: Cast) -> None:
    made = conversation(cast.channel_queue, texts=120, unread=0)
    browser = signed_in(cast.admin)
    html = browser.get(f"/messages/{made.pk}/").content
    pages = [bubbles(html)]
    while before := re.search(r'"before":"(\d+)"', html.decode()):
        html = browser.get(f"/messages/{made.pk}/earlier/?before={before[1]}", headers=FRAGMENT).content
        pages.append(bubbles(html))
    assert [len(page) for page in pages] == [50, 50, 20]
    everything = [pk for page in reversed(pages) for pk in page]
    assert everything == sorted(set(everything))


def test_it_goes_on_into_the_interactions_before(cast: Cast) -> None:
    closed = conversation(cast.channel_queue, status=InteractionStatus.CLOSED, minutes=-60)
    made = conversation(cast.channel_queue)
    browser = signed_in(cast.admin)
    assert f"/messages/{closed.pk}/earlier/" in browser.get(f"/messages/{made.pk}/").content.decode()
    assert b"Bonjour 0" in browser.get(f"/messages/{closed.pk}/earlier/?before=", headers=FRAGMENT).content


def test_it_puts_what_happened_where_it_happened(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    said(made, "Voilà", at=NOW + timedelta(minutes=2), direction=Direction.OUT, status=MessageStatus.SENT)
    with scope(company=cast.client):
        InteractionEvent.objects.create(
            company=cast.client,
            interaction=made,
            happening=Happening.ASSIGNED,
            person=cast.admin,
            about=cast.agent,
            created_at=NOW + timedelta(minutes=1),
        )
    html = flat(signed_in(cast.admin).get(f"/messages/{made.pk}/").content)
    thread = html[html.index('id="recent"') :]
    told = thread.index("Amélie Gagnon a attribué la conversation à Sophie Roy")
    assert thread.index("Bonjour 0") < told < thread.index("Voilà")


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        (MessageStatus.QUEUED, "", "en file"),
        (MessageStatus.SENT, "", "remis à l’opérateur"),
        (MessageStatus.DELIVERED, "", "livré"),
        (MessageStatus.FAILED, FailureReason.OPTED_OUT, "échec : bloqué par l’opérateur : le client a envoyé STOP"),
        (MessageStatus.UNKNOWN, "", "envoi incertain"),
    ],
)
def test_it_says_in_words_what_became_of_a_message(cast: Cast, status: str, reason: str, words: str) -> None:
    made = conversation(cast.channel_queue)
    said(made, "Voilà", direction=Direction.OUT, status=status, reason=reason, author=cast.admin)
    assert words in signed_in(cast.admin).get(f"/messages/{made.pk}/").content.decode()


def test_it_offers_nothing_it_would_refuse(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    failed = said(made, "Voilà", direction=Direction.OUT, status=MessageStatus.FAILED)
    html = signed_in(cast.agent).get(f"/messages/{made.pk}/").content.decode()
    for action in (f"{made.pk}/reply", f"{made.pk}/take", f"{made.pk}/close", f"text/{failed.pk}/retry"):
        assert f"/messages/{action}/" not in html
    assert "Un gestionnaire l’attribue." in html


def test_it_never_takes_a_text_for_html(cast: Cast) -> None:
    made = conversation(cast.channel_queue, preview="<script>1</script>")
    said(made, "<script>alert(1)</script>\nhttps://exemple.test/?a=1&b=2")
    html = signed_in(cast.admin).get(f"/messages/{made.pk}/").content.decode()
    assert "<script>alert" not in html
    assert "<script>1" not in html
    assert 'href="https://exemple.test/?a=1&amp;b=2"' in html


def _photo(cast: Cast, state: str = AttachmentState.READY) -> Attachment:
    message = said(conversation(cast.channel_queue), "")
    with scope(company=cast.client):
        photo: Attachment = Attachment.objects.create(
            company=cast.client,
            message=message,
            position=0,
            source_url="https://carrier.test/1",
            content_type="image/png",
            state=state,
            file=ContentFile(b"\x89PNG", name="a.png") if state == AttachmentState.READY else "",
        )
    return photo


def test_it_serves_a_photo_by_its_signed_link(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    photo = _photo(cast)
    response = signed_in(cast.admin).get(media.link_to(photo.pk))
    assert (response.content, response["Content-Type"]) == (b"\x89PNG", "image/png")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_it_keeps_photos_from_the_outsider_and_from_forged_links(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    photo = _photo(cast)
    assert signed_in(cast.outsider_admin).get(media.link_to(photo.pk)).status_code == 404
    forged = media.link_to(photo.pk).replace(f"/{photo.pk}.", f"/{photo.pk + 1}.")
    assert signed_in(cast.admin).get(forged).status_code == 404


def test_it_lets_links_to_photos_expire(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    token = media.link_to(7).split("/")[-2]
    assert media.read_link(token) == 7
    later = media.utc_now() + timedelta(seconds=2 * media.LIFE)
    monkeypatch.setattr(media, "utc_now", lambda: later)
    assert media.read_link(token) is None


@pytest.mark.parametrize(
    ("state", "words"),
    [(AttachmentState.PENDING, "photo-pending"), (AttachmentState.REFUSED, "pas une photo acceptée")],
)
def test_it_says_what_became_of_a_photo(cast: Cast, state: str, words: str) -> None:
    photo = _photo(cast, state)
    html = signed_in(cast.admin).get(f"/messages/{photo.message.interaction_id}/").content.decode()
    assert words in html


def test_it_opens_a_long_thread_in_few_statements(cast: Cast, django_assert_max_num_queries: Any) -> None:
    conversation(cast.channel_queue, status=InteractionStatus.CLOSED, minutes=-60)
    made = conversation(cast.channel_queue, texts=60, assignee=cast.agent)
    browser = signed_in(cast.admin)
    # Session, person, company; interaction, messages, photos, happenings, opt-out, draft, earlier ones.
    with django_assert_max_num_queries(11):
        browser.get(f"/messages/{made.pk}/", headers=FRAGMENT)


def test_it_warns_before_an_answer_that_the_carrier_would_refuse(cast: Cast) -> None:
    made = conversation(cast.channel_queue)
    browser, address = signed_in(cast.admin), f"/messages/{made.pk}/"
    assert b"say-opt-out" not in browser.get(address).content
    with scope(company=cast.client):
        one = OptOut.objects.create(
            company=cast.client, channel=cast.channel_queue, number=made.customer, since=NOW
        )  # fmt: skip
        assert "Désinscrit des envois de masse (23 novembre 2026). Vous pouvez" in browser.get(address).content.decode()
        one.blocked_at = NOW
        one.save()
    assert "Bloqué par le fournisseur depuis le 23 novembre 2026" in browser.get(address).content.decode()
    other = conversation(cast.channel_queue, "+15145550199")
    assert b"say-opt-out" not in browser.get(f"/messages/{other.pk}/").content
