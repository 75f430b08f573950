"""E-mail: written in the reader's language, queued with what it tells of, and sent by a job that tries again."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from scopchat.common.threads import in_thread

TRIES = RetryStrategy(max_attempts=8, exponential_wait=5)
"""5 s, 25 s, 2 min, 10 min, 52 min…: a mail server's bad hour is outlived."""


def queue_mail(*, to: str, language: str, template: str, context: Mapping[str, object]) -> None:
    """Sends `<template>.subject.txt`, `<template>.txt` and `<template>.html`, as a part of the running transaction."""
    with translation.override(language):
        subject = " ".join(render_to_string(f"{template}.subject.txt", dict(context)).split())
        text = render_to_string(f"{template}.txt", dict(context)).strip()
        html = render_to_string(f"{template}.html", dict(context))
    send_mail.defer(to=to, subject=subject, text=text, html=html)


@app.task(name="scopchat.common.mail.send_mail", queue="mail", retry=TRIES)
async def send_mail(*, to: str, subject: str, text: str, html: str) -> None:
    """Hands one e-mail to the mail server."""
    message = EmailMultiAlternatives(subject, text, to=[to])
    message.attach_alternative(html, "text/html")
    await in_thread(message.send)
