"""What the hooks are measured against: a bare group commit on the same server, and one row per view by the ORM."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import sys
from typing import Any
from urllib.parse import parse_qsl

TABLE = "CREATE TABLE IF NOT EXISTS bench_limit (id bigserial PRIMARY KEY, key text UNIQUE, body bytea)"
INSERT = "INSERT INTO bench_limit (key, body) SELECT * FROM unnest(%b::text[], %b::bytea[]) ON CONFLICT DO NOTHING"


def signed_key(headers: Any, url: str, body: bytes) -> str | None:
    """The least a signed callback costs: its form, its signature, its id."""
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    right = base64.b64encode(hmac.new(b"bench-auth-token", text.encode(), hashlib.sha1).digest())
    given = dict(headers).get(b"x-twilio-signature", b"")
    return dict(pairs)["MessageSid"] if hmac.compare_digest(right, given) else None


class BareGroupCommit:
    """The limit: signature, micro-batched durable INSERT, answer; no routing of paths, no accounts, no checks."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, bytes, asyncio.Future[None]]] = []
        self._awake = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            self._task = asyncio.create_task(self._write())
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = (await receive())["body"]
        key = signed_key(scope["headers"], os.environ["SCOPCHAT_PUBLIC_URL"] + scope["path"], body)
        status = 403
        if key:
            written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((key, body, written))
            self._awake.set()
            await written
            status = 200
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def _write(self) -> None:
        import psycopg

        connection = await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True)
        while True:
            await self._awake.wait()
            batch, self._waiting = self._waiting, []
            self._awake.clear()
            await connection.execute(INSERT, [[key for key, _b, _w in batch], [body for _k, body, _w in batch]])
            for _key, _body, written in batch:
                written.set_result(None)


def orm_application() -> Any:
    """The usual way: a Django view that checks the signature and creates one row, under ASGI."""
    import django
    from django.http import HttpRequest, HttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt

    django.setup()
    from django.conf import settings
    from django.core.asgi import get_asgi_application

    from scopchat.channels.models import InboundEvent
    from scopchat.common.clock import utc_now

    @csrf_exempt
    def hook(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001
        headers = {b"x-twilio-signature": request.headers.get("X-Twilio-Signature", "").encode()}
        key = signed_key(headers, settings.PUBLIC_URL + request.path, request.body)
        if key is None:
            return HttpResponse(status=403)
        InboundEvent.objects.create(
            provider_id=0, event="inbound", carrier_key=f"orm:{key}", shard=0, method="POST", url=request.path,
            body=request.body, received_at=utc_now(), state="done",
        )  # fmt: skip
        return HttpResponse()

    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
    settings.ROOT_URLCONF = (path("hooks/twilio/<str:token>/inbound", hook),)
    return get_asgi_application()


if __name__ == "__main__":
    import uvicorn

    application = BareGroupCommit() if sys.argv[1] == "bare" else orm_application()
    uvicorn.run(application, port=int(sys.argv[2]), access_log=False, log_level="warning")
