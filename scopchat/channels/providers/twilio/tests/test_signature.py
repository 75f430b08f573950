"""Signatures against Twilio's own SDK, and against its published vector."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from scopchat.channels.providers.base import BadSignature, HookRequest
from scopchat.channels.providers.twilio.adapter import TwilioAdapter
from scopchat.channels.providers.twilio.fake import callbacks
from scopchat.channels.providers.twilio.fake.carrier import Text, TwilioFake
from scopchat.channels.providers.twilio.signature import check_signature
from scopchat.channels.providers.twilio.tests.account import CALLBACK, SID, TOKEN, account

URL = f"{CALLBACK}/inbound"
FORM = {"AccountSid": SID, "MessageSid": "SM1", "From": "+15145550142", "To": "+14385550101", "Body": "été", "X": ""}
NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)


def signed(url: str, form: dict[str, str], *, signed_url: str = "", token: str = TOKEN) -> HookRequest:
    signature = RequestValidator(token).compute_signature(signed_url or url, form)
    return HookRequest("POST", url, {"x-twilio-signature": signature}, urlencode(form).encode())


def test_it_takes_the_published_example() -> None:
    form = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675310", "Digits": "1234", "From": "+14158675310"}
    body = urlencode({**form, "To": "+18005551212"}).encode()
    headers = {"x-twilio-signature": "L/OH5YylLD5NRKLltdqwSvS0BnU="}
    check_signature(HookRequest("POST", "https://example.com/myapp.php?foo=1&bar=2", headers, body), "12345")


@pytest.mark.parametrize("port", ["", ":443", ":8443"])
def test_it_takes_the_address_with_and_without_its_port(port: str) -> None:
    with_port = URL.replace("desk.example", f"desk.example{port}")
    TwilioAdapter().verify(signed(with_port, FORM, signed_url=URL), account())


def test_it_takes_a_signed_get() -> None:
    url = f"{URL}?{urlencode(FORM)}"
    signature = RequestValidator(TOKEN).compute_signature(url, {})
    TwilioAdapter().verify(HookRequest("GET", url, {"x-twilio-signature": signature}, b""), account())


@given(st.dictionaries(NAMES, st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=6))
def test_it_agrees_with_the_sdk_on_any_form(form: dict[str, str]) -> None:
    check_signature(signed(URL, form), TOKEN)


@pytest.mark.parametrize(
    ("change", "value"),
    [("Body", "autre"), ("From", "+15145550143"), ("Extra", "1")],
)
def test_it_refuses_a_changed_form(change: str, value: str) -> None:
    right = signed(URL, FORM)
    wrong = HookRequest("POST", URL, right.headers, urlencode({**FORM, change: value}).encode())
    with pytest.raises(BadSignature):
        TwilioAdapter().verify(wrong, account())


def test_it_refuses_another_token_another_address_and_another_account() -> None:
    for request in (
        signed(URL, FORM, token="other"),
        signed(URL, FORM, signed_url=URL.replace("desk", "evil")),
        signed(URL, {**FORM, "AccountSid": "AC" + "f" * 32}),
    ):
        with pytest.raises(BadSignature):
            TwilioAdapter().verify(request, account())


def test_it_refuses_everything_when_no_token_is_set() -> None:
    with pytest.raises(BadSignature):
        check_signature(signed(URL, FORM, token=""), "")


def test_the_fakes_callbacks_are_signed_as_the_sdk_signs() -> None:
    carrier = TwilioFake(SID, TOKEN)
    text = Text(SID, "+14385550101", "+15145550142", "Oui", (), f"{CALLBACK}/status?attempt=7.1")
    made = [
        callbacks.inbound(carrier, URL, sender="+15145550142", recipient="+14385550101", body="été 📷"),
        callbacks.receipt(carrier, text, "undelivered", error_code=30003),
    ]
    for callback in made:
        form = dict(parse_qsl(callback.body.decode(), keep_blank_values=True))
        assert RequestValidator(TOKEN).validate(callback.url, form, callback.headers["x-twilio-signature"])
