"""Every address that Django answers. Hooks, live events, health and static files are served before it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("scopchat.web.urls")),
    path("", include("scopchat.interactions.urls")),
    path("", include("scopchat.channels.urls")),
    path("", include("scopchat.administration.urls")),
    path("simulator/carrier/", include("scopchat.channels.providers.simulator.carrier_urls")),
    path("simulator/", include("scopchat.channels.providers.simulator.urls")),
    path("account/", include("scopchat.web.account_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler403 = "scopchat.web.views.forbidden"
handler404 = "scopchat.web.views.not_found"
handler500 = "scopchat.web.views.server_error"
