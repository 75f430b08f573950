"""Addresses of one's own account, and of who is there."""

from __future__ import annotations

from django.urls import path

from scopchat.accounts import views_account, views_password, views_presence, views_sign_in

app_name = "accounts"
urlpatterns = [
    path("second-factor/", views_sign_in.enrol, name="enrol"),
    path("me/presence/", views_presence.choose, name="presence"),
    path("me/activity/", views_presence.activity, name="activity"),
    path("people/presence/", views_presence.everyone, name="presences"),
    path("me/", views_account.account, name="account"),
    path("me/email/", views_account.email, name="email"),
    path("me/password/", views_account.password, name="password"),
    path("email/<str:token>/", views_account.confirm_email, name="confirm_email"),
    path("me/first-password/", views_password.first_password, name="first_password"),
    path("invitation/<str:token>/", views_password.invitation, name="invitation"),
    path("me/preferences/", views_account.preferences, name="preferences"),
]
