"""Every address that Django answers. Hooks, live events, health and static files are served before it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from scopchat.accounts.access import public

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("scopchat.web.urls")),
    path("", include("scopchat.interactions.urls")),
    path("", include("scopchat.channels.urls")),
    path("", include("scopchat.administration.urls")),
    path("canned-replies/", include("scopchat.canned.urls")),
    path("exports/", include("scopchat.exports.urls")),
    path("mass-sends/", include("scopchat.masssends.urls")),
    path("opt-outs/", include("scopchat.optouts.urls")),
    path("contacts/", include("scopchat.contacts.urls")),
    path("photo/", include("scopchat.interactions.carrier_urls")),
    path("simulator/carrier/", include("scopchat.channels.providers.simulator.carrier_urls")),
    path("simulator/", include("scopchat.channels.providers.simulator.urls")),
    path("", include("scopchat.accounts.urls")),
    path("account/", include("scopchat.accounts.allauth_urls")),
    path("i18n/setlang/", public()(set_language), name="set_language"),
]

handler403 = "scopchat.web.views.forbidden"
handler404 = "scopchat.web.views.not_found"
handler500 = "scopchat.web.views.server_error"
