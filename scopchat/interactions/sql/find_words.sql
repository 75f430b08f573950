-- Texts among the latest that have all the words, the newest first, and of each conversation its newest only.
-- Indexes: the primary key backwards; message_words_thread.
SELECT w.message_id, w.interaction_id, m.text
FROM interactions_messagewords w JOIN interactions_message m ON m.id = w.message_id
WHERE w.company_id = %(company)s AND w.words @@ %(query)s::tsquery AND w.message_id < %(before)s
  AND w.message_id >= LEAST(%(before)s, (SELECT max(message_id) FROM interactions_messagewords)) - %(window)s
  AND NOT EXISTS (
      SELECT 1 FROM interactions_messagewords newer
      WHERE newer.interaction_id = w.interaction_id AND newer.message_id > w.message_id
        AND newer.words @@ %(query)s::tsquery
  )
ORDER BY w.message_id DESC
LIMIT %(most)s
