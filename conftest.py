"""What every test may use."""

from __future__ import annotations

import math
import os
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models.signals import post_migrate
from django_scopes import scopes_disabled
from pytest_django import DjangoDbBlocker
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from scopchat.common.clock import utc_now
from scopchat.events import publish
from scopchat.gateway import copies, notice
from tests.cast import Cast, Rehearsed, rehearse
from tests.heard import Heard
from tests.people import Browser

JOURNEYS = ("tests/processes/",)
"""They share an installation and a browser, but for these:"""
KILLS = (
    "tests/processes/test_backup.py",
    "tests/processes/test_by_itself.py",
    "tests/processes/test_kills.py",
    "tests/processes/test_mass_sends.py",
    "tests/processes/test_outages.py",
    "tests/processes/test_secrets.py",
    "tests/upgrades/",
    "scopchat/ops/tests/test_up.py",
    "scopchat/ops/tests/test_database.py",
)


def pytest_configure() -> None:
    # A test's one transaction waits while pages are drawn, longer than a frozen process may hold its locks.
    settings.DATABASES["default"]["OPTIONS"]["options"] = "-c idle_in_transaction_session_timeout=0"
    # Migrated already, where the run has a server of its own (`ops.pytest_plugin`).
    settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = os.environ.get("TEST_DATABASE_TEMPLATE")
    # Argon2 is slow on purpose; tests sign in hundreds of times.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # It looks through every static file whenever a client is made.
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.endswith("CompressedStaticFiles")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith((*KILLS, *JOURNEYS)))


class Lanes(LoadScopeScheduling):
    """Two workers have all tests that start processes, from the start: they wait more than they work.

    Each other module stays together as well, so that what its tests share is made once.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(KILLS):
            return "kills"
        return "journeys" if nodeid.startswith(JOURNEYS) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    return Lanes(config, log)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests with transactions of their own end by emptying every table, the audit log too."""
    with django_db_blocker.unblock(), scopes_disabled(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_no_truncate")
        # A copy of the template would send nothing.
        copies.resume(utc_now())
    connection.close()
    # Tests count the statements of pages; only those about copies want to know.
    notice.held.until = math.inf
    # Django says so when it has emptied the tables.
    post_migrate.connect(_as_at_first, sender=apps.get_app_config("gateway"))


def _as_at_first(**_options: Any) -> None:
    """The database may send, and no job waits: Django leaves tables alone that it did not make, as those of jobs."""
    copies.resume(utc_now())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_periodic_defers; DELETE FROM procrastinate_jobs")


@pytest.fixture(scope="session")
def rehearsed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Rehearsed:
    """The cast, made once."""
    with django_db_blocker.unblock():
        return rehearse()


@pytest.fixture
def cast(rehearsed: Rehearsed, db: None) -> Cast:
    """The companies, people and channels of `tests.cast`; each test gets its own."""
    return rehearsed.again()


@pytest.fixture
def client() -> Browser:
    """A browser in which nobody has signed in yet."""
    return Browser()


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """What is published from now on, instead of sending it."""
    found = Heard()
    monkeypatch.setattr(publish, "notify", found.notify)
    return found
