-- Texts that an earlier run had claimed when it ended: whether they left is not known. Index: outbox_next, read through:
-- this is asked only after a run that did not end well.
WITH left_behind AS (
    UPDATE interactions_outboxentry o
    SET unknown_at = %(now)s
    WHERE o.channel_id = ANY(%(channels)s)
      AND o.unknown_at IS NULL
      AND o.claim IS NOT NULL AND o.claim <> %(claim)s
    RETURNING o.message_id
)
UPDATE interactions_message m
SET status = 'unknown'
FROM left_behind, interactions_interaction i
WHERE m.id = left_behind.message_id AND i.id = m.interaction_id
RETURNING i.id, i.company_id, i.channel_id, i.queue_id, i.assignee_id
