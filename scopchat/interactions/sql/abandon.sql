-- Texts that an earlier run had claimed when it ended: whether they left is not known. Index: message_in_flight.
UPDATE interactions_message m
SET status = 'unknown'
WHERE m.channel_id = ANY(%(channels)s) AND m.status = 'sending' AND m.claim IS DISTINCT FROM %(claim)s
RETURNING m.interaction_id
