-- Those who have their turn: first of those that were put off, then on from where the send has come to. Indexes:
-- recipient_put_off, primary key, contact_number_once, optout_once.
SELECT r.id, r.number, r.state, COALESCE(c.name, ''), COALESCE(c.business, ''), o.number IS NOT NULL
FROM (
    (SELECT 0 AS turn, * FROM masssends_recipient
     WHERE mass_send_id = %(mass_send)s AND state = %(put_off)s AND not_before <= %(now)s
     ORDER BY not_before LIMIT %(most)s)
    UNION ALL
    (SELECT 1 AS turn, * FROM masssends_recipient
     WHERE id > %(position)s AND id <= %(last)s AND mass_send_id = %(mass_send)s AND state = %(waiting)s
     ORDER BY id LIMIT %(most)s)
) r
LEFT JOIN ({{ contacts }}) c ON c.company_id = r.company_id AND c.number = r.number
LEFT JOIN ({{ opted_out }}) o ON o.channel_id = %(channel)s AND o.number = r.number
ORDER BY r.turn, r.id
LIMIT %(most)s
