-- A page's worth of the latest interactions of each channel and queue of a person, and of their own: the latest of all
-- they may see are among them. The rule of `visibility`, for those who do not see everything.
-- Indexes: interaction_of_assignee, interaction_channel, interaction_of_queue, interaction_number_begins, interaction_number_ends.
WITH latest AS (
    (SELECT i.id
     FROM interactions_interaction i
     WHERE i.assignee_id = %(person)s AND i.company_id = %(company)s
       AND (%(status)s = '' OR i.status = %(status)s)
       AND (%(any)s OR reverse(i.customer) LIKE %(ends)s OR i.customer LIKE %(plain)s
            OR i.customer LIKE %(international)s OR i.customer LIKE %(national)s)
       AND i.last_activity_at <= %(at)s AND (i.last_activity_at < %(at)s OR i.id < %(before)s)
     ORDER BY i.last_activity_at DESC, i.id DESC LIMIT %(most)s)
    UNION ALL
    SELECT i.id
    FROM ({{ own_channels }}) mine
    CROSS JOIN LATERAL (
        SELECT i.id
        FROM interactions_interaction i
        WHERE i.channel_id = mine.channel_id AND i.company_id = %(company)s
          AND (%(status)s = '' OR i.status = %(status)s)
          AND (%(any)s OR reverse(i.customer) LIKE %(ends)s OR i.customer LIKE %(plain)s
               OR i.customer LIKE %(international)s OR i.customer LIKE %(national)s)
          AND i.last_activity_at <= %(at)s AND (i.last_activity_at < %(at)s OR i.id < %(before)s)
        ORDER BY i.last_activity_at DESC, i.id DESC LIMIT %(most)s
    ) i
    WHERE %(member)s
    UNION ALL
    SELECT i.id
    FROM ({{ own_queues }}) mine
    CROSS JOIN LATERAL (
        SELECT i.id
        FROM interactions_interaction i
        WHERE i.queue_id = mine.queue_id AND i.company_id = %(company)s
          AND (%(status)s = '' OR i.status = %(status)s)
          AND (%(any)s OR reverse(i.customer) LIKE %(ends)s OR i.customer LIKE %(plain)s
               OR i.customer LIKE %(international)s OR i.customer LIKE %(national)s)
          AND i.last_activity_at <= %(at)s AND (i.last_activity_at < %(at)s OR i.id < %(before)s)
        ORDER BY i.last_activity_at DESC, i.id DESC LIMIT %(most)s
    ) i
    WHERE %(member)s
)
SELECT id FROM latest
