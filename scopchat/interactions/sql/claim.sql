-- Takes queued texts of some channels: live ones before mass ones, in order, and per conversation one at a time, so that
-- two texts to one customer never overtake each other. Indexes: message_outbox, message_turn.
WITH turn AS (
    SELECT m.id
    FROM unnest(%(channels)b::bigint[], %(limits)b::int[]) AS allowed (channel_id, most)
    CROSS JOIN LATERAL (
        SELECT m.id
        FROM interactions_message m
        WHERE m.channel_id = allowed.channel_id
          AND m.status = 'queued'
          AND (m.not_before IS NULL OR m.not_before <= %(now)s)
          AND NOT EXISTS (
              SELECT 1 FROM interactions_message earlier
              WHERE earlier.interaction_id = m.interaction_id
                AND earlier.id < m.id
                AND earlier.status IN ('queued', 'sending')
          )
        ORDER BY m.priority, m.id
        LIMIT allowed.most
        FOR UPDATE OF m SKIP LOCKED
    ) m
    LIMIT %(most)s
)
UPDATE interactions_message m
SET status = 'sending', claim = %(claim)s, claimed_at = %(now)s, attempts = m.attempts + 1
FROM turn, interactions_interaction i
WHERE m.id = turn.id AND i.id = m.interaction_id
RETURNING m.id, m.channel_id, m.attempts, i.customer, m.text, m.segments
