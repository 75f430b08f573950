-- How many open interactions each view of the inbox holds for each of some people, each counted up to a limit; and of
-- each queue that the person may look at. Ordered as their indexes are: the planner, which reckons with finding a few of
-- anything at once, would read the whole table for the last of them. Indexes interaction_open_of, interaction_open_in,
-- interaction_by_status, interaction_escalated, interaction_inbox and queue_name_once.
SELECT mine, free, everyone, paused, escalated, unread, offered, queues.ids, queues.names, queues.numbers
FROM unnest(%(companies)s::bigint[], %(people)s::bigint[], %(everything)s::boolean[], %(member)s::boolean[])
     WITH ORDINALITY AS who (company_id, person, everything, member, place)
CROSS JOIN LATERAL (
    WITH seen AS NOT MATERIALIZED (
        SELECT id, assignee_id, unread, status, offered_at, escalated_at, last_activity_at
        FROM interactions_interaction
        WHERE company_id = who.company_id AND NOT (status = 'closed')
          AND {{ seen_by_who }}
    )
    SELECT
        (SELECT count(*) FROM (
            SELECT FROM seen WHERE assignee_id = who.person ORDER BY last_activity_at DESC, id DESC LIMIT %(most)s) mine
        ) AS mine,
        (SELECT count(*) FROM (
            SELECT FROM seen WHERE assignee_id IS NULL
            ORDER BY assignee_id, last_activity_at DESC, id DESC LIMIT %(most)s) free
        ) AS free,
        (SELECT count(*) FROM (
            SELECT FROM seen ORDER BY last_activity_at DESC, id DESC LIMIT %(most)s) everyone
        ) AS everyone,
        (SELECT count(*) FROM (
            SELECT FROM seen WHERE status = 'paused' ORDER BY last_activity_at DESC LIMIT %(most)s) paused
        ) AS paused,
        (SELECT count(*) FROM (
            SELECT FROM seen WHERE escalated_at IS NOT NULL ORDER BY last_activity_at DESC, id DESC LIMIT %(most)s) escalated
        ) AS escalated,
        (SELECT count(*) FROM (
            SELECT FROM seen WHERE unread > 0 AND status = 'waiting' ORDER BY last_activity_at DESC LIMIT %(most)s) unread
        ) AS unread,
        (SELECT count(*) FROM (
            SELECT FROM seen WHERE assignee_id = who.person AND offered_at IS NOT NULL
            ORDER BY last_activity_at DESC, id DESC LIMIT %(most)s) offered
        ) AS offered
) counted
CROSS JOIN LATERAL (
    SELECT array_agg(q.id ORDER BY q.name, q.id) AS ids, array_agg(q.name ORDER BY q.name, q.id) AS names,
           array_agg(number ORDER BY q.name, q.id) AS numbers
    FROM ({{ queues }}) q
    CROSS JOIN LATERAL (
        SELECT count(*) AS number FROM (
            SELECT FROM interactions_interaction
            WHERE company_id = who.company_id AND queue_id = q.id AND NOT (status = 'closed')
              AND {{ seen_by_who }}
            ORDER BY last_activity_at DESC, id DESC LIMIT %(most)s
        ) one
    ) of_queue
    WHERE q.company_id = who.company_id
      AND (who.everything OR q.id IN (SELECT id FROM ({{ whose_queues }}) mine (id)))
) queues
ORDER BY place
