"""All our own rules, over all our files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scopchat.ops.checks import manners, raw_sql, sizes, tenancy
from scopchat.ops.checks.sources import Breach, Rule, Source

RULES: tuple[Rule, ...] = (
    sizes.small_files,
    sizes.small_functions,
    sizes.short_lines,
    tenancy.scopes_name_a_company,
    tenancy.people_through_accounts,
    tenancy.models_belong_to_a_company,
    raw_sql.sql_in_its_place,
    raw_sql.tables_in_their_own_sql,
    manners.no_reexports,
)


def breaches(sources: Iterable[Source]) -> Iterator[Breach]:
    """Every breach of every rule; a file that does not parse is one itself."""
    for source in sources:
        try:
            yield from [breach for rule in RULES for breach in rule(source)]
        except SyntaxError as error:
            yield Breach(source.path, error.lineno or 1, error.msg)
