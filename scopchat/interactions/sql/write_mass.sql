-- Texts of a mass send, claimed as they are written: by the run that sends them, in the same transaction.
WITH written AS (
    INSERT INTO interactions_message (
        company_id, channel_id, customer, purpose, mass_send_id, direction, text, segments, status, reason, error_code,
        error_detail, author_id, created_at, attempts)
    SELECT %(company)s, %(channel)s, customer, %(purpose)s, %(mass_send)s, 'out', text, segments, 'queued', '', '',
        '', %(author)s, %(now)s, 0
    FROM unnest(%(customers)b::text[], %(texts)b::text[], %(segments)b::int[])
         WITH ORDINALITY AS w (customer, text, segments, place)
    ORDER BY place
    RETURNING id, customer
), claimed AS (
    INSERT INTO interactions_outboxentry (message_id, channel_id, priority, attempts, claim, claimed_at)
    SELECT id, %(channel)s, %(priority)s, 1, %(claim)s, %(now)s FROM written
)
SELECT id, customer FROM written
