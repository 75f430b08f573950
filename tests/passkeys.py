"""A passkey as it is kept once a browser has made it. No key stands behind it."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from scopchat.accounts.models import User

ORIGIN = "http://testserver.localhost"


def add_passkey(person: User, name: str = "Clé") -> Authenticator:
    """The person's passkey."""
    key = ES256({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})
    identity = websafe_encode(f"passkey of {person.pk}".encode())
    known = AttestedCredentialData.create(bytes(16), f"passkey of {person.pk}".encode(), key)
    about = AuthenticatorData.create(bytes(32), AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT, 0, known)
    said = CollectedClientData.create(type="webauthn.create", challenge=b"challenge", origin=ORIGIN)
    credential: dict[str, Any] = {
        "id": identity, "rawId": identity, "type": "public-key", "clientExtensionResults": {"credProps": {"rk": True}},
        "response": {
            "clientDataJSON": websafe_encode(said),
            "attestationObject": websafe_encode(AttestationObject.create("none", about, {})),
        },
    }  # fmt: skip
    data = {"name": name, "credential": credential}
    made: Authenticator = Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=data)
    return made
