-- Those of these conversations in which a text has all the words. Index message_words_thread.
SELECT DISTINCT w.interaction_id
FROM interactions_messagewords w
WHERE w.interaction_id = ANY(%(ids)s) AND w.company_id = %(company)s AND w.words @@ %(query)s::tsquery
