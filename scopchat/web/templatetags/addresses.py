"""`{% url %}` as all templates have it: pages of a company at its addresses, the others at those of no company."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import get_script_prefix, reverse

from scopchat.tenancy.addresses import home_of, place_of, placed

register = template.Library()


class PlacedURLNode(URLNode):
    """Of the company that the page is about; on pages of no company, of the person's own."""

    def render(self, context: Context) -> str:
        company_id = place_of(get_script_prefix()).company_id
        if company_id is None and (company := getattr(context.get("request"), "company", None)):
            company_id = company.pk
        name = self.view_name.resolve(context)
        values = [argument.resolve(context) for argument in self.args]
        if not self.asvar and not self.kwargs and all(isinstance(value, int) for value in values):
            return _known(name, *values, prefix=get_script_prefix(), company_id=company_id)
        found = super().render(context)
        if self.asvar:
            context[self.asvar] = placed(context[self.asvar], company_id)
            return ""
        return placed(found, company_id)


@lru_cache(maxsize=20_000)
def _known(name: str, *values: int, prefix: str, company_id: int | None) -> str:  # noqa: ARG001  part of the key
    """A page is full of the same addresses; `prefix` is the one in force."""
    return placed(reverse(name, args=values), company_id)


@register.tag
def url(parser: Parser, token: Token) -> PlacedURLNode:
    node = django_url(parser, token)
    return PlacedURLNode(node.view_name, node.args, node.kwargs, node.asvar)


@register.filter
def home(company_id: int) -> str:
    """Where one begins to look at the company."""
    return home_of(company_id)
