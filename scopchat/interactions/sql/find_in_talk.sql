-- Texts of these conversations that have all the words, the newest first. Indexes message_words_thread and message_words.
SELECT w.message_id
FROM interactions_messagewords w
WHERE w.interaction_id = ANY(%(interactions)s) AND w.words @@ %(query)s::tsquery
ORDER BY w.interaction_id DESC, w.message_id DESC
LIMIT %(most)s
