"""What the door answers, and what is on disk once it has."""

from __future__ import annotations

import asyncio
from urllib.parse import urlencode

import pytest
from cryptography.fernet import Fernet
from django.conf import LazySettings

from scopchat.channels.models import EventState, InboundEvent, PendingEvent
from scopchat.channels.providers.twilio.fake import callbacks
from scopchat.gateway.database import in_thread_unscoped
from scopchat.gateway.hooks import MAX_BODY_BYTES
from scopchat.gateway.journal import Journal
from scopchat.gateway.tests.conftest import Asked, Desk, deliver, open_door

pytestmark = pytest.mark.django_db(transaction=True)


def text(desk: Desk, **changes: str) -> callbacks.Callback:
    values = {"sender": "+15145550142", "recipient": desk.channel.address, "body": "Bonjour", **changes}
    return callbacks.inbound(desk.carrier, desk.inbound_url, **values)


async def rows() -> list[InboundEvent]:
    return await in_thread_unscoped(lambda: list(InboundEvent.objects.order_by("id")))


async def test_it_acknowledges_what_is_on_disk(desk: Desk) -> None:
    asked = Asked()
    async with open_door(asked) as call:
        status, body = await call(*_args(text(desk, sid="SM" + "1" * 32)))
    assert (status, body) == (200, b'<?xml version="1.0" encoding="UTF-8"?><Response/>')
    (event,) = await rows()
    assert (event.state, event.carrier_key, event.shard) == ("accepted", "SM" + "1" * 32, desk.channel.shard)
    assert await in_thread_unscoped(lambda: PendingEvent.objects.get().pk) == (event.shard, event.pk)
    assert asked.shards == [desk.channel.shard]


async def test_it_takes_the_same_event_once(desk: Desk) -> None:
    callback = text(desk)
    async with open_door(Asked()) as call:
        assert [await deliver(call, callback) for _ in range(3)] == [200, 200, 200]
    assert len(await rows()) == 1


async def test_it_keeps_many_at_once_apart(desk: Desk) -> None:
    made = [text(desk, body=str(n)) for n in range(100)]
    async with open_door(Asked()) as call:
        assert set(await asyncio.gather(*(deliver(call, one) for one in made))) == {200}
    assert len(await rows()) == 100


async def test_it_refuses_an_unknown_token_and_stores_nothing(desk: Desk) -> None:
    callback = text(desk)
    async with open_door(Asked()) as call:
        status, _body = await call(callback.url.replace(desk.provider.hook_token, "f" * 48), callback.body)
    assert status == 404
    assert await rows() == []


@pytest.mark.parametrize("path", ["/hooks/twilio/x", "/hooks/pigeon/x/inbound", "/hooks/twilio/x/other", "/hooks/"])
async def test_it_knows_no_other_addresses(path: str) -> None:
    async with open_door(Asked()) as call:
        assert (await call(f"http://x{path}"))[0] == 404


@pytest.mark.parametrize("token", ["\0", "%00", "é", "x" * 65, "a b", "../x"])
async def test_a_token_that_is_none_is_unknown(token: str) -> None:
    async with open_door(Asked()) as call:
        assert (await call(f"http://x/hooks/twilio/{token}/inbound"))[0] == 404


async def test_an_account_whose_secrets_are_lost_asks_the_carrier_to_call_again(
    desk: Desk, settings: LazySettings
) -> None:
    callback = text(desk)
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    async with open_door(Asked()) as call:
        assert await deliver(call, callback) == 503
    assert await rows() == []


async def test_it_refuses_other_methods(desk: Desk) -> None:
    async with open_door(Asked()) as call:
        assert (await call(desk.inbound_url, method="DELETE"))[0] == 405


@pytest.mark.parametrize("signature", [None, "wrong", "L/OH5YylLD5NRKLltdqwSvS0BnU="])
async def test_it_refuses_bad_signatures_and_keeps_only_the_fact(desk: Desk, signature: str | None) -> None:
    callback = text(desk, body="secret words")
    headers = {"x-twilio-signature": signature} if signature else {}
    async with open_door(Asked()) as call:
        assert [(await call(callback.url, callback.body, headers))[0] for _ in range(5)] == [403] * 5
    facts = await rows()
    assert {(fact.state, bytes(fact.body), fact.url) for fact in facts} == {("refused", b"", "")}
    assert len(facts) <= 2  # one a minute


async def test_it_keeps_malformed_bodies_for_inspection(desk: Desk) -> None:
    form = {"AccountSid": desk.carrier.account_sid, "From": "+15145550142", "Body": "no id"}
    callback = callbacks.signed(desk.carrier, desk.inbound_url, form)
    async with open_door(Asked()) as call:
        assert [await deliver(call, callback) for _ in range(2)] == [400, 400]
    (event,) = await rows()
    assert (event.state, event.error) == (EventState.REFUSED, "no MessageSid")
    assert bytes(event.body) == urlencode(form).encode()


@pytest.mark.parametrize("field", ["MessageSid", "From", "To"])
async def test_it_calls_absurd_ids_and_addresses_malformed(desk: Desk, field: str) -> None:
    form = {"MessageSid": "SM" + "1" * 32, "From": "+15145550142", "To": "+15145550100", "Body": "x"}
    absurd = {**form, "AccountSid": desk.carrier.account_sid, field: "9" * 200}
    async with open_door(Asked()) as call:
        assert await deliver(call, callbacks.signed(desk.carrier, desk.inbound_url, absurd)) == 400


async def test_it_refuses_oversized_bodies(desk: Desk) -> None:
    async with open_door(Asked()) as call:
        assert (await call(desk.inbound_url, b"x" * (MAX_BODY_BYTES + 1)))[0] == 413
    assert await rows() == []


async def test_it_does_not_acknowledge_what_it_could_not_write(desk: Desk) -> None:
    nowhere = Journal({"host": "127.0.0.1", "port": 1, "dbname": "none", "connect_timeout": 2})
    async with open_door(Asked(), nowhere) as call:
        assert await deliver(call, text(desk)) == 503


async def test_it_trusts_the_configured_address_and_no_host_header(desk: Desk) -> None:
    callback = text(desk)
    async with open_door(Asked()) as call:
        evil = callbacks.inbound(
            desk.carrier,
            desk.inbound_url.replace("testserver.localhost", "evil.example"),
            sender="+15145550142",
            recipient=desk.channel.address,
            body="x",
        )
        headers = {**evil.headers, "host": "evil.example"}
        assert (await call(callback.url, evil.body, headers))[0] == 403


def _args(callback: callbacks.Callback) -> tuple[str, bytes, dict[str, str]]:
    return callback.url, callback.body, callback.headers
