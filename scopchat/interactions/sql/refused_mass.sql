-- Channels on which a mass text waits that the carrier did not take for now: others would fare no better. Index: outbox_next.
SELECT channels.id
FROM unnest(%(channels)b::bigint[]) AS channels (id)
WHERE EXISTS (
    SELECT 1 FROM interactions_outboxentry o
    WHERE o.channel_id = channels.id AND o.priority = %(priority)s AND o.unknown_at IS NULL
      AND o.claim IS NULL AND o.refused_since IS NOT NULL AND o.not_before > %(now)s AND o.not_before < %(now)s + interval '1 day'
)
