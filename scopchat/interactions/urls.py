"""Addresses of the inbox and the archive."""

from __future__ import annotations

from django.urls import path

from scopchat.interactions import (
    views,
    views_actions,
    views_archive,
    views_contacts,
    views_photos,
    views_steps,
    views_talk,
)

app_name = "interactions"
urlpatterns = [
    path("messages/", views.inbox, name="inbox"),
    path("messages/new/", views_actions.start, name="start"),
    path("messages/recipients/", views_actions.recipients, name="recipients"),
    path("messages/anew", views.anew, name="anew"),
    path("messages/<int:pk>/", views.thread, name="thread"),
    path("messages/<int:pk>/earlier/", views_talk.earlier, name="earlier"),
    path("messages/<int:pk>/later/<int:message_pk>/", views_talk.later, name="later"),
    path("messages/<int:pk>/around/<int:message_pk>/", views_talk.around, name="around"),
    path("messages/<int:pk>/find/", views_talk.find, name="find"),
    path("messages/<int:pk>/details/", views.details, name="details"),
    path("messages/<int:pk>/reply/", views_actions.reply, name="reply"),
    path("messages/<int:pk>/menu/", views_steps.menu, name="menu"),
    path("messages/<int:pk>/acknowledge/", views_steps.acknowledge, name="acknowledge"),
    path("messages/<int:pk>/take/", views_steps.take, name="take"),
    path("messages/<int:pk>/recover/", views_steps.recover, name="recover"),
    path("messages/<int:pk>/release/", views_steps.release, name="release"),
    path("messages/<int:pk>/transfer/", views_steps.transfer, name="transfer"),
    path("messages/<int:pk>/pause/", views_steps.pause, name="pause"),
    path("messages/<int:pk>/resume/", views_steps.resume, name="resume"),
    path("messages/<int:pk>/close/", views_steps.close, name="close"),
    path("messages/<int:pk>/reopen/", views_steps.reopen, name="reopen"),
    path("messages/<int:pk>/contact/", views_contacts.contact, name="contact"),
    path("messages/<int:pk>/contact/edit/", views_contacts.edit_contact, name="edit_contact"),
    path("messages/<int:pk>/contact/labels/", views_contacts.labels, name="labels"),
    path(
        "messages/<int:pk>/contact/labels/<int:label_pk>/take-off/",
        views_contacts.take_off_label,
        name="take_off_label",
    ),
    path("messages/<int:pk>/contact/notes/", views_contacts.add_contact_note, name="add_contact_note"),
    path("messages/<int:pk>/contact/notes/<int:note_pk>/", views_contacts.edit_contact_note, name="edit_contact_note"),
    path(
        "messages/<int:pk>/contact/notes/<int:note_pk>/remove/",
        views_contacts.remove_contact_note,
        name="remove_contact_note",
    ),
    path("messages/undo/", views_steps.undo, name="undo"),
    path("messages/<int:pk>/look/", views_actions.look, name="look"),
    path("messages/text/<int:pk>/retry/", views_actions.retry, name="retry"),
    path("messages/text/<int:pk>/unsend/", views_actions.unsend, name="unsend"),
    path("messages/<int:pk>/canned/", views.canned, name="canned"),
    path("messages/<int:pk>/draft/", views_actions.draft, name="draft"),
    path("messages/text/<int:pk>/settle/", views_actions.settle, name="settle"),
    path("messages/photo/<str:token>/", views_photos.attachment, name="attachment"),
    path("messages/upload/", views_photos.upload, name="upload"),
    path("messages/uploaded/<str:token>/", views_photos.uploaded, name="uploaded"),
    path("interactions/", views_archive.listing, name="archive"),
    path("interactions/export/", views_archive.export, name="export"),
    path("interactions/<int:pk>/", views_archive.content, name="content"),
]
