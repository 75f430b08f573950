-- Texts of mass sends that are due for another attempt, and whether their number has left the channel's mass sends since.
-- Indexes: outbox_next, optout_once.
SELECT o.message_id, m.mass_send_id, m.customer, gone.number IS NOT NULL
FROM interactions_outboxentry o
JOIN interactions_message m ON m.id = o.message_id
LEFT JOIN ({{ opted_out }}) gone ON gone.channel_id = o.channel_id AND gone.number = m.customer
WHERE o.channel_id = ANY(%(channels)b::bigint[]) AND o.priority = %(priority)s AND o.unknown_at IS NULL
  AND o.claim IS NULL AND (o.not_before IS NULL OR o.not_before <= %(now)s) AND m.mass_send_id IS NOT NULL
