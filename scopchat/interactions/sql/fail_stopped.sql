-- Texts queued on channels that have stopped will never leave. What the sender is claiming at this moment is left to it:
-- it finds the channel stopped, and the next sweep finds the text. Index: outbox_next.
WITH queued AS (
    SELECT o.message_id FROM interactions_outboxentry o
    WHERE o.channel_id = ANY(%(channels)s) AND o.unknown_at IS NULL AND o.claim IS NULL
    FOR UPDATE SKIP LOCKED
), over AS (
    DELETE FROM interactions_outboxentry o USING queued
    WHERE o.message_id = queued.message_id
    RETURNING o.message_id, o.attempts, o.interaction_id
)
UPDATE interactions_message m
SET status = 'failed', reason = 'stopped', attempts = over.attempts
FROM over LEFT JOIN interactions_interaction i ON i.id = over.interaction_id
WHERE m.id = over.message_id AND m.status = 'queued'
RETURNING m.id, m.status, m.company_id, m.channel_id, i.id, i.queue_id, i.assignee_id
