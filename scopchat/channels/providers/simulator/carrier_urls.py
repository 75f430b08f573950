"""The simulated carrier's API, which the sender calls as it would any carrier's."""

from __future__ import annotations

from django.urls import path

from scopchat.channels.providers.simulator import carrier

urlpatterns = [
    path("photo/<str:token>", carrier.photo, name="simulator_carrier_photo"),
    path("<int:company_id>/<str:token>", carrier.account, name="simulator_carrier_account"),
    path("<int:company_id>/<str:token>/messages", carrier.messages, name="simulator_carrier"),
    path("<int:company_id>/<str:token>/messages/<str:reference>", carrier.message, name="simulator_carrier_message"),
]
