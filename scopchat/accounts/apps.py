from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "scopchat.accounts"

    def ready(self) -> None:
        from allauth.account.signals import password_reset as was_reset
        from allauth.account.signals import user_logged_in as let_in
        from allauth.mfa import signals as mfa
        from allauth.usersessions.signals import on_user_logged_in
        from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

        from scopchat.accounts import password_reset, second_factor, sign_ins
        from scopchat.accounts.company_lifecycle import People
        from scopchat.accounts.services import count_people
        from scopchat.tenancy.company_lifecycle import register
        from scopchat.tenancy.resources import Resource, register_counter

        user_logged_in.connect(sign_ins.on_signed_in)
        user_logged_out.connect(sign_ins.on_signed_out)
        user_login_failed.connect(sign_ins.on_sign_in_failed)
        # allauth's own would store the browser's key as it is.
        let_in.disconnect(on_user_logged_in)
        let_in.connect(sign_ins.on_let_in)
        was_reset.connect(password_reset.on_reset)
        mfa.authenticator_added.connect(second_factor.on_added)
        mfa.authenticator_removed.connect(second_factor.on_removed)
        mfa.authenticator_reset.connect(second_factor.on_renewed)
        mfa.authentication_failed.connect(second_factor.on_failed)
        register(People())
        register_counter(Resource.USERS, count_people)
