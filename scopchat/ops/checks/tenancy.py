"""No company sees another's data: scopes name a company, and only accounts reads people without one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scopchat.ops.checks.sources import Breach, Source

UNSCOPED_MODELS = {
    *("Company", "User", "InboundEvent", "PendingEvent", "ShardLease", "Installation", "OutboxEntry", "Entry"),
    *("Attempts", "Failures", "SearchProgress"),
}
"""The tree itself, people (unique over the installation), what carriers said before it is known to whom, what the
sender keeps of each text (the text is a `Message`), the audit log, which is read by branches of the tree, and what is
counted of strangers before they are anybody's people, and how far the texts of all companies are indexed."""


def scopes_name_a_company(source: Source) -> Iterator[Breach]:
    """django-scopes takes `scope(company=None)` for every company, and `scope()` changes nothing: tests included."""
    if not source.is_python:
        return
    tree = source.tree()
    names = _names_of_scope(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) not in names:
            continue
        companies = [ast.unparse(keyword.value) for keyword in node.keywords if keyword.arg == "company"]
        if companies in ([], ["None"]):
            yield Breach(source.path, node.lineno, "scope(…) needs company=…; None would show every company")


def people_through_accounts(source: Source) -> Iterator[Breach]:
    """`User` has no scope, so that only `accounts` (and operations) may query it freely."""
    if not source.is_python or source.is_test or source.is_operation or source.domain == "accounts":
        return
    for node in ast.walk(source.tree()):
        if not isinstance(node, ast.Attribute) or node.attr not in {"objects", "_default_manager"}:
            continue
        if _name(node.value) == "User":
            yield Breach(source.path, node.lineno, "User.objects is for accounts/ only; ask its services")


def models_belong_to_a_company(source: Source) -> Iterator[Breach]:
    """Every model is a `TenantModel` but the few that are listed here with a reason."""
    if not source.is_python or source.is_test:
        return
    for node in ast.walk(source.tree()):
        if not isinstance(node, ast.ClassDef) or node.name in UNSCOPED_MODELS or _is_abstract(node):
            continue
        if any(ast.unparse(base) in {"models.Model", "Model", "MP_Node"} for base in node.bases):
            text = f"{node.name} must be a TenantModel (or be listed in checks/tenancy.py with its reason)"
            yield Breach(source.path, node.lineno, text)


def _names_of_scope(tree: ast.Module) -> set[str]:
    """What the file calls django-scopes' `scope`; ASGI functions have an argument of that name."""
    imported = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "django_scopes")
    aliases = {alias.asname or alias.name for node in imported for alias in node.names if alias.name == "scope"}
    return {"django_scopes.scope", *aliases}


def _name(node: ast.AST) -> str:
    """The last part of a name or attribute."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _is_abstract(node: ast.ClassDef) -> bool:
    metas = [inner for inner in node.body if isinstance(inner, ast.ClassDef) and inner.name == "Meta"]
    return any("abstract = True" in ast.unparse(meta) for meta in metas)
