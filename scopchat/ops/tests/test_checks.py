"""Each house rule finds what it forbids, and nothing in sound code."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from scopchat.ops.checks.rules import breaches
from scopchat.ops.checks.sources import Source, sources
from scopchat.ops.installation import BASE_DIR

LONG_FUNCTION = "def f():\n" + "    x = 1\n" * 40
EXPLAINED_FUNCTION = 'def f():\n    """Says.\n' + "    More.\n" * 30 + '    """\n' + "    x = 1\n" * 39
LONG_TEXT = f'{{% translate "{"x" * 120}" %}}{{% blocktranslate %}}{"x" * 120}{{% endblocktranslate %}}'
SCOPE = "from django_scopes import scope\n"

BAD = [
    ("scopchat/web/a.py", "x = 1\n" * 301, "301 lines"),
    ("scopchat/web/static/a.css", "a {}\n" * 301, "301 lines"),
    ("scopchat/web/a.py", LONG_FUNCTION, "f has 41 lines"),
    ("scopchat/web/templates/a.html", "<p>" + "x" * 118, "121 characters"),
    ("scopchat/web/templates/a.html", f"<p>{LONG_TEXT}" + "x" * 118, "121 characters"),
    ("scopchat/web/a.py", SCOPE + "with scope(company=None):\n    pass\n", "needs company=…"),
    ("scopchat/web/a.py", SCOPE + "with scope():\n    pass\n", "needs company=…"),
    ("scopchat/web/a.py", SCOPE + "with scope(company_id=1):\n    pass\n", "needs company=…"),
    ("scopchat/web/a.py", "from django_scopes import scope as s\nwith s(company=None):\n    pass\n", "needs company=…"),
    ("scopchat/gateway/a.py", "with django_scopes.scope(company=None):\n    pass\n", "needs company=…"),
    ("tests/test_a.py", SCOPE + "with scope():\n    pass\n", "needs company=…"),
    ("scopchat/web/a.py", "User.objects.get()\n", "User.objects"),
    ("scopchat/web/a.py", "models.User.objects.get()\n", "User.objects"),
    ("scopchat/queues/models.py", "class Queue(models.Model):\n    pass\n", "Queue must be a TenantModel"),
    ("scopchat/interactions/services/a.py", "connection.cursor()\n", "cursor"),
    ("scopchat/queues/a.py", "Queue.objects.raw('SELECT')\n", "raw"),
    ("scopchat/web/a.py", "__all__ = ['x']\n", "__all__"),
    ("scopchat/web/a.py", "def (\n", "invalid syntax"),
]
GOOD = [
    ("scopchat/web/a.py", "x = 1\n" * 300),
    ("scopchat/web/a.py", EXPLAINED_FUNCTION),
    ("scopchat/web/templates/a.html", f"<p>{LONG_TEXT}" + "x" * 117),
    ("scopchat/ops/a.py", "User.objects.get()\n"),
    ("scopchat/web/tests/test_a.py", "User.objects.get()\n"),
    ("scopchat/web/a.py", SCOPE + "with scope(company=company):\n    pass\n"),
    ("scopchat/gateway/a.py", "def asgi(scope):\n    scope()\n"),
    ("scopchat/accounts/services.py", "User.objects.get()\n"),
    ("scopchat/web/a.py", "user.objects.get()\n"),
    ("scopchat/tenancy/models.py", "class Company(MP_Node):\n    pass\n"),
    ("scopchat/tenancy/scoping.py", "class T(models.Model):\n    class Meta:\n        abstract = True\n"),
    ("scopchat/queues/models.py", "class Queue(TenantModel):\n    pass\n"),
    ("scopchat/events/queries.py", "connection.cursor()\n"),
    ("scopchat/gateway/journal.py", "connection.cursor()\n"),
    ("bench/hooks.py", "connection.cursor()\n"),
]


def _found(path: str, text: str) -> list[str]:
    return [str(breach) for breach in breaches([Source(PurePosixPath(path), text)])]


@pytest.mark.parametrize(("path", "text", "complaint"), BAD)
def test_it_finds_what_a_rule_forbids(path: str, text: str, complaint: str) -> None:
    (found,) = _found(path, text)

    assert found.startswith(f"{path}:")
    assert complaint in found


@pytest.mark.parametrize(("path", "text"), GOOD)
def test_it_leaves_sound_code_alone(path: str, text: str) -> None:
    assert _found(path, text) == []


def test_it_reads_our_files_and_not_others() -> None:
    paths = {str(source.path) for source in sources(BASE_DIR)}

    assert "scopchat/ops/checks/rules.py" in paths
    assert "conftest.py" in paths
    assert not any("/migrations/" in path or "node_modules" in path for path in paths)
