"""A small issuer of OpenID Connect on loopback: one client, and whoever the test says is at the browser."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

CLIENT, SECRET = "scopchat", "issuer-secret"


class Issuer:
    """What it knows, and whether what it was asked was right."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.person: dict[str, Any] = {}
        self.challenge = ""

    def authorize(self, location: str) -> str:
        """What a browser does that is led to `location`: the query with which it comes back."""
        assert location.startswith(f"{self.url}/authorize?")
        asked = {name: value for name, (value,) in parse_qs(urlsplit(location).query).items()}
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["redirect_uri"].endswith("/account/sso/callback/")
        self.challenge = asked["code_challenge"]
        return f"?code=once&state={asked['state']}"

    def answer(self, path: str, body: dict[str, list[str]], token: str) -> Any:
        """None where it refuses."""
        if path == "/.well-known/openid-configuration":
            names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            places = {f"{name}_endpoint": f"{self.url}/{place}" for name, place in names.items()}
            auth = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **places, **auth}
        if path == "/token":
            verifier = hashlib.sha256(body["code_verifier"][0].encode()).digest()
            proven = base64.urlsafe_b64encode(verifier).decode().rstrip("=") == self.challenge
            if not proven or (body["client_secret"], body["code"]) != ([SECRET], ["once"]):
                return None
            claims = {"iss": self.url, "aud": CLIENT, "exp": 4_000_000_000, "iat": 1, **self.person}
            signed = jwt.encode(claims, "k" * 32, algorithm="HS256")
            return {"access_token": "token-1", "token_type": "Bearer", "id_token": signed}
        return self.person if path == "/userinfo" and token == "Bearer token-1" else None


@contextmanager
def running() -> Iterator[Issuer]:
    """An issuer that answers over HTTP until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = parse_qs(self.rfile.read(length).decode())
            found = issuer.answer(urlsplit(self.path).path, body, self.headers.get("Authorization", ""))
            content = json.dumps(found).encode()
            self.send_response(200 if found is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, *_what: object) -> None:
            """Nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
