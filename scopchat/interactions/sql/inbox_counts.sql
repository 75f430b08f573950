-- How many open interactions each view of the inbox holds for one person, each counted up to a limit.
-- The same visibility as querysets.within_reach. Indexes interaction_inbox and interaction_mine.
WITH seen AS NOT MATERIALIZED (
    SELECT assignee_id, unread, status
    FROM interactions_interaction
    WHERE company_id = %(company)s AND NOT (status = 'closed')
      AND (%(everything)s
           OR assignee_id = %(person)s
           OR channel_id IN (SELECT channel_id FROM channels_channel_users WHERE user_id = %(person)s AND %(member)s)
           OR queue_id IN (SELECT queue_id FROM queues_queue_agents WHERE user_id = %(person)s AND %(member)s))
)
SELECT
    (SELECT count(*) FROM (SELECT FROM seen WHERE assignee_id = %(person)s LIMIT %(most)s) mine),
    (SELECT count(*) FROM (SELECT FROM seen WHERE assignee_id IS NULL LIMIT %(most)s) free),
    (SELECT count(*) FROM (SELECT FROM seen LIMIT %(most)s) everyone),
    (SELECT count(*) FROM (SELECT FROM seen WHERE unread > 0 AND status = 'waiting' LIMIT %(most)s) unread)
