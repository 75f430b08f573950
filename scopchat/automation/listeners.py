"""What happens in conversations, as far as the product acts upon it by itself."""

from __future__ import annotations

from collections.abc import Sequence

from scopchat.automation.models import Occasion
from scopchat.automation.services import Wanted, ask_for_replies
from scopchat.channels.providers.base import Wish
from scopchat.common.signals import listens
from scopchat.interactions.signals import KeywordReceived, keywords_received

OCCASIONS = {Wish.LEAVE: Occasion.LEFT, Wish.RETURN: Occasion.RETURNED, Wish.HELP: Occasion.ASKED_FOR_HELP}


@listens(keywords_received)
def confirm(*, keywords: Sequence[KeywordReceived]) -> None:
    """Who leaves, comes back or asks for help is told so once, unless the carrier has done it."""
    ask_for_replies(
        wanted=[
            Wanted(
                company_id=one.company_id,
                message_id=one.message_id,
                interaction_id=one.interaction_id,
                occasion=OCCASIONS[one.keyword.wish],
                language=one.keyword.language,
                at=one.received_at,
            )
            for one in keywords
            if (one.changed or one.keyword.wish is Wish.HELP) and not one.answered_by_carrier
        ]
    )
