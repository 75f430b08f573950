"""Addresses of the page of toy phones."""

from __future__ import annotations

from django.urls import path

from scopchat.channels.providers.simulator import views

app_name = "simulator"
urlpatterns = [
    path("", views.phones, name="phones"),
    path("<int:pk>/text/", views.text, name="text"),
    path("<int:pk>/behaviour/", views.behaviour, name="behaviour"),
]
