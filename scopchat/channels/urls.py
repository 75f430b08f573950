"""Addresses of the pages of channels and providers."""

from __future__ import annotations

from django.urls import path

from scopchat.channels import views, views_loans, views_providers

app_name = "channels"
urlpatterns = [
    path("channels/", views.channel_list, name="list"),
    path("channels/add/", views.add_channel, name="add"),
    path("channels/<int:pk>/", views.edit_channel, name="edit"),
    path("channels/<int:pk>/lend/", views_loans.lend_one_channel, name="lend_channel"),
    path("providers/", views_providers.provider_list, name="providers"),
    path("providers/add/<slug:kind>/", views_providers.add_provider, name="add_provider"),
    path("providers/<int:pk>/", views_providers.edit_provider, name="edit_provider"),
    path("providers/<int:pk>/rotate/", views_providers.rotate_token, name="rotate_token"),
    path("providers/<int:pk>/test/", views_providers.test_provider, name="test_provider"),
    path("providers/<int:pk>/lend/", views_loans.lend_one_provider, name="lend_provider"),
    path("loans/<int:pk>/revoke/", views_loans.revoke_loan, name="revoke_loan"),
]
