"""Addresses of the shell."""

from __future__ import annotations

from django.urls import path

from scopchat.web import views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("static/<str:version>/<path:file>", views.static_file, name="static_file"),
    path("switch/", views.companies, name="companies"),
]
