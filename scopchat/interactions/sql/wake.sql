-- Paused interactions whose time has come wait again, and their threads say so. Index interaction_to_wake.
WITH due AS (
    SELECT id FROM interactions_interaction
    WHERE wake_at <= %(now)s AND status = 'paused'
    ORDER BY wake_at
    LIMIT 500
    FOR UPDATE SKIP LOCKED
), woken AS (
    UPDATE interactions_interaction i SET
        status = 'waiting', waiting_since = %(now)s, wake_at = NULL, last_activity_at = %(now)s, changed_at = %(now)s
    FROM due WHERE i.id = due.id
    RETURNING i.id, i.company_id, i.channel_id, i.queue_id, i.assignee_id
), told AS (
    INSERT INTO interactions_interactionevent (company_id, interaction_id, happening, created_at)
    SELECT company_id, id, 'woken', %(now)s FROM woken
)
SELECT id, company_id, channel_id, queue_id, assignee_id FROM woken
