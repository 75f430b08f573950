-- Texts that have all the words, the newest first, and of each conversation its newest only.
-- Indexes: message_words, or backwards the primary key where the words are common; message_words_thread.
SELECT w.message_id, w.interaction_id, m.text
FROM interactions_messagewords w JOIN interactions_message m ON m.id = w.message_id
WHERE w.company_id = %(company)s AND w.words @@ %(query)s::tsquery AND w.message_id < %(before)s
  AND NOT EXISTS (
      SELECT 1 FROM interactions_messagewords newer
      WHERE newer.interaction_id = w.interaction_id AND newer.message_id > w.message_id
        AND newer.words @@ %(query)s::tsquery
  )
ORDER BY w.message_id DESC
LIMIT %(most)s
