"""What administrators type about queues: how one is called, and who is in it as what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scopchat.accounts.models import User
from scopchat.accounts.services import everyone_of
from scopchat.queues.models import Queue
from scopchat.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the table, and which of its boxes are ticked."""

    person: User
    is_agent: bool
    is_administrator: bool


class QueuePeopleForm(forms.Form):
    """Agents and administrators, out of the company's people; who is disabled stays in the queue until taken out."""

    agents: forms.ModelMultipleChoiceField[User] = forms.ModelMultipleChoiceField(None, required=False)
    administrators: forms.ModelMultipleChoiceField[User] = forms.ModelMultipleChoiceField(None, required=False)

    def __init__(self, *args: Any, company: Company, queue: Queue | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = list(queue.members.all()) if queue else []
        self.initial["agents"] = [member.user_id for member in members if member.is_agent]
        self.initial["administrators"] = [member.user_id for member in members if member.is_administrator]
        inside = [member.user_id for member in members]
        self.people = everyone_of(company).filter(Q(is_active=True) | Q(pk__in=inside)).order_by("search", "pk")
        for name in ("agents", "administrators"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelMultipleChoiceField)
            field.queryset = self.people

    def lines(self) -> list[Line]:
        """Everyone who can be chosen: who is chosen already first, then by name."""
        agents, administrators = self._ticked("agents"), self._ticked("administrators")
        lines = [Line(person, str(person.pk) in agents, str(person.pk) in administrators) for person in self.people]
        return sorted(lines, key=lambda line: not (line.is_agent or line.is_administrator))

    def _ticked(self, name: str) -> Collection[str]:
        return {str(value) for value in self[name].value() or ()}


class QueueForm(QueuePeopleForm):
    """And how the queue is called."""

    name = forms.CharField(label=_("Name"), max_length=80)
    description = forms.CharField(label=_("Description (optional)"), max_length=300, required=False)

    def __init__(self, *args: Any, queue: Queue | None = None, **kwargs: Any) -> None:
        initial = {"name": queue.name, "description": queue.description} if queue else {}
        super().__init__(*args, queue=queue, initial=initial, **kwargs)
