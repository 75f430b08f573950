"""What opens something, and what people write, is in no log; what opens something is in no copy of the database."""

from __future__ import annotations

import email
import email.policy
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage

import psycopg
import pytest
from aiosmtpd.controller import Controller

from scopchat.ops.postgres.external import free_port
from tests.processes.desk import Desk, installation, wait_until
from tests.processes.test_journey import PASSWORD

pytestmark = pytest.mark.processes

NEVER = "linh@exemple.test"
INBOUND, OUTBOUND = "J’ai perdu ma clé bleue", "Votre rendez-vous est à midi"


class Letterbox:
    """A mail server that refuses each message once, so that jobs fail, and then keeps it; those for Linh never."""

    def __init__(self) -> None:
        self.port = free_port()
        self.refused: dict[str, str] = {}
        self.kept: dict[str, str] = {}

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        content = envelope.content  # type: ignore[attr-defined]
        mail = email.message_from_bytes(content, EmailMessage, policy=email.policy.default)
        to, body = str(mail["To"]), mail.get_body(("plain",))
        assert body is not None
        first = to not in self.refused
        (self.refused if first or to == NEVER else self.kept)[to] = str(body.get_content())
        return "451 not now" if first or to == NEVER else "250 OK"


@pytest.fixture(scope="module")
def letterbox() -> Iterator[Letterbox]:
    box = Letterbox()
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    yield box
    server.stop()


@pytest.fixture(scope="module")
def desk(letterbox: Letterbox) -> Iterator[Desk]:
    mail = f"smtp://127.0.0.1:{letterbox.port}"
    with installation("http://127.0.0.1:1", SCOPCHAT_MAIL_URL=mail) as desk:
        desk.ask("set_up")
        yield desk


class Browser:
    """One that reads forms and keeps cookies."""

    def __init__(self, port: int) -> None:
        self._site = f"http://127.0.0.1:{port}"
        self._cookies = http.cookiejar.CookieJar()
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies)).open
        self.page = ""

    def get(self, address: str, data: bytes | None = None) -> int:
        request = urllib.request.Request(urllib.parse.urljoin(self._site, address), data)  # noqa: S310
        try:
            with self._open(request, timeout=20) as answer:
                self.page, self.address = answer.read().decode(), answer.url
                return int(answer.status)
        except urllib.error.HTTPError as answer:
            self.page = answer.read().decode()
            return answer.code

    def post(self, address: str, **fields: str) -> int:
        """Sends the form of the page that was opened last."""
        (token, *_same) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page)
        return self.get(address, urllib.parse.urlencode({"csrfmiddlewaretoken": token, **fields}).encode())

    @property
    def session(self) -> str:
        return next(cookie.value or "" for cookie in self._cookies if cookie.name == "sessionid")


def logs(desk: Desk) -> str:
    return "\n".join(log.read_text() for log in desk.folder.glob("*.log"))


def links(desk: Desk, letterbox: Letterbox) -> dict[str, str]:
    """What the e-mails lead to, by whom they are for; their jobs failed once, and Linh's for good."""
    stranger = Browser(desk.ports[0])
    for address in ("sophie@exemple.test", NEVER):
        stranger.get("/account/password/reset/")
        stranger.post("/account/password/reset/", email=address)
    desk.ask("invite")
    wait_until(lambda: len(letterbox.refused) == 3 and len(letterbox.kept) == 2, 60, "the e-mails")
    with psycopg.connect(desk.environment["DATABASE_URL"]) as connection:
        connection.execute(
            "UPDATE procrastinate_jobs SET attempts = 99, scheduled_at = now() WHERE queue_name = 'mail'"
        )
    wait_until(lambda: "send_mail[" in logs(desk), 30, "the failure for good")
    return {to: re.findall(r"http://\S+", text)[0] for to, text in letterbox.refused.items()}


def journey(desk: Desk, letterbox: Letterbox) -> list[str]:
    """All that must not be found: parts of links, sessions, hook tokens."""
    found = links(desk, letterbox)
    reset, waiting, invitation = found["sophie@exemple.test"], found[NEVER], found["nadia@exemple.test"]
    guest, sophie, amelie = (Browser(port) for port in (*desk.ports, desk.ports[0]))
    assert guest.get(invitation) == 200
    assert guest.post(invitation, password="short", again="short") == 422
    assert sophie.get(reset) == 200
    amelie.get("/")
    assert amelie.post("/account/login/", login="amelie", password=PASSWORD) == 200
    desk.ask("say", inbound=INBOUND, outbound=OUTBOUND)
    wait_until(lambda: len(desk.ask("inbound")) == 1, 30, "the text of the toy phone")
    tokens = [invitation.rstrip("/").rpartition("/")[2], *(link.rstrip("/")[-32:] for link in (reset, waiting))]
    return [*tokens, sophie.session, amelie.session, *desk.ask("hook_tokens")]


def dumped(url: str) -> str:
    """Every row of every table as text, and what is in binary columns as far as it is text."""
    found = []
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in tables.fetchall():
            rows = connection.execute(f"SELECT t::text FROM {table} t")  # type: ignore[arg-type]  # noqa: S608
            found += [f"{table} {row}" for (row,) in rows]
    text = "\n".join(found)
    binary = [bytes.fromhex(part).decode("latin-1") for part in re.findall(r"x((?:[0-9a-f]{2}){8,})", text)]
    return "\n".join([text, *binary])


def test_what_opens_something_is_in_no_log_and_no_copy_of_the_database(desk: Desk, letterbox: Letterbox) -> None:
    secrets = journey(desk, letterbox)
    assert all(len(secret) >= 20 for secret in secrets)
    dump = dumped(desk.environment["DATABASE_URL"])
    assert "nadia@exemple.test" in dump
    assert "channels_inboundevent" in dump
    assert [secret for secret in secrets if secret in dump] == []
    log = logs(desk)
    assert "/invitation/hidden" in log
    assert [word for word in (*secrets, INBOUND, OUTBOUND, "clé bleue", "Choisissez") if word in log] == []
