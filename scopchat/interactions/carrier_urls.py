"""Where carriers fetch the photos that they are to send."""

from __future__ import annotations

from django.urls import path

from scopchat.interactions import views_photos

urlpatterns = [path("<str:token>/", views_photos.carriers_photo, name="carriers_photo")]
