"""Sessions: the database alone lets nobody in."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from scopchat.accounts.own import choose_password
from scopchat.accounts.own_sessions import sessions_of
from scopchat.accounts.sessions import SessionStore, stored_key
from tests.cast import Cast
from tests.people import entered


def test_what_is_stored_is_no_key(cast: Cast) -> None:
    browser = entered("sophie")
    key = browser.cookies["sessionid"].value
    (row,) = Session.objects.all()
    assert row.session_key == UserSession.objects.get().session_key == stored_key(key)
    thief = Client()
    thief.cookies["sessionid"] = row.session_key
    assert [one.get("/me/").status_code for one in (browser, thief)] == [200, 302]


def test_what_a_session_holds_is_encrypted(cast: Cast) -> None:
    session = SessionStore()
    session["link"] = "SECRET"
    session.save()
    (row,) = Session.objects.all()
    assert SessionStore(session.session_key)["link"] == "SECRET"
    assert row.session_data.startswith("gAAAA")


def test_a_lost_key_signs_people_out_and_breaks_nothing(cast: Cast, settings: Settings) -> None:
    browser = entered("sophie")
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    assert browser.get("/me/").status_code == 302


def test_sessions_that_another_password_ended_are_forgotten(cast: Cast) -> None:
    here, _there = entered("sophie"), entered("sophie")
    cast.agent.refresh_from_db()
    choose_password(person=cast.agent, password="another-password-entirely")
    assert sessions_of(cast.agent, current_key=here.session.session_key) == []
    assert not Session.objects.exists()


def test_who_was_signed_in_before_an_upgrade_stays_so(cast: Cast) -> None:
    """The migration seals what earlier versions stored."""
    browser = entered("sophie")
    key = browser.cookies["sessionid"].value
    content = dict(browser.session.items())
    Session.objects.all().delete()
    data = signing.dumps(content, salt="django.contrib.sessions.SessionStore", serializer=signing.JSONSerializer)
    Session.objects.create(session_key=key, session_data=data, expire_date=timezone.now() + timedelta(days=1))
    UserSession.objects.update(session_key=key)
    migration = import_module("scopchat.accounts.migrations.0008_nothing_to_sign_in_with")
    with connection.schema_editor() as editor:
        migration.seal_sessions(apps, editor)
    browser.cookies["sessionid"] = key
    assert browser.get("/me/").status_code == 200
    assert UserSession.objects.get().session_key == stored_key(key)
