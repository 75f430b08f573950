"""Addresses of the pages of contacts."""

from __future__ import annotations

from django.urls import path

from scopchat.contacts import views, views_labels

app_name = "contacts"
urlpatterns = [
    path("", views.listing, name="list"),
    path("add/", views.add, name="add"),
    path("<int:pk>/", views.edit, name="edit"),
    path("<int:pk>/delete/", views.delete, name="delete"),
    path("bring-back/", views.bring_back, name="bring_back"),
    path("labels/", views_labels.listing, name="labels"),
    path("labels/<int:pk>/remove/", views_labels.remove, name="remove_label"),
]
