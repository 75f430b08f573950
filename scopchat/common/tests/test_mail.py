"""E-mail in the reader's language, queued with what it tells of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from scopchat.common.crypto import encrypt_text
from scopchat.common.mail import queue_mail, send_mail
from tests.mails import mails


@pytest.fixture
def template(tmp_path: Path, settings: Any) -> str:
    """A template with the reader's language in it."""
    words = "{% load i18n %}{% autoescape off %}{% translate 'Offline' %}: {{ what }}\n{% endautoescape %}"
    for ending in ("subject.txt", "txt"):
        (tmp_path / f"note.{ending}").write_text(words)
    (tmp_path / "note.html").write_text("<p>{{ what }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    return "note"


@pytest.mark.django_db
def test_it_is_written_in_the_readers_language(template: str) -> None:
    queue_mail(to="a@exemple.test", language="fr", template=template, context={"what": "R&D"})
    (waiting,) = mails()
    assert waiting == {
        "to": "a@exemple.test", "subject": "Hors ligne: R&D", "text": "Hors ligne: R&D", "html": "<p>R&amp;D</p>",
    }  # fmt: skip


@pytest.mark.django_db
def test_what_is_taken_back_is_not_told(template: str) -> None:
    with transaction.atomic():
        queue_mail(to="a@exemple.test", language="fr", template=template, context={})
        transaction.set_rollback(True)
    assert mails() == []


MAIL = {"to": "a@exemple.test", "subject": "Bonjour", "text": "Ici", "html": "<p>Ici</p>"}


@pytest.mark.django_db
def test_nobody_reads_it_in_the_database(template: str) -> None:
    queue_mail(to="a@exemple.test", language="fr", template=template, context={"what": "https://x.test/SECRET"})
    (args,) = ProcrastinateJob.objects.values_list("args", flat=True)
    assert not any(word in str(args) for word in ("exemple.test", "SECRET", "Hors ligne"))


@pytest.mark.parametrize("arguments", [MAIL, {"sealed": encrypt_text(json.dumps(MAIL))}], ids=["before", "sealed"])
async def test_it_is_sent_as_text_and_html(arguments: dict[str, str]) -> None:
    await send_mail(**arguments)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["a@exemple.test"], "Bonjour", "Ici")
    assert sent.alternatives[0][0] == "<p>Ici</p>"
