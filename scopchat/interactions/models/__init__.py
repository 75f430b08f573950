"""Conversations with customers: interactions, their messages, and what happened to them."""

from __future__ import annotations

from scopchat.interactions.models.attachments import Attachment as Attachment
from scopchat.interactions.models.attachments import AttachmentState as AttachmentState
from scopchat.interactions.models.attachments import Upload as Upload
from scopchat.interactions.models.drafts import Draft as Draft
from scopchat.interactions.models.interactions import Interaction as Interaction
from scopchat.interactions.models.interactions import InteractionEvent as InteractionEvent
from scopchat.interactions.models.messages import Direction as Direction
from scopchat.interactions.models.messages import Message as Message
from scopchat.interactions.models.messages import OutboxEntry as OutboxEntry
from scopchat.interactions.models.messages import Priority as Priority
from scopchat.interactions.models.messages import Purpose as Purpose
from scopchat.interactions.models.search import MessageWords as MessageWords
from scopchat.interactions.models.search import SearchProgress as SearchProgress
