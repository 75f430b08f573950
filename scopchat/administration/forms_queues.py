"""What administrators type about queues: how one is called, how it distributes, and who is in it as what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scopchat.accounts.models import User
from scopchat.accounts.services import everyone_of
from scopchat.queues.distribution import Mode, Priority, Terms
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


MODES = {
    Mode.MANUAL: _("A manager or administrator takes or assigns."),
    Mode.LEAST_BUSY: _("To whoever is there and has the fewest open conversations."),
    Mode.ROUND_ROBIN: _("To each in turn, among those who are there."),
    Mode.LONGEST_IDLE: _("To whoever is there and has received nothing for the longest time."),
}
TERMS = [field.name for field in fields(Terms)]


class QueueForm(QueuePeopleForm):
    """And how the queue is called, and distributes: `terms` once it is clean."""

    name = forms.CharField(label=_("Name"), max_length=80)
    description = forms.CharField(label=_("Description (optional)"), max_length=300, required=False)
    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=Priority.choices,
        coerce=int,
        help_text=_("A higher queue is served first, then the longest wait."),
    )
    distribution = forms.ChoiceField(label=_("Distribution"), choices=Mode.choices)
    max_open = forms.IntegerField(label=_("At most, per agent"), required=False, min_value=1, max_value=1000)
    take_back_after = forms.IntegerField(
        label=_("Take back if not taken"), required=False, min_value=1, max_value=24 * 60
    )
    grace = forms.IntegerField(label=_("Take back if the agent leaves"), min_value=1, max_value=24 * 60)

    def __init__(self, *args: Any, queue: Queue | None = None, **kwargs: Any) -> None:
        now = queue or Queue()
        initial = {name: getattr(now, name) for name in ("name", "description", *TERMS)}
        super().__init__(*args, queue=queue, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if not self.errors:
            values["terms"] = Terms(**{name: values.pop(name) for name in TERMS})
        return values

    def modes(self) -> list[tuple[str, object, object, bool]]:
        """Value, label and explanation of each way to distribute, and whether it is chosen."""
        chosen = self["distribution"].value()
        return [(mode.value, mode.label, words, mode.value == chosen) for mode, words in MODES.items()]
