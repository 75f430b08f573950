-- Texts of conversations that are not indexed yet, the oldest first. Primary keys.
SELECT m.id, m.company_id, m.interaction_id, m.text
FROM interactions_message m
WHERE m.id > %(through)s AND m.interaction_id IS NOT NULL AND m.text <> ''
  AND NOT EXISTS (SELECT 1 FROM interactions_messagewords w WHERE w.message_id = m.id)
ORDER BY m.id
LIMIT %(most)s
