"""Addresses of exports."""

from __future__ import annotations

from django.urls import path

from scopchat.exports import views

app_name = "exports"
urlpatterns = [
    path("", views.listing, name="list"),
    path("<int:pk>/download/", views.download, name="download"),
    path("<int:pk>/give-up/", views.give_up, name="give_up"),
]
