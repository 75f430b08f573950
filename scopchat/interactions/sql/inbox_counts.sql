-- How many open interactions each view of the inbox holds for each of some people, each counted up to a limit.
-- Indexes interaction_inbox and interaction_of_assignee.
SELECT mine, free, everyone, unread, offered
FROM unnest(%(companies)s::bigint[], %(people)s::bigint[], %(everything)s::boolean[], %(member)s::boolean[])
     WITH ORDINALITY AS who (company_id, person, everything, member, place)
CROSS JOIN LATERAL (
    WITH seen AS NOT MATERIALIZED (
        SELECT assignee_id, unread, status, offered_at
        FROM interactions_interaction
        WHERE company_id = who.company_id AND NOT (status = 'closed')
          AND {{ seen_by_who }}
    )
    SELECT
        (SELECT count(*) FROM (SELECT FROM seen WHERE assignee_id = who.person LIMIT %(most)s) mine) AS mine,
        (SELECT count(*) FROM (SELECT FROM seen WHERE assignee_id IS NULL LIMIT %(most)s) free) AS free,
        (SELECT count(*) FROM (SELECT FROM seen LIMIT %(most)s) everyone) AS everyone,
        (SELECT count(*) FROM (SELECT FROM seen WHERE unread > 0 AND status = 'waiting' LIMIT %(most)s) unread)
            AS unread,
        (SELECT count(*) FROM (
            SELECT FROM seen WHERE assignee_id = who.person AND offered_at IS NOT NULL LIMIT %(most)s) offered
        ) AS offered
) counted
ORDER BY place
