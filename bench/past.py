"""A company with years behind it: 200,000 interactions and 2,000,000 messages, written in a few statements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scopchat.accounts.models import User
    from scopchat.tenancy.models import Company

INTERACTIONS, OPEN, EACH = 200_000, 2_000, 10
QUEUES, CHANNELS, AGENTS = 5, 20, 20
CUSTOMERS, QUIET = 60_000, 40

INTERACTIONS_SQL = """
INSERT INTO interactions_interaction (
    company_id, channel_id, customer, status, assignee_id, queue_id, unread, preview, preview_is_ours,
    waiting_since, last_activity_at, changed_at, opened_at, closed_at)
SELECT %(company)s, c.channel_id, '+1514' || lpad((n * 7919 %% %(customers)s)::text, 7, '2'), s.status,
       CASE WHEN s.status = 'closed' OR n %% 10 < 6 THEN (%(agents)s::bigint[])[n / 7 %% %(agent_count)s + 1] END,
       c.queue_id, CASE s.status WHEN 'waiting' THEN 1 + n %% 3 ELSE 0 END, 'Bonjour, message ' || n,
       s.status <> 'waiting', CASE s.status WHEN 'waiting' THEN at END, at, at, at - interval '40 minutes',
       CASE s.status WHEN 'closed' THEN at END
FROM generate_series(1, %(interactions)s) n
JOIN unnest(%(channels)s::bigint[], %(queues)s::bigint[]) WITH ORDINALITY AS c (channel_id, queue_id, place)
     ON c.place = n / 3 %% %(channel_count)s + 1
CROSS JOIN LATERAL (
    -- Three years; what is not closed lies mostly in the last days, a little of it long forgotten.
    SELECT now() - (%(interactions)s - n) * interval '473 seconds' AS at,
           CASE WHEN n <= %(interactions)s - %(open)s * 10 / 9 AND n %% 900 <> 0 OR n %% 10 = 0 AND n %% 900 <> 0
                THEN 'closed' ELSE (ARRAY['waiting', 'waiting', 'open', 'open', 'paused'])[n %% 5 + 1] END AS status
) s
ORDER BY n
ON CONFLICT DO NOTHING
"""
QUIET_SQL = """
UPDATE interactions_interaction SET channel_id = %s, queue_id = NULL, assignee_id = NULL
WHERE id %% (SELECT count(*) / %s FROM interactions_interaction) = 1
"""
MESSAGES_SQL = """
INSERT INTO interactions_message (
    company_id, channel_id, interaction_id, direction, text, segments, status, reason, error_code, error_detail,
    carrier_id, author_id, created_at, sent_at, delivered_at, attempts)
SELECT i.company_id, i.channel_id, i.id, d.direction,
       'Message ' || k || ' de la conversation ' || i.id || ', merci de votre patience.', 1,
       CASE d.direction WHEN 'in' THEN 'received' ELSE 'delivered' END, '', '', '', 'SM' || i.id || '-' || k,
       CASE d.direction WHEN 'out' THEN i.assignee_id END, at, at, at, 1
FROM interactions_interaction i
CROSS JOIN generate_series(1, %(each)s) k
CROSS JOIN LATERAL (SELECT CASE WHEN k %% 2 = 1 THEN 'in' ELSE 'out' END AS direction,
                           i.opened_at + k * interval '4 minutes' AS at) d
ORDER BY at
"""

WORDS_SQL = """
INSERT INTO interactions_messagewords (message_id, company_id, interaction_id, words)
SELECT m.id, m.company_id, m.interaction_id,
       array_to_tsvector(array['#' || m.company_id] || regexp_split_to_array(lower(rtrim(m.text, '.')), '[ ,]+'))
FROM interactions_message m
"""
"""What `common.lexemes` makes of these texts; a sample of it is compared."""

EVENTS_SQL = """
INSERT INTO interactions_interactionevent (company_id, interaction_id, happening, person_id, created_at)
SELECT company_id, id, 'closed', assignee_id, closed_at FROM interactions_interaction WHERE closed_at IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Past:
    """The company, and who looks at it."""

    company: Company
    admin: User
    agent: User
    """In two of the queues."""
    newcomer: User
    """Sees one channel, on which little was ever said."""
    queue_id: int


