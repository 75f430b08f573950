-- Writes the words of texts; one that is gone by now leaves none.
INSERT INTO interactions_messagewords (message_id, company_id, interaction_id, words)
SELECT m.id, m.company_id, m.interaction_id, made.words::tsvector
FROM unnest(%(ids)b::bigint[], %(words)b::text[]) AS made (id, words)
JOIN interactions_message m ON m.id = made.id
ON CONFLICT DO NOTHING
RETURNING message_id
