"""Addresses of the shell."""

from __future__ import annotations

from django.urls import path

from scopchat.web import views, views_presence

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("static/<str:version>/<path:file>", views.static_file),
    path("me/company/", views.switch_company, name="switch_company"),
    path("me/presence/", views_presence.choose, name="presence"),
    path("me/activity/", views_presence.activity, name="activity"),
    path("people/presence/", views_presence.everyone, name="presences"),
    path("me/preferences/", views.preferences, name="preferences"),
]
