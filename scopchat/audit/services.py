"""Writing the audit log: one function, called by services inside the transaction of what they do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.db import models

from scopchat.audit.catalogue import Verb
from scopchat.audit.models import Entry
from scopchat.audit.requests import origin
from scopchat.common.folding import fold


class Concerned(Protocol):
    """A company, as the layers above know it."""

    @property
    def pk(self) -> Any: ...
    @property
    def path(self) -> Any: ...
    @property
    def name(self) -> Any: ...


class Acting(Protocol):
    """A person, as the layers above know them."""

    @property
    def pk(self) -> Any: ...
    @property
    def display_name(self) -> Any: ...
    @property
    def company(self) -> Any: ...


def record(
    *,
    verb: Verb,
    company: Concerned,
    acting: Acting | None,
    about: models.Model | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Writes that `acting` did it to `about`, which concerns `company`; it stands or falls with the transaction.

    `acting` is None for the installation itself and for strangers. `details` hold no secret and no text of a message.
    """
    whose = acting.company if acting else None
    label = str(about)[:200] if about else ""
    found = origin()
    entry = Entry(
        verb=verb,
        person_id=acting.pk if acting else None,
        person_name=acting.display_name if acting else "",
        person_company_id=whose.pk if whose else None,
        person_company_name=whose.name if whose else "",
        company_id=company.pk,
        company_path=company.path,
        company_name=company.name,
        object_kind=(about._meta.model_name or "") if about else "",
        object_id=about.pk if about else None,
        object_label=label,
        details=dict(details or {}),
        ip=found.ip,
        agent=found.agent,
    )
    names = [entry.person_name, entry.person_company_name, entry.company_name, label, found.ip or ""]
    entry.search = fold(" ".join([*names, *_words(entry.details)]))
    entry.save(force_insert=True)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The details of a change: what differs, before and after. Empty when nothing does."""
    return {
        name: {"before": before.get(name), "after": value} for name, value in after.items() if before.get(name) != value
    }


def _words(value: Any) -> Iterable[str]:
    """The texts and numbers anywhere in a detail."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _words(part)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
