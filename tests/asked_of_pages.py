"""What a page looks at while it answers: the names in its query and its post, and the forms that it makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from uuid import uuid4

from django import forms
from django.apps import apps
from django.http import QueryDict

TYPED = {"phone": "514 555-0142"}
"""What is typed into fields that take no words, by their names."""
CHOICE = re.compile(r"(|\w+-)\d+")
RELATIONS = {
    each.name for model in apps.get_models() if model.__module__.startswith("scopchat.")
    for each in model._meta.fields if each.is_relation
}  # fmt: skip
"""Names that our models give to what they refer to."""


@dataclass
class LookedAt:
    """By one answer or by several."""

    names: set[str] = field(default_factory=set)
    """Whether they are there or not."""
    forms: list[forms.BaseForm] = field(default_factory=list)


@contextmanager
def looking() -> Iterator[LookedAt]:
    """What is looked at from here on."""
    found = LookedAt()
    make = forms.BaseForm.__init__

    def made(self: forms.BaseForm, *args: Any, **kwargs: Any) -> None:
        found.forms.append(self)
        make(self, *args, **kwargs)

    with ExitStack() as patches:
        patches.enter_context(mock.patch.object(forms.BaseForm, "__init__", made))
        for method in ("__getitem__", "getlist", "__contains__"):
            ours = getattr(QueryDict, method)

            def look(self: QueryDict, name: str, *more: Any, ours: Any = ours, **options: Any) -> Any:
                if not self._mutable:
                    # While it is being made, it looks at all it has.
                    found.names.add(name)
                return ours(self, name, *more, **options)

            patches.enter_context(mock.patch.object(QueryDict, method, look))
        yield found


def names_an_object(name: str, asked: forms.Field | None = None) -> bool:
    """Whether the field, or a parameter of this name, takes the id of something."""
    if isinstance(asked, forms.ModelChoiceField) or name in RELATIONS or name.endswith(("_id", "_pk", "_ids")):
        return True
    return isinstance(asked, forms.ChoiceField) and bool(kinds_of(asked))


def kinds_of(asked: forms.ChoiceField) -> set[str]:
    """What stands before the ids that are offered: `queue-` and `person-`, or nothing."""
    found = (CHOICE.fullmatch(str(value)) for value in _offered(asked))
    return {match[1] for match in found if match}


def forms_that_take_ids() -> list[type[forms.BaseForm]]:
    """Of all that the product has."""
    found, waiting = list[type[forms.BaseForm]](), [forms.BaseForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        takes = any(names_an_object(name, each) for name, each in getattr(form, "base_fields", {}).items())
        if takes and form.__module__.startswith("scopchat.") and ".tests." not in form.__module__:
            found.append(form)
    return found


def filled(form: forms.BaseForm) -> dict[str, Any]:
    """Something that each field of the form takes."""
    return {form.add_prefix(name): _taken(form, name, asked) for name, asked in form.fields.items()}


def _taken(form: forms.BaseForm, name: str, asked: forms.Field) -> Any:
    initial = form.get_initial_for_field(asked, name)
    if initial:
        return initial
    if isinstance(asked, forms.ChoiceField):
        offered = _offered(asked)
        assert offered, f"{type(form).__name__}.{name} offers nothing to choose: let `things_of` make something."
        return [offered[-1]] if isinstance(asked, forms.ModelMultipleChoiceField) else offered[0]
    for kind, value in (
        (forms.BooleanField, "on"),
        (forms.UUIDField, uuid4()),
        (forms.IntegerField, getattr(asked, "min_value", None) or 1),
        (forms.DateField, "2026-11-23"),
        (forms.DateTimeField, "2030-11-23T10:00"),
        (forms.EmailField, "quelquun@exemple.test"),
        (forms.CharField, TYPED.get(name, "Bonjour")),
    ):
        if isinstance(asked, kind):
            return value
    raise AssertionError(f"Say in tests/asked_of_pages.py what a {type(asked).__name__} takes ({form}.{name}).")


def _offered(asked: forms.ChoiceField) -> list[Any]:
    """The choices, without groups and the blank one."""
    if isinstance(asked, forms.ModelChoiceField):
        return list(asked.queryset.values_list("pk", flat=True)) if asked.queryset is not None else []
    found: list[Any] = []
    for value, label in asked.choices:
        found += [each for each, _label in label] if isinstance(label, list | tuple) else [value]
    return [value for value in found if value not in {"", None}]