def make() -> Past:
    """Fills the empty database of this run; planner statistics are fresh afterwards."""
    from django_scopes import scope

    from scopchat.accounts.roles import Role
    from scopchat.channels.models import Destination
    from scopchat.channels.services import create_channel, create_provider
    from scopchat.queues.services import create_queue
    from scopchat.tenancy.kinds import Kind
    from scopchat.tenancy.services import create_company

    operator = create_company(parent=None, kind=Kind.OPERATOR, name="Bench")
    company = create_company(parent=operator, kind=Kind.CLIENT, name="Clinique")
    admin = person(company, "admin", Role.COMPANY_ADMIN)
    agents = [person(company, f"agent{n}", Role.AGENT) for n in range(AGENTS)]
    with scope(company=company):
        provider = create_provider(company=company, kind="simulator", name="Bench", credentials={"secret": "bench"})
        teams = [{agents[n % AGENTS] for n in range(place, place + 2 * AGENTS, QUEUES)} for place in range(QUEUES)]
        teams[1].add(agents[0])
        queues = [create_queue(company=company, name=f"File {n}", agents=team) for n, team in enumerate(teams)]
        channels = [
            create_channel(
                company=company, provider=provider, name=f"Canal {n}", address=f"+1438{5550000 + n:07d}",
                destination=Destination.QUEUE, queue=queues[n % QUEUES],
            )
            for n in range(CHANNELS)
        ]  # fmt: skip
        newcomer = person(company, "newcomer", Role.USER)
        quiet = create_channel(
            company=company, provider=provider, name="Discret", address="+14385559999",
            destination=Destination.USERS, users=[newcomer],
        )  # fmt: skip
    _fill(company.pk, [one.pk for one in agents], [(one.pk, one.queue_id) for one in channels], quiet.pk)
    return Past(company, admin, agents[0], newcomer, queues[0].pk)


def person(company: Company, username: str, role: str) -> User:
    """Somebody who signs in by a session only: hashing hundreds of passwords measures nothing."""
    from scopchat.accounts.models import User

    return User.objects.create(
        company=company, username=username, email=f"{username}@exemple.test", display_name=username.title(),
        role=role, password="!",
    )  # fmt: skip


def _fill(company_id: int, agents: list[int], channels: list[tuple[int, int | None]], quiet: int) -> None:
    from django.db import connection

    parameters = {
        "company": company_id, "customers": CUSTOMERS, "interactions": INTERACTIONS, "open": OPEN, "each": EACH,
        "agents": agents, "agent_count": len(agents), "channel_count": len(channels),
        "channels": [pk for pk, _queue in channels], "queues": [queue for _pk, queue in channels],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(INTERACTIONS_SQL, parameters)
        cursor.execute(QUIET_SQL, [quiet, QUIET])
        cursor.execute(MESSAGES_SQL, parameters)
        cursor.execute(EVENTS_SQL)
        cursor.execute("DROP INDEX message_words")
        cursor.execute(WORDS_SQL)
        cursor.execute("CREATE INDEX message_words ON interactions_messagewords USING gin (words)")
        # What a live table has from autovacuum.
        cursor.execute("VACUUM ANALYZE interactions_interaction")
        cursor.execute("VACUUM ANALYZE interactions_message")
        cursor.execute("VACUUM ANALYZE interactions_interactionevent")
        cursor.execute("VACUUM ANALYZE interactions_messagewords")
        _compare(cursor)


def _compare(cursor: Any) -> None:
    """What was written for the search is what the program would have written."""
    from scopchat.common.lexemes import vector_of

    cursor.execute(
        "SELECT m.company_id, m.text, w.words::text FROM interactions_messagewords w"
        " JOIN interactions_message m ON m.id = w.message_id ORDER BY m.id LIMIT 100"
    )
    for company, text, words in cursor.fetchall():
        cursor.execute("SELECT %s::tsvector::text", [vector_of(text, company_id=company)])
        assert cursor.fetchone()[0] == words, text
