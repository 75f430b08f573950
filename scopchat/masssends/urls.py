"""Addresses of the pages of mass sends."""

from __future__ import annotations

from django.urls import path

from scopchat.masssends import views

app_name = "masssends"
urlpatterns = [
    path("", views.listing, name="list"),
    path("add/", views.add, name="add"),
    path("<int:pk>/", views.page, name="page"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/export/", views.export, name="export"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/pause/", views.pause, name="pause"),
    path("<int:pk>/resume/", views.resume, name="resume"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/discard/", views.discard, name="discard"),
]
