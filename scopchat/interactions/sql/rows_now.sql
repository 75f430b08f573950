-- Interactions as their rows show them, each asked for together with its company. Primary keys, contact_number_once, and
-- interaction_event_thread for who offered it: of an EXISTS the planner might read all events there are.
SELECT i.id, i.company_id, i.channel_id, i.queue_id, i.assignee_id, i.status, i.customer, i.unread, i.preview,
       i.preview_is_ours, i.waiting_since, i.last_activity_at, i.changed_at,
       CASE WHEN i.offered_at IS NULL THEN '' ELSE COALESCE((
           SELECT 'queue' FROM interactions_interactionevent e
           WHERE e.interaction_id = i.id AND e.happening = 'offered' AND e.created_at = i.offered_at LIMIT 1
       ), 'person') END,
       i.escalated_at IS NOT NULL, i.wake_at, k.name, k.search, k.labels, c.name, q.name, u.display_name,
       company.country, company.time_zone
FROM unnest(%s::bigint[], %s::bigint[]) AS asked (company_id, id)
JOIN interactions_interaction i ON i.id = asked.id AND i.company_id = asked.company_id
JOIN ({{ channel_names }}) c ON c.id = i.channel_id
JOIN ({{ companies }}) company ON company.id = i.company_id
LEFT JOIN ({{ contacts }}) k ON k.company_id = i.company_id AND k.number = i.customer
LEFT JOIN ({{ queue_names }}) q ON q.id = i.queue_id
LEFT JOIN ({{ people }}) u ON u.id = i.assignee_id
