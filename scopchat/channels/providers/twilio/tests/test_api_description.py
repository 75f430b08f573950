"""What we ask Twilio, checked by Twilio's own API description, served by Prism."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from scopchat.channels.providers.base import Attempt, HttpAnswer, HttpRequest, OutboundMessage, Sent
from scopchat.channels.providers.twilio.adapter import TwilioAdapter
from scopchat.channels.providers.twilio.tests.account import account
from scopchat.common import http

MODULES = Path(settings.BASE_DIR) / "node_modules"
DESCRIPTION = MODULES / "@twilio-alpha/mcp/twilio-oai/spec/json/twilio_api_v2010.json"
TEXT = OutboundMessage(Attempt(7, 1, 0), "+14385550101", "+15145550142", "Bonjour")
PHOTOS = OutboundMessage(
    Attempt(8, 1, 0), "+14385550101", "+15145550142", "", ("https://d.example/1", "https://d.example/2")
)
ACCOUNT = "/2010-04-01/Accounts/{Sid}.json"
REPEATED = {"style": "form", "explode": True}
"""How the SDKs send lists; the description leaves it unsaid and Prism then expects another way."""


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    whole = json.loads(DESCRIPTION.read_text())
    whole["paths"] = {path: item for path, item in whole["paths"].items() if "/Messages" in path or path == ACCOUNT}
    for item in whole["paths"].values():
        for form in item.get("post", {}).get("requestBody", {}).get("content", {}).values():
            form["encoding"] = {"MediaUrl": REPEATED, "PersistentAction": REPEATED}
    cut = tmp_path_factory.mktemp("prism") / "messages.json"
    cut.write_text(json.dumps(whole))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["node", MODULES / "@stoplight/prism-cli/dist/index.js", "mock", "-h", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen([*command, "--errors", cut], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any("Prism is listening" in line for line in process.stdout)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def ask(request: HttpRequest, **changes: bytes) -> HttpAnswer:
    async def once() -> HttpAnswer:
        async with http.Client(allow_private=True) as client:
            body = changes.get("body", request.body)
            answer = await client.request(request.method, request.url, headers=request.headers, body=body)
            return HttpAnswer(answer.status, answer.body)

    return asyncio.run(once())


@pytest.mark.parametrize("text", [TEXT, PHOTOS], ids=["sms", "mms"])
def test_twilios_description_accepts_what_we_send(prism: str, text: OutboundMessage) -> None:
    answer = ask(TwilioAdapter().build_send(text, account(prism)))
    assert answer.status == 201
    assert isinstance(TwilioAdapter().parse_send(answer), Sent)


def test_twilios_description_refuses_what_is_wrong(prism: str) -> None:
    request = TwilioAdapter().build_send(TEXT, account(prism))
    assert ask(request, body=b"From=%2B14385550101&Body=x").status == 422
    assert ask(request, body=request.body + b"&MediaUrl=not-a-url").status == 422


def test_twilios_description_knows_the_account_we_ask_for(prism: str) -> None:
    request = TwilioAdapter().build_check(account(prism))
    assert request is not None
    answer = ask(request)
    assert answer.status == 200
    assert "status" in json.loads(answer.body)
