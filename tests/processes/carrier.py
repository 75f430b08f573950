"""The carrier of the kill tests: a Twilio in the test's own process, which nobody kills, and its callbacks."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import threading
from collections import Counter
from collections.abc import Iterator, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from scopchat.channels.providers.twilio.fake import callbacks
from scopchat.channels.providers.twilio.fake.carrier import Text, TwilioFake
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.common.asgi import Receive, Scope, Send
from tests.processes.tool import SID, TOKEN


class Carrier:
    """Counts what it takes, reports on it, and brings customers' texts until each is acknowledged."""

    def __init__(self) -> None:
        self.fake = TwilioFake(SID, TOKEN)
        self.ports: list[int] = []
        self.acknowledged: set[str] = set()
        self.url = ""
        self._turn = 0

    def forget(self) -> None:
        """As if it had never heard of us."""
        self.fake.texts.clear()
        self.acknowledged.clear()

    def taken(self) -> Counter[str]:
        """How many times each text that people wrote was handed over."""
        return Counter(text.body for text in list(self.fake.texts.values()) if text.body.startswith("Message "))

    def confirmed(self) -> Counter[str]:
        """How many automatic replies were handed over to each number."""
        texts = list(self.fake.texts.values())
        return Counter(text.recipient for text in texts if not text.body.startswith("Message "))

    def bring(self, callback: callbacks.Callback, name: str) -> None:
        """Posts until one of the servers acknowledges, as a patient carrier does."""
        while name not in self.acknowledged:
            if self._post(callback) < 300:
                self.acknowledged.add(name)

    def report(self, text: Text) -> None:
        """The receipts of one text, the last one first."""
        for status in ("delivered", "sent"):
            self.bring(callbacks.receipt(self.fake, text, status), f"{text.sid}:{status}")

    def _post(self, callback: callbacks.Callback) -> int:
        self._turn += 1
        port = self.ports[self._turn % len(self.ports)]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        parts = urlsplit(callback.url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            connection.request("POST", target, callback.body, callback.headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            threading.Event().wait(0.2)
            return 599
        finally:
            connection.close()


SECONDS_TO_ANSWER = 0.2
"""Between taking a text and saying so: the moment in which a killed sender cannot know."""


class SlowToAnswer:
    """The fake carrier, which has a text for a while before it answers."""

    def __init__(self, fake: FakeServer) -> None:
        self._fake = fake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def late(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and scope["method"] == "POST":
                await asyncio.sleep(SECONDS_TO_ANSWER)
            await send(message)

        await self._fake(scope, receive, late)


@contextlib.contextmanager
def serving() -> Iterator[Carrier]:
    """A carrier on a port of its own."""
    carrier = Carrier()
    server = uvicorn.Server(
        uvicorn.Config(
            SlowToAnswer(FakeServer(carrier.fake)),
            port=0,
            log_level="error",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    carrier.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield carrier
    server.should_exit = True
    thread.join()
