-- Whom a mass send goes to: each number of its audience once, but for those on the lists to be left out. In the order of
-- the numbers, in which the unique index is written fastest. Indexes: list_member_once, of labels, contact_number_once,
-- optout_once, recipient_once. A list that was deleted chooses nobody; one to be left out still keeps out who is on it.
WITH audience AS (
    SELECT l.number FROM ({{ on_lists }}) l
    WHERE l.company_id = %(company)s AND l.list_id = ANY(%(lists)b::bigint[]) AND l.is_kept
    UNION ALL
    SELECT l.number FROM ({{ labelled }}) l WHERE l.company_id = %(company)s AND l.label_id = ANY(%(labels)b::bigint[])
    UNION ALL
    SELECT c.number FROM ({{ contacts }}) c WHERE %(everybody)s AND c.company_id = %(company)s
    UNION ALL
    SELECT unnest(%(numbers)b::text[])
), chosen AS MATERIALIZED (
    SELECT number, count(*) AS times FROM audience GROUP BY number
), entered AS (
    INSERT INTO masssends_recipient (company_id, mass_send_id, number, state)
    SELECT %(company)s, %(mass_send)s, c.number, CASE WHEN o.number IS NULL THEN %(waiting)s ELSE %(opted_out)s END
    FROM chosen c
    LEFT JOIN ({{ opted_out }}) o ON o.channel_id = %(channel)s AND o.number = c.number
    WHERE NOT EXISTS (
        SELECT FROM ({{ on_lists }}) l
        WHERE l.company_id = %(company)s AND l.list_id = ANY(%(without)b::bigint[]) AND l.number = c.number
    )
    ORDER BY c.number
    RETURNING id, state
)
SELECT (SELECT COALESCE(sum(times), 0) FROM chosen)::int, (SELECT count(*) FROM chosen), count(*),
       count(*) FILTER (WHERE state = %(opted_out)s), COALESCE(min(id), 0), COALESCE(max(id), -1)
FROM entered
