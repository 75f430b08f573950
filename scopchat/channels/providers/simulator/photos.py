"""Photos that toy phones send, as the simulated carrier keeps them for the desk to fetch."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer

from scopchat.common.images import Photo
from scopchat.tenancy.addresses import outside

SALT = "scopchat.simulator.photo"


def keep(photo: Photo) -> str:
    """Stores the photo; returns the address at which the desk finds it."""
    name = default_storage.save(f"simulator/photo.{photo.extension}", ContentFile(photo.content))
    return settings.PUBLIC_URL + outside("simulator_carrier_photo", token=Signer(salt=SALT).sign(name.split("/")[-1]))


def content_of(token: str) -> bytes | None:
    """The photo at an address of ours, as long as it is kept."""
    try:
        with default_storage.open(f"simulator/{Signer(salt=SALT).unsign(token)}") as file:
            content: bytes = file.read()
    except (BadSignature, FileNotFoundError):
        return None
    return content


def remove(addresses: Iterable[str]) -> None:
    """Removes the photos at these addresses."""
    for address in addresses:
        try:
            default_storage.delete(f"simulator/{Signer(salt=SALT).unsign(address.rstrip('/').split('/')[-1])}")
        except BadSignature:
            # Of the desk, or of anybody: not the carrier's to remove.
            continue
