"""Small parts of pages that HTML alone would repeat: icons and form fields."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from scopchat.common.phones import display
from scopchat.tenancy.models import Company

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, classes: str = "") -> SafeString:
    """A symbol of `web/icons.svg`. Never alone: a label or a name stands beside it."""
    return format_html(
        '<svg class="ico {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        classes,
        static("web/icons.svg"),
        name,
    )


@register.filter
def offers(field: forms.ChoiceField) -> list[tuple[str, str]]:
    """What a field offers to choose, as text; read from the database once, where it comes from there."""
    choices: Iterable[Any] = field.widget.choices
    return [(str(value), str(label)) for value, label in choices]


@register.inclusion_tag("web/field.html")
def field(bound: BoundField, **attributes: str) -> dict[str, object]:
    """A form field with its label, help and errors, drawn as Tabler draws them."""
    widget = bound.field.widget
    several = isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect)
    if isinstance(widget, forms.CheckboxInput) or several:
        css = "form-check-input"
    elif isinstance(widget, forms.Select):
        css = "form-select"
    else:
        css = "form-control"
    invalid = " is-invalid" if bound.errors else ""
    if several:
        widget.attrs["class"] = css
    drawn = bound.as_widget(attrs={"class": css + invalid, **{k.replace("_", "-"): v for k, v in attributes.items()}})
    return {"field": bound, "drawn": drawn, "several": several, "choices": list(bound) if several else []}


@register.simple_tag
def ago(at: datetime) -> SafeString:
    """Since when something lasts; pages say how long that is, and go on counting (`times.js`)."""
    words = date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
    return format_html('<time datetime="{}" data-ago="lasting">{}</time>', at.isoformat(), words)


@register.filter
def phone(address: str, company: Company | None = None) -> str:
    """An address as people of the company write it."""
    return display(address, company.country if company else "")
