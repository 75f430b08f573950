"""Addresses of the pages of administrators."""

from __future__ import annotations

from django.urls import path

from scopchat.administration import views_audit

app_name = "administration"
urlpatterns = [
    path("audit/", views_audit.listing, name="audit"),
    path("audit/export/", views_audit.export, name="audit_export"),
]
