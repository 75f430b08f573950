-- Claimed texts that are to be tried again, or of which it is not known whether they left. Primary keys.
WITH still AS (
    UPDATE interactions_outboxentry o
    SET claim = CASE r.status WHEN 'unknown' THEN o.claim END,
        unknown_at = CASE r.status WHEN 'unknown' THEN r.at END,
        not_before = r.not_before,
        refused_since = CASE WHEN r.reason = '' THEN o.refused_since ELSE COALESCE(o.refused_since, r.at) END
    FROM unnest(%(ids)b::bigint[], %(statuses)b::text[], %(reasons)b::text[], %(codes)b::text[],
                %(details)b::text[], %(not_before)b::timestamptz[], %(at)b::timestamptz[])
         AS r (id, status, reason, error_code, error_detail, not_before, at)
    JOIN interactions_outboxentry before ON before.message_id = r.id
    WHERE o.message_id = r.id AND o.claim = %(claim)s
    RETURNING o.message_id, o.interaction_id, r.status, r.reason, r.error_code, r.error_detail,
        before.unknown_at IS NOT NULL AS was_unknown
)
UPDATE interactions_message m
SET status = still.status, reason = still.reason, error_code = still.error_code, error_detail = still.error_detail
FROM still LEFT JOIN interactions_interaction i ON i.id = still.interaction_id
WHERE m.id = still.message_id
RETURNING m.id, m.status, m.company_id, m.channel_id, i.id, i.queue_id, i.assignee_id, still.was_unknown
