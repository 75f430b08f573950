from __future__ import annotations

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "scopchat.contacts"

    def ready(self) -> None:
        from scopchat.contacts.company_lifecycle import Imports
        from scopchat.contacts.export import Contacts
        from scopchat.exports import kinds
        from scopchat.tenancy.company_lifecycle import register

        register(Imports())
        kinds.register(Contacts())
