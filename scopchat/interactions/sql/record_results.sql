-- Writes what became of claimed texts, under the claim that took them. A receipt may have come first: a text that
-- stands higher keeps its rung and only learns its carrier id.
UPDATE interactions_message m
SET status = CASE
        WHEN r.status = 'sent' AND m.status IN ('sent', 'delivered', 'failed') THEN m.status
        ELSE r.status
    END,
    carrier_id = COALESCE(m.carrier_id, r.carrier_id),
    segments = COALESCE(r.segments, m.segments),
    sent_at = CASE WHEN r.status = 'sent' THEN COALESCE(m.sent_at, r.at) ELSE m.sent_at END,
    reason = r.reason,
    error_code = r.error_code,
    error_detail = r.error_detail,
    not_before = r.not_before
FROM unnest(
        %(ids)b::bigint[], %(statuses)b::text[], %(carrier_ids)b::text[], %(segments)b::int[], %(reasons)b::text[],
        %(codes)b::text[], %(details)b::text[], %(not_before)b::timestamptz[], %(at)b::timestamptz[]
     ) AS r (id, status, carrier_id, segments, reason, error_code, error_detail, not_before, at),
     interactions_interaction i
WHERE m.id = r.id
  AND i.id = m.interaction_id
  AND m.claim = %(claim)s
  AND (m.status IN ('sending', 'unknown') OR r.status = 'sent')
RETURNING m.carrier_id, i.id, i.company_id, i.channel_id, i.queue_id, i.assignee_id
