"""What other domains' statements read of queues."""

from __future__ import annotations

QUEUES_OF = "SELECT queue_id FROM queues_queuemember WHERE user_id = {person}"
"""The queues of a person; `{person}` is an expression of the statement around it. Index on `user_id`."""
NAMES = "SELECT id, name FROM queues_queue"
"""By primary key."""
IN_USE = "SELECT id, company_id, name FROM queues_queue WHERE closed_at IS NULL"
"""By company (unique index `queue_name_once`)."""
