"""The pages of django-allauth that people reach; the others do not exist here."""

from __future__ import annotations

from allauth.account import views
from allauth.mfa.base import views as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.urls import path, re_path, reverse_lazy

from scopchat.accounts import views_sign_in
from scopchat.accounts.access import public, requires
from scopchat.accounts.models import User

strangers = public()
own = requires()
reset_done = strangers(views.password_reset_from_key_done)
remove_passkey = requires(pk=Authenticator)(passkeys.RemoveWebAuthnView.as_view(success_url=reverse_lazy("mfa_index")))

urlpatterns = [
    path("login/", strangers(views_sign_in.SignIn.as_view()), name="account_login"),
    path("login/passkey/", strangers(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("login/second-factor/", strangers(factors.authenticate), name="mfa_authenticate"),
    path("sso/", views_sign_in.single_sign_on, name="single_sign_on"),
    path("sso/callback/", strangers(oidc.callback), {"provider_id": settings.OIDC_ID}, name="openid_connect_callback"),
    path("logout/", views_sign_in.log_out, name="account_logout"),
    path("signup/", strangers(views.signup), name="account_signup"),
    path("inactive/", strangers(views.account_inactive), name="account_inactive"),
    path("password/reset/", strangers(views.password_reset), name="account_reset_password"),
    path("password/reset/sent/", strangers(views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(uidb36=User, key=str)(views_sign_in.NewPassword.as_view()),
        name="account_reset_password_from_key",
    ),
    path("password/reset/done/", reset_done, name="account_reset_password_from_key_done"),
    path("confirm/", own(views.reauthenticate), name="account_reauthenticate"),
    path("confirm/code/", own(factors.reauthenticate), name="mfa_reauthenticate"),
    path("confirm/passkey/", own(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("second-factor/", own(factors.index), name="mfa_index"),
    path("second-factor/app/", own(app.activate_totp), name="mfa_activate_totp"),
    path("second-factor/app/remove/", own(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("second-factor/passkeys/add/", views_sign_in.add_passkey, name="mfa_add_webauthn"),
    path("second-factor/passkeys/<int:pk>/remove/", remove_passkey, name="mfa_remove_webauthn"),
    path("second-factor/codes/", own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", own(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("second-factor/codes/download/", own(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("sessions/", views_sign_in.sessions, name="sessions"),
    path("sessions/<int:pk>/close/", views_sign_in.close_session, name="close_session"),
    path("sessions/close-others/", views_sign_in.close_other_sessions, name="close_other_sessions"),
]
