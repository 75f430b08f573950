"""The pages of django-allauth that people reach; the others do not exist here."""

from __future__ import annotations

from allauth.account import views
from django.urls import path

from scopchat.web import views_account

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views_account.log_out, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("sessions/", views_account.sessions, name="sessions"),
    path("sessions/<int:pk>/close/", views_account.close_session, name="close_session"),
    path("sessions/close-others/", views_account.close_other_sessions, name="close_other_sessions"),
]
