"""Addresses of the pages of opt-outs."""

from __future__ import annotations

from django.urls import path

from scopchat.optouts import views

app_name = "optouts"
urlpatterns = [
    path("", views.listing, name="list"),
    path("add/", views.add, name="add"),
    path("export/", views.export, name="export"),
    path("bring-back/", views.bring_back, name="bring_back"),
    path("<int:pk>/history/", views.history, name="history"),
    path("<int:pk>/remove/", views.remove, name="remove"),
]
