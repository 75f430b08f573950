"""Addresses of the pages of contacts."""

from __future__ import annotations

from django.urls import path

from scopchat.contacts import views, views_imports, views_labels, views_lists, views_members

app_name = "contacts"
urlpatterns = [
    path("", views.listing, name="list"),
    path("add/", views.add, name="add"),
    path("export/", views.export, name="export"),
    path("<int:pk>/", views.edit, name="edit"),
    path("<int:pk>/delete/", views.delete, name="delete"),
    path("bring-back/", views.bring_back, name="bring_back"),
    path("import/", views_imports.choose, name="import_file"),
    path("lists/<int:pk>/import/", views_imports.choose_for_list, name="import_into"),
    path("import/<int:pk>/", views_imports.progress, name="import"),
    path("import/<int:pk>/save/", views_imports.save, name="save_import"),
    path("import/<int:pk>/give-up/", views_imports.give_up, name="give_up_import"),
    path("import/<int:pk>/refused/", views_imports.refused, name="refused_lines"),
    path("lists/", views_lists.listing, name="lists"),
    path("lists/add/", views_lists.add, name="add_list"),
    path("lists/bring-back/", views_lists.bring_back, name="bring_back_list"),
    path("lists/put-back/", views_members.put_back, name="put_back"),
    path("lists/<int:pk>/", views_members.listing, name="members"),
    path("lists/<int:pk>/edit/", views_lists.edit, name="edit_list"),
    path("lists/<int:pk>/delete/", views_lists.delete, name="delete_list"),
    path("lists/<int:pk>/candidates/", views_members.candidates, name="candidates"),
    path("lists/<int:pk>/add/<int:contact_pk>/", views_members.put_on, name="put_on"),
    path("lists/<int:pk>/remove/<int:contact_pk>/", views_members.take_off, name="take_off"),
    path("<int:pk>/lists/", views_members.lists_of, name="lists_of"),
    path("<int:pk>/lists/<int:list_pk>/", views_members.tick, name="tick"),
    path("labels/", views_labels.listing, name="labels"),
    path("labels/<int:pk>/remove/", views_labels.remove, name="remove_label"),
]
