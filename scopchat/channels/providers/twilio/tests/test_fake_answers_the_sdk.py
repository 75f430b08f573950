"""The fake is honest: Twilio's own SDK uses it as it would use Twilio."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from scopchat.channels.providers.twilio.fake.carrier import MAGIC_FROM, MAGIC_TO, TwilioFake
from scopchat.channels.providers.twilio.fake.server import FakeServer
from scopchat.channels.providers.twilio.tests.account import SID, TOKEN

FROM, TO = "+15005550006", "+15145550142"


@pytest.fixture(scope="module")
def carrier() -> TwilioFake:
    return TwilioFake(SID, TOKEN)


@pytest.fixture(scope="module")
def base_url(carrier: TwilioFake) -> Iterator[str]:
    ready = threading.Event()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[object] | None = None) -> None:
            await super().startup(sockets)
            ready.set()

    server = Server(uvicorn.Config(FakeServer(carrier), port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    assert ready.wait(10)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_it_shows_the_account(sdk: Client) -> None:
    assert sdk.api.accounts(SID).fetch().status == "active"


@pytest.fixture
def sdk(base_url: str) -> Client:
    client = Client(SID, TOKEN)
    client.api.base_url = base_url
    return client


def test_it_takes_a_text_and_gives_it_back(sdk: Client) -> None:
    made = sdk.messages.create(to=TO, from_=FROM, body="Bonjour é€", status_callback="https://desk.example/s")
    assert made.status == "queued"
    assert made.sid.startswith("SM")
    assert sdk.messages(made.sid).fetch().body == "Bonjour é€"
    assert made.sid in [listed.sid for listed in sdk.messages.list(to=TO, limit=50)]


def test_it_takes_photos(sdk: Client, carrier: TwilioFake) -> None:
    made = sdk.messages.create(to=TO, from_=FROM, media_url=["https://desk.example/1", "https://desk.example/2"])
    assert made.num_media == "2"
    assert carrier.texts[made.sid].media == ("https://desk.example/1", "https://desk.example/2")


@pytest.mark.parametrize(
    ("to", "from_", "body", "code"),
    [
        *[(number, FROM, "x", code) for number, code in MAGIC_TO.items()],
        *[(TO, number, "x", code) for number, code in MAGIC_FROM.items()],
        (TO, FROM, "", 21602),
        (TO, FROM, "x" * 1601, 21617),
    ],
)
def test_it_refuses_with_twilios_codes(sdk: Client, to: str, from_: str, body: str, code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        sdk.messages.create(to=to, from_=from_, body=body)
    assert (refused.value.status, refused.value.code) == (400, code)


def test_it_refuses_opted_out_customers(sdk: Client, carrier: TwilioFake) -> None:
    carrier.opted_out.add((FROM, "+15145550199"))
    with pytest.raises(TwilioRestException) as refused:
        sdk.messages.create(to="+15145550199", from_=FROM, body="x")
    assert refused.value.code == 21610


def test_it_refuses_a_wrong_password(base_url: str) -> None:
    stranger = Client(SID, "wrong")
    stranger.api.base_url = base_url
    with pytest.raises(TwilioRestException) as refused:
        stranger.messages.create(to=TO, from_=FROM, body="x")
    assert (refused.value.status, refused.value.code) == (401, 20003)
