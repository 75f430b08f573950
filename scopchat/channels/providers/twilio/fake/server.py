"""The fake's HTTP side: Twilio's account and messages resources as bare ASGI."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from scopchat.channels.providers.twilio.fake.carrier import Refusal, Text, TwilioFake
from scopchat.common.asgi import Receive, Scope, Send, answer, read_body

OnTaken = Callable[[Text], Awaitable[None]]
MAX_BODY_BYTES = 100_000
ACCOUNT = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})\.json")
MESSAGES = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Messages(?:/(SM[0-9a-f]{32}))?\.json")


class FakeServer:
    """An ASGI application around one `TwilioFake`. `on_taken` runs after each text was answered with 201."""

    def __init__(self, carrier: TwilioFake, on_taken: OnTaken | None = None) -> None:
        self.carrier = carrier
        self._on_taken = on_taken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        taken = None
        try:
            status, content, taken = self._handle(scope, await read_body(receive, MAX_BODY_BYTES) or b"")
        except Refusal as refusal:
            status, content = refusal.status, refusal.content()
        await answer(send, status, json.dumps(content).encode(), "application/json")
        if taken and self._on_taken:
            await self._on_taken(taken)

    def _handle(self, scope: Scope, body: bytes) -> tuple[int, dict[str, Any], Text | None]:
        self._authenticate(scope)
        if (account := ACCOUNT.fullmatch(scope["path"])) and account[1] == self.carrier.account_sid:
            return 200, self.carrier.content(), None
        found = MESSAGES.fullmatch(scope["path"])
        if not found or found[1] != self.carrier.account_sid:
            raise Refusal(20404)
        if scope["method"] == "POST" and found[2] is None:
            text = self.carrier.create(parse_qsl(body.decode(), keep_blank_values=True))
            return 201, text.content(), text
        if found[2] is not None:
            if found[2] not in self.carrier.texts:
                raise Refusal(20404)
            return 200, self.carrier.texts[found[2]].content(), None
        query = dict(parse_qsl(scope["query_string"].decode()))
        texts = self.carrier.listed(to=query.get("To", ""), sender=query.get("From", ""))
        page = texts[: int(query.get("PageSize", 50))]
        content = {"messages": [text.content() for text in page], "page": 0, "page_size": 50, "next_page_uri": None}
        return 200, content, None

    def _authenticate(self, scope: Scope) -> None:
        given = dict(scope["headers"]).get(b"authorization", b"").decode()
        right = base64.b64encode(f"{self.carrier.account_sid}:{self.carrier.auth_token}".encode()).decode()
        if given != f"Basic {right}":
            raise Refusal(20003)
