"""E-mails that wait to be sent, opened."""

from __future__ import annotations

import json

from procrastinate.contrib.django.models import ProcrastinateJob

from scopchat.common.crypto import decrypt_text
from scopchat.common.mail import send_mail


def mails() -> list[dict[str, str]]:
    """What waits to be sent, the oldest first."""
    found = ProcrastinateJob.objects.filter(task_name=send_mail.name).order_by("id")
    return [json.loads(decrypt_text(args["sealed"])) for args in found.values_list("args", flat=True)]
