-- Takes queued texts of some channels: live ones before mass ones, in order, and per conversation one at a time, so that
-- two texts to one customer never overtake each other. Only one run claims on a shard. Indexes: outbox_next, outbox_turn, attachment_position_once.
WITH turn AS (
    SELECT o.message_id, o.interaction_id
    FROM unnest(%(channels)b::bigint[], %(limits)b::int[]) AS allowed (channel_id, most)
    CROSS JOIN LATERAL (
        SELECT o.message_id, o.interaction_id
        FROM interactions_outboxentry o
        WHERE o.channel_id = allowed.channel_id
          AND o.unknown_at IS NULL
          AND o.claim IS NULL
          AND (o.not_before IS NULL OR o.not_before <= %(now)s)
          AND NOT EXISTS (
              SELECT 1 FROM interactions_outboxentry earlier
              WHERE earlier.interaction_id = o.interaction_id
                AND earlier.message_id < o.message_id
                AND earlier.unknown_at IS NULL
          )
        ORDER BY o.priority, o.message_id
        LIMIT allowed.most
    ) o
    LIMIT %(most)s
)
UPDATE interactions_outboxentry o
SET claim = %(claim)s, claimed_at = %(now)s, attempts = o.attempts + 1
FROM turn LEFT JOIN interactions_interaction i ON i.id = turn.interaction_id, interactions_message m
WHERE o.message_id = turn.message_id AND o.claim IS NULL
  AND m.id = o.message_id AND m.status = 'queued'
RETURNING o.message_id, m.company_id, o.channel_id, o.attempts, COALESCE(i.customer, m.customer), m.text, m.segments, o.priority, o.refused_since,
    ARRAY(SELECT a.id FROM interactions_attachment a WHERE a.message_id = m.id ORDER BY a.position)
