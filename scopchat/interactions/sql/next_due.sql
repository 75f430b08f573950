-- When the next queued text of each channel may go, for channels that have one. Index: outbox_next.
SELECT channels.id, (
    SELECT min(COALESCE(o.not_before, %(now)s))
    FROM (
        SELECT o.not_before FROM interactions_outboxentry o
        WHERE o.channel_id = channels.id AND o.unknown_at IS NULL AND o.claim IS NULL
        ORDER BY o.priority, o.message_id
        LIMIT 50
    ) o
) AS due
FROM unnest(%(channels)b::bigint[]) AS channels (id)
