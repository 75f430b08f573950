-- Everything that is queued in a copy of the installation: the original may have claimed it after the copy was made,
-- under the number of the next attempt, and not before the moments that are known here. Index: outbox_next, read through.
WITH doubted AS (
    UPDATE interactions_outboxentry o
    SET unknown_at = %(now)s,
        claim = COALESCE(o.claim, gen_random_uuid()),
        attempts = o.attempts + (o.claim IS NULL)::int,
        claimed_at = CASE
            WHEN o.claim IS NULL THEN GREATEST(m.created_at, o.claimed_at, o.not_before) ELSE o.claimed_at
        END
    FROM interactions_message m
    WHERE o.unknown_at IS NULL AND m.id = o.message_id
    RETURNING o.message_id, o.interaction_id
)
UPDATE interactions_message m
SET status = 'unknown'
FROM doubted LEFT JOIN interactions_interaction i ON i.id = doubted.interaction_id
WHERE m.id = doubted.message_id
RETURNING m.id, m.status, m.company_id, m.channel_id, i.id, i.queue_id, i.assignee_id
