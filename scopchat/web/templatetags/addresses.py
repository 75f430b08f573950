"""`{% url %}` as all templates have it: pages of a company at its addresses, the others at those of no company."""

from __future__ import annotations

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import get_script_prefix

from scopchat.tenancy.addresses import home_of, place_of, placed

register = template.Library()


class PlacedURLNode(URLNode):
    """Of the company that the page is about; on pages of no company, of the person's own."""

    def render(self, context: Context) -> str:
        found = super().render(context)
        company_id = place_of(get_script_prefix()).company_id
        if company_id is None and (company := getattr(context.get("request"), "company", None)):
            company_id = company.pk
        if self.asvar:
            context[self.asvar] = placed(context[self.asvar], company_id)
            return ""
        return placed(found, company_id)


@register.tag
def url(parser: Parser, token: Token) -> PlacedURLNode:
    node = django_url(parser, token)
    return PlacedURLNode(node.view_name, node.args, node.kwargs, node.asvar)


@register.filter
def home(company_id: int) -> str:
    """Where one begins to look at the company."""
    return home_of(company_id)
