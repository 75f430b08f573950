"""The permission matrix, cell by cell, against the table of the specification."""

from __future__ import annotations

import pytest

from scopchat.accounts.models import User
from scopchat.accounts.roles import MATRIX, Permission, Reach, Role, reach

NONE, OWN, MEMBER, COMPANY, SUBTREE = Reach

ROLES = (Role.AGENT, Role.MANAGER, Role.USER, Role.COMPANY_ADMIN, Role.RESELLER_ADMIN, Role.SYSTEM_ADMIN)
TABLE = {
    # role:                           agent    manager  user     admin    reseller operator
    Permission.SEE_INTERACTIONS:     (MEMBER,  COMPANY, MEMBER,  COMPANY, SUBTREE, SUBTREE),
    Permission.ANSWER:               (OWN,     COMPANY, MEMBER,  COMPANY, SUBTREE, SUBTREE),
    Permission.START_CONVERSATION:   (NONE,    NONE,    MEMBER,  COMPANY, SUBTREE, SUBTREE),
    Permission.TAKE_OR_ASSIGN:       (NONE,    COMPANY, MEMBER,  COMPANY, SUBTREE, SUBTREE),
    Permission.USE_CONTACTS:         (COMPANY, COMPANY, COMPANY, COMPANY, SUBTREE, SUBTREE),
    Permission.EDIT_CONTACTS:        (NONE,    COMPANY, COMPANY, COMPANY, SUBTREE, SUBTREE),
    # A user sends to many only where it is granted to them; the role alone does not say so.
    Permission.MASS_SEND:            (NONE,    NONE,    NONE,    COMPANY, SUBTREE, SUBTREE),
    Permission.MANAGE_PEOPLE:        (NONE,    NONE,    NONE,    COMPANY, SUBTREE, SUBTREE),
    Permission.MANAGE_CHANNELS:      (NONE,    NONE,    NONE,    COMPANY, SUBTREE, SUBTREE),
    Permission.EDIT_CANNED_REPLIES:  (NONE,    COMPANY, NONE,    COMPANY, SUBTREE, SUBTREE),
    Permission.SEE_PRESENCE:         (NONE,    COMPANY, COMPANY, COMPANY, SUBTREE, SUBTREE),
    Permission.USE_SIMULATOR:        (NONE,    NONE,    NONE,    COMPANY, SUBTREE, SUBTREE),
    Permission.SEE_AUDIT:            (NONE,    NONE,    NONE,    COMPANY, SUBTREE, SUBTREE),
    Permission.SEE_COMPANY:          (NONE,    NONE,    NONE,    COMPANY, SUBTREE, SUBTREE),
    Permission.MANAGE_COMPANIES:     (NONE,    NONE,    NONE,    NONE,    SUBTREE, SUBTREE),
}  # fmt: skip
CELLS = [
    pytest.param(role, permission, expected, id=f"{role.value}-{permission.name.lower()}")
    for permission, row in TABLE.items()
    for role, expected in zip(ROLES, row, strict=True)
]


@pytest.mark.parametrize(("role", "permission", "expected"), CELLS)
def test_each_role_reaches_as_far_as_the_table_says(role: Role, permission: Permission, expected: Reach) -> None:
    assert reach(role, permission) is expected
    assert User(role=role).may(permission) is (expected > Reach.NONE)


def test_the_table_has_every_cell() -> None:
    assert set(TABLE) == set(Permission)
    assert set(ROLES) == set(Role) == set(MATRIX)


def test_a_role_nobody_knows_is_an_error_and_not_a_permission() -> None:
    with pytest.raises(ValueError, match="janitor"):
        reach("janitor", Permission.SEE_INTERACTIONS)
