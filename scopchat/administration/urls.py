"""Addresses of the pages of administrators."""

from __future__ import annotations

from django.urls import path

from scopchat.administration import (
    views_audit,
    views_companies,
    views_hours,
    views_queues,
    views_returning,
    views_users,
)

app_name = "administration"
urlpatterns = [
    path("companies/", views_companies.listing, name="companies"),
    path("companies/<int:pk>/", views_companies.detail, name="company"),
    path("company/", views_companies.own, name="own_company"),
    path("companies/<int:pk>/people/<int:person_pk>/", views_returning.returning, name="returning"),
    path("companies/<int:pk>/add/", views_companies.add, name="add_company"),
    path("companies/<int:pk>/edit/", views_companies.edit, name="edit_company"),
    path("companies/<int:pk>/limits/", views_companies.limits, name="limits"),
    path("companies/<int:pk>/second-factor/", views_companies.second_factor, name="second_factor"),
    path("companies/<int:pk>/deactivate/", views_companies.deactivate, name="deactivate"),
    path("companies/<int:pk>/reactivate/", views_companies.reactivate, name="reactivate"),
    path("companies/<int:pk>/archive/", views_companies.archive, name="archive"),
    path("companies/<int:pk>/restore/", views_companies.restore, name="restore"),
    path("users/", views_users.listing, name="users"),
    path("users/add/", views_users.add, name="add_user"),
    path("users/<int:pk>/", views_users.detail, name="user"),
    path("users/<int:pk>/menu/", views_users.menu, name="user_menu"),
    path("users/<int:pk>/disable/", views_users.disable, name="disable_user"),
    path("users/<int:pk>/enable/", views_users.enable, name="enable_user"),
    path("users/<int:pk>/sessions/", views_users.close_sessions, name="close_sessions"),
    path("users/<int:pk>/password/", views_users.renew_password, name="renew_password"),
    path("users/<int:pk>/second-factor/", views_users.reset_second_factor, name="reset_second_factor"),
    path("users/<int:pk>/invitation/", views_users.invite, name="invite_user"),
    path("queues/", views_queues.listing, name="queues"),
    path("queues/add/", views_queues.add, name="add_queue"),
    path("queues/<int:pk>/", views_queues.detail, name="queue"),
    path("queues/<int:pk>/people/", views_queues.people, name="queue_people"),
    path("queues/<int:pk>/close/", views_queues.close, name="close_queue"),
    path("queues/<int:pk>/reopen/", views_queues.reopen, name="reopen_queue"),
    path("queues/<int:pk>/nobody-there/", views_hours.queue, name="queue_fallback"),
    path("channels/<int:pk>/nobody-there/", views_hours.channel, name="channel_fallback"),
    path("hours/", views_hours.listing, name="hours"),
    path("hours/add/", views_hours.add, name="add_hours"),
    path("hours/<int:pk>/", views_hours.edit, name="edit_hours"),
    path("hours/<int:pk>/delete/", views_hours.delete, name="delete_hours"),
    path("audit/", views_audit.listing, name="audit"),
    path("audit/export/", views_audit.export, name="audit_export"),
]
