-- When the next queued text of each channel may go, for channels that have one. Index: message_outbox.
SELECT channels.id, (
    SELECT min(COALESCE(m.not_before, %(now)s))
    FROM (
        SELECT m.not_before FROM interactions_message m
        WHERE m.channel_id = channels.id AND m.status = 'queued'
        ORDER BY m.priority, m.id
        LIMIT 50
    ) m
) AS due
FROM unnest(%(channels)b::bigint[]) AS channels (id)
