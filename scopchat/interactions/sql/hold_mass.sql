-- Texts of a mass send that wait for another attempt: when they may go; where that is at once, the carrier's patience
-- begins anew. What the sender is claiming at this moment is left to it. Index: outbox_next.
WITH waiting AS (
    SELECT o.message_id
    FROM interactions_outboxentry o JOIN interactions_message m ON m.id = o.message_id
    WHERE o.channel_id = %(channel)s AND o.priority = %(priority)s AND o.unknown_at IS NULL AND o.claim IS NULL
      AND m.mass_send_id = %(mass_send)s
    FOR UPDATE OF o SKIP LOCKED
)
UPDATE interactions_outboxentry o
SET not_before = %(until)s, refused_since = CASE WHEN %(until)s::timestamptz IS NOT NULL THEN o.refused_since END
FROM waiting WHERE o.message_id = waiting.message_id
RETURNING o.message_id
