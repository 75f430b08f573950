"""E-mail: written in the reader's language, queued with what it tells of, sent by a job that tries again."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from scopchat.common.crypto import decrypt_text, encrypt_text
from scopchat.common.threads import in_thread

TRIES = RetryStrategy(max_attempts=8, exponential_wait=5)
"""5 s, 25 s, 2 min, 10 min, 52 min…: a mail server's bad hour is outlived."""


def queue_mail(*, to: str, language: str, template: str, context: Mapping[str, object]) -> None:
    """Sends `<template>.subject.txt`, `<template>.txt` and `<template>.html`, as a part of the running transaction."""
    with translation.override(language):
        subject = " ".join(render_to_string(f"{template}.subject.txt", dict(context)).split())
        text = render_to_string(f"{template}.txt", dict(context)).strip()
        html = render_to_string(f"{template}.html", dict(context))
    send_mail.defer(sealed=encrypt_text(json.dumps({"to": to, "subject": subject, "text": text, "html": html})))


@app.task(name="scopchat.common.mail.send_mail", queue="mail", retry=TRIES)
async def send_mail(*, sealed: str = "", **plain: str) -> None:
    """Hands one e-mail to the mail server. It waits encrypted, as many hold a link that opens an account.

    `plain` is how earlier versions queued it, whose servers may still run while workers of this one start.
    """
    mail = json.loads(decrypt_text(sealed)) if sealed else plain
    message = EmailMultiAlternatives(mail["subject"], mail["text"], to=[mail["to"]])
    message.attach_alternative(mail["html"], "text/html")
    await in_thread(message.send)
