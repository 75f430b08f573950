-- By what the texts of some recipients differ, and how many of them are alike. Primary key; index contact_number_once.
SELECT COALESCE(c.name, ''), COALESCE(c.business, ''), count(*)
FROM masssends_recipient r
LEFT JOIN ({{ contacts }}) c ON c.company_id = r.company_id AND c.number = r.number
WHERE r.id BETWEEN %(first)s AND %(last)s AND r.mass_send_id = %(mass_send)s AND r.state = %(waiting)s
GROUP BY 1, 2
