-- As find_words among all texts, where few have the words: these are read by their own index, message_words.
WITH hits AS MATERIALIZED (
    SELECT w.message_id, w.interaction_id
    FROM interactions_messagewords w
    WHERE w.words @@ %(query)s::tsquery AND w.company_id = %(company)s
)
SELECT newest.message_id, newest.interaction_id, m.text
FROM (SELECT max(message_id) AS message_id, interaction_id FROM hits GROUP BY interaction_id) newest
JOIN interactions_message m ON m.id = newest.message_id
WHERE newest.message_id < %(before)s
ORDER BY newest.message_id DESC
LIMIT %(most)s
