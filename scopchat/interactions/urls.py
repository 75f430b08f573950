"""Addresses of the inbox and the archive."""

from __future__ import annotations

from django.urls import path

from scopchat.interactions import views, views_actions, views_archive

app_name = "interactions"
urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/new/", views_actions.start, name="start"),
    path("messages/anew", views.anew, name="anew"),
    path("messages/<int:pk>/", views.thread, name="thread"),
    path("messages/<int:pk>/earlier/", views.earlier, name="earlier"),
    path("messages/<int:pk>/details/", views.details, name="details"),
    path("messages/<int:pk>/reply/", views_actions.reply, name="reply"),
    path("messages/<int:pk>/acknowledge/", views_actions.acknowledge, name="acknowledge"),
    path("messages/<int:pk>/take/", views_actions.take, name="take"),
    path("messages/<int:pk>/assign/", views_actions.assign, name="assign"),
    path("messages/<int:pk>/close/", views_actions.close, name="close"),
    path("messages/<int:pk>/look/", views_actions.look, name="look"),
    path("messages/text/<int:pk>/retry/", views_actions.retry, name="retry"),
    path("messages/text/<int:pk>/settle/", views_actions.settle, name="settle"),
    path("messages/photo/<str:token>/", views.attachment, name="attachment"),
    path("interactions/", views_archive.listing, name="archive"),
    path("interactions/<int:pk>/", views_archive.content, name="content"),
]
