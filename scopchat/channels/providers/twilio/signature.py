"""X-Twilio-Signature (twilio.com/docs/usage/webhooks/webhooks-security).

HMAC-SHA1, keyed with the account's token, over the configured address and the sorted, distinct form pairs. It proves
where a request comes from, not that it is new: replays are stopped by the journal's unique key.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from scopchat.channels.providers.base import BadSignature, HookRequest, Malformed

DEFAULT_PORTS = {"https": 443, "http": 80}


def _addresses(url: str) -> Iterator[str]:
    """The address as it is, then without and with its port: Twilio signs either, by scheme and product."""
    yield url
    parts = urlsplit(url)
    host = parts.hostname or ""
    bare = f"[{host}]" if ":" in host else host
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 443)
    yield urlunsplit(parts._replace(netloc=bare))
    yield urlunsplit(parts._replace(netloc=f"{bare}:{port}"))


def _signature(token: bytes, text: str) -> bytes:
    return base64.b64encode(hmac.digest(token, text.encode(), "sha1"))


def check_signature(request: HookRequest, token: str) -> None:
    """Raises `BadSignature` unless the request carries the signature of `token`; without a token nothing passes."""
    if not token:
        raise BadSignature("the provider has no auth token")
    given = request.headers.get("x-twilio-signature", "")
    if not given:
        raise BadSignature("no X-Twilio-Signature header")
    try:
        pairs = request.form if request.method == "POST" else []
    except Malformed:
        raise BadSignature("the body is not the form that was signed") from None
    signed = "".join([name + value for name, value in sorted(set(pairs))])
    secret, given_bytes = token.encode(), given.encode()
    if not any(hmac.compare_digest(given_bytes, _signature(secret, url + signed)) for url in _addresses(request.url)):
        raise BadSignature("the signature does not match")
