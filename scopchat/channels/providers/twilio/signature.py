"""X-Twilio-Signature (twilio.com/docs/usage/webhooks/webhooks-security).

HMAC-SHA1, keyed with the account's token, over the configured address and the sorted, distinct form pairs. It proves
where a request comes from, not that it is new: replays are stopped by the journal's unique key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlsplit, urlunsplit

from scopchat.channels.providers.base import BadSignature, HookRequest, Malformed

DEFAULT_PORTS = {"https": 443, "http": 80}


def _both_ports(url: str) -> tuple[str, str]:
    """The address without and with its port: Twilio signs either, depending on the scheme and the product."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    bare = f"[{host}]" if ":" in host else host
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 443)
    return (urlunsplit(parts._replace(netloc=bare)), urlunsplit(parts._replace(netloc=f"{bare}:{port}")))


def _signature(token: str, url: str, pairs: list[tuple[str, str]]) -> str:
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def check_signature(request: HookRequest, token: str) -> None:
    """Raises `BadSignature` unless the request carries the signature of `token`; without a token nothing passes."""
    if not token:
        raise BadSignature("the provider has no auth token")
    given = request.headers.get("x-twilio-signature", "")
    if not given:
        raise BadSignature("no X-Twilio-Signature header")
    try:
        pairs = request.form() if request.method == "POST" else []
    except Malformed:
        raise BadSignature("the body is not the form that was signed") from None
    right = [_signature(token, url, pairs) for url in _both_ports(request.url)]
    if not any(hmac.compare_digest(given.encode(), one.encode()) for one in right):
        raise BadSignature("the signature does not match")
