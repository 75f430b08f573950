-- Texts that an earlier run had claimed when it ended: whether they left is not known. Index: outbox_next, read through:
-- this is asked only after a run that did not end well.
WITH left_behind AS (
    UPDATE interactions_outboxentry o
    SET unknown_at = %(now)s
    WHERE o.channel_id = ANY(%(channels)s)
      AND o.unknown_at IS NULL
      AND o.claim IS NOT NULL AND o.claim <> %(claim)s
    RETURNING o.message_id, o.interaction_id
)
UPDATE interactions_message m
SET status = 'unknown'
FROM left_behind LEFT JOIN interactions_interaction i ON i.id = left_behind.interaction_id
WHERE m.id = left_behind.message_id
RETURNING m.id, m.status, m.company_id, m.channel_id, i.id, i.queue_id, i.assignee_id
