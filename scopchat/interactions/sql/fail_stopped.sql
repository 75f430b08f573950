-- Texts queued on channels that have stopped will never leave. What the sender is claiming at this moment is left to it:
-- it finds the channel stopped, and the next sweep finds the text. Index: message_outbox.
WITH queued AS (
    SELECT m.id FROM interactions_message m
    WHERE m.channel_id = ANY(%(channels)s) AND m.status = 'queued'
    FOR UPDATE SKIP LOCKED
)
UPDATE interactions_message m
SET status = 'failed', reason = 'stopped', not_before = NULL
FROM queued
WHERE m.id = queued.id
RETURNING m.interaction_id
