"""Addresses of the pages of canned replies."""

from __future__ import annotations

from django.urls import path

from scopchat.canned import views

app_name = "canned"
urlpatterns = [
    path("", views.listing, name="list"),
    path("add/", views.add, name="add"),
    path("<int:pk>/", views.edit, name="edit"),
    path("<int:pk>/remove/", views.remove, name="remove"),
]
