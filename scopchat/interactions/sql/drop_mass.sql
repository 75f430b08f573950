-- Texts of a mass send that wait for another attempt and shall not have it. What the sender is claiming at this moment is
-- left to it. Index: outbox_next.
WITH waiting AS (
    SELECT o.message_id
    FROM interactions_outboxentry o JOIN interactions_message m ON m.id = o.message_id
    WHERE o.channel_id = %(channel)s AND o.priority = %(priority)s AND o.unknown_at IS NULL AND o.claim IS NULL
      AND m.mass_send_id = %(mass_send)s
    FOR UPDATE OF o SKIP LOCKED
), over AS (
    DELETE FROM interactions_outboxentry o USING waiting
    WHERE o.message_id = waiting.message_id
    RETURNING o.message_id, o.attempts
)
UPDATE interactions_message m
SET status = 'failed', reason = 'cancelled', attempts = over.attempts
FROM over
WHERE m.id = over.message_id
RETURNING m.id, m.status, m.company_id, m.channel_id, NULL, NULL, NULL
