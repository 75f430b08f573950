-- Writes what became of claimed texts, under the claim that took them, and ends their way. Primary keys.
WITH over AS (
    DELETE FROM interactions_outboxentry o
    WHERE o.message_id = ANY(%(ids)b) AND o.claim = %(claim)s
    RETURNING o.message_id, o.attempts, o.interaction_id, o.unknown_at IS NOT NULL AS was_unknown
)
UPDATE interactions_message m
SET status = r.status,
    attempts = over.attempts,
    carrier_id = r.carrier_id,
    segments = COALESCE(r.segments, m.segments),
    sent_at = CASE r.status WHEN 'sent' THEN r.at END,
    reason = r.reason,
    error_code = r.error_code,
    error_detail = r.error_detail
FROM over
     LEFT JOIN interactions_interaction i ON i.id = over.interaction_id,
     unnest(
        %(ids)b::bigint[], %(statuses)b::text[], %(carrier_ids)b::text[], %(segments)b::int[], %(reasons)b::text[],
        %(codes)b::text[], %(details)b::text[], %(at)b::timestamptz[]
     ) AS r (id, status, carrier_id, segments, reason, error_code, error_detail, at)
WHERE m.id = over.message_id
  AND r.id = m.id
RETURNING m.id, m.status, m.company_id, m.channel_id, i.id, i.queue_id, i.assignee_id, over.was_unknown
