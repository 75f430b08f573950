"""An administrator removes a second factor that somebody has lost."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from scopchat.accounts.models import User
from scopchat.accounts.roles import Role
from scopchat.audit.models import Entry
from scopchat.common.clock import utc_now
from scopchat.tenancy.services import ask_second_factor
from tests.cast import Cast
from tests.mails import mails
from tests.passkeys import add_passkey
from tests.people import entered, signed_in


def protect(person: User) -> None:
    """App, passkey and recovery codes."""
    TOTP.activate(person, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    add_passkey(person)
    RecoveryCodes.activate(person)


def reset(who: User, person: User) -> Any:
    return signed_in(who).post(f"/users/{person.pk}/second-factor/")


def test_everything_goes_and_the_person_is_signed_out_and_told(cast: Cast) -> None:
    at_work = entered("sophie")
    protect(cast.agent)
    protect(cast.agent2)
    assert "Réinitialiser le second facteur" in signed_in(cast.admin).get(f"/users/{cast.agent.pk}/").content.decode()
    assert reset(cast.admin, cast.agent)["Location"] == f"/c/{cast.client.pk}/users/{cast.agent.pk}/"
    assert set(Authenticator.objects.values_list("user", flat=True)) == {cast.agent2.pk}
    assert at_work.get("/messages/")["Location"].startswith("/account/login/")
    (mail,) = mails()
    assert mail["to"] == "sophie@exemple.test"
    assert "Un administrateur a retiré le second facteur" in mail["text"]
    assert "127.0.0.1" not in mail["text"]
    entry = Entry.objects.get(verb="user.factor_reset")
    assert (entry.person_id, entry.object_id) == (cast.admin.pk, cast.agent.pk)
    assert entry.details == {"means": ["recovery_codes", "totp", "webauthn"]}
    assert entered("sophie").get("/messages/").status_code == 200


def test_where_one_is_required_the_person_adds_another_at_the_next_sign_in(cast: Cast) -> None:
    protect(cast.agent)
    protect(cast.admin)
    ask_second_factor(company=cast.client, asked=True, acting=None, now=utc_now())
    reset(cast.admin, cast.agent)
    assert entered("sophie").get("/messages/")["Location"] == f"/c/{cast.client.pk}/second-factor/"


@pytest.mark.parametrize(
    ("who", "person", "status"),
    [
        ("manager", "agent", 403),
        ("agent", "agent2", 403),
        ("outsider_admin", "agent", 404),
        ("operator_admin", "agent", 404),
    ],
)
def test_it_is_for_who_looks_after_the_person(cast: Cast, who: str, person: str, status: int) -> None:
    protect(getattr(cast, person))
    assert reset(getattr(cast, who), getattr(cast, person)).status_code == status
    assert Authenticator.objects.count() == 3


def test_nobody_resets_who_reaches_further_nor_themselves(cast: Cast) -> None:
    protect(cast.admin)
    reset(cast.admin, cast.admin)
    User.objects.filter(pk=cast.agent.pk).update(role=Role.RESELLER_ADMIN)
    protect(cast.agent)
    assert reset(cast.admin, cast.agent).status_code == 403
    assert Authenticator.objects.count() == 6
    assert mails() == []


def test_who_has_none_is_left_in_peace(cast: Cast) -> None:
    browser = signed_in(cast.admin)
    assert "Réinitialiser le second facteur" not in browser.get(f"/users/{cast.agent.pk}/").content.decode()
    browser.post(f"/users/{cast.agent.pk}/second-factor/")
    assert "pas de second facteur" in browser.get(f"/users/{cast.agent.pk}/").content.decode()
    assert mails() == []
