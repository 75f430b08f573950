"""Whether every change of a model has its migration, found without a database.

Django's `makemigrations --check` waits for one, which a machine that only checks does not have.
"""

from __future__ import annotations

import sys

import django
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation


def missing() -> list[str]:
    """What `makemigrations` would write for our own apps, one line each."""
    loader = MigrationLoader(None)
    conflicts = [f"{app}: {len(names)} last migrations" for app, names in loader.detect_conflicts().items()]
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    changes = detector.changes(graph=loader.graph)
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("scopchat.")}
    written = [(app, migration) for app in sorted(ours & set(changes)) for migration in changes[app]]
    return conflicts + [f"{app}: {step.describe()}" for app, migration in written for step in migration.operations]


if __name__ == "__main__":
    django.setup()
    # Migrations hold the texts as they are in the code; they would all seem changed in another language.
    with translation.override(None):
        found = missing()
    print("\n".join(found))
    sys.exit(bool(found))
