"""What a person's authenticator app shows."""

from __future__ import annotations

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

PERIOD = 30


def code_of(secret: str) -> str:
    """The code of now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD)))
