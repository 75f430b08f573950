"""The whole talk with a customer, over all conversations with them: further parts of it, and words in it."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from scopchat.accounts.access import PersonRequest, requires
from scopchat.accounts.roles import Permission
from scopchat.common.ids import read_id
from scopchat.common.lexemes import query_of
from scopchat.interactions import pages, queries
from scopchat.interactions.models import Interaction, Message
from scopchat.interactions.thread import read_around, read_later, read_thread

MAX_FOUND = 500
"""Texts with the words that one can step through."""
MAX_WORDS = 100
"""Characters."""


def number_of(request: PersonRequest, name: str) -> int:
    """A number in the address; 0 where there is none."""
    return read_id(request.GET.get(name, "")) or 0


@requires(Permission.SEE_INTERACTIONS, pk=Interaction)
def earlier(request: PersonRequest, pk: int) -> HttpResponse:
    """Older messages of the thread, then those of the interactions before it with the same customer."""
    interaction = pages.visible(request, pk)
    before = number_of(request, "before")
    part = read_thread(interaction, may_act=False, before=before)
    previous = None if part.has_more else pages.earlier_than(request, interaction).first()
    context = {"interaction": interaction, "thread": part, "previous": previous, "heading": not before}
    return render(request, "interactions/earlier.html", context)


@requires(Permission.SEE_INTERACTIONS, pk=Interaction, message_pk=Message)
def later(request: PersonRequest, pk: int, message_pk: int) -> HttpResponse:
    """What follows a message of the talk, until what the open thread shows (`from`)."""
    interaction = pages.visible(request, pk)
    first = _episode_of(request, interaction, message_pk)
    for episode in pages.talk_of(request, interaction).filter(pk__gte=first.pk):
        is_open = episode.pk == interaction.pk
        part = read_later(
            episode, after=message_pk if episode == first else 0, until=number_of(request, "from") if is_open else 0
        )
        if part.first or is_open:
            break
    context = {
        "interaction": episode,
        "thread": part,
        "heading": episode != first,
        "goes_on": part.goes_on or not is_open,
        "open": interaction,
    }
    return render(request, "interactions/later.html", context)


@requires(Permission.SEE_INTERACTIONS, pk=Interaction, message_pk=Message)
def around(request: PersonRequest, pk: int, message_pk: int) -> HttpResponse:
    """A message of the talk among those before and after it, until what the open thread shows (`from`)."""
    interaction = pages.visible(request, pk)
    episode = _episode_of(request, interaction, message_pk)
    is_open = episode.pk == interaction.pk
    part = read_around(episode, message=message_pk, until=number_of(request, "from") if is_open else 0)
    if not part.first:
        raise Http404
    context = {
        "interaction": episode,
        "thread": part,
        "previous": None if part.has_more else pages.earlier_than(request, episode).first(),
        "heading": not part.has_more,
        "goes_on": part.goes_on or not is_open,
        "open": interaction,
    }
    return render(request, "interactions/around.html", context)


def _episode_of(request: PersonRequest, interaction: Interaction, message: int) -> Interaction:
    """The interaction of the talk in which the message is. Raises 404 where it is in none."""
    inside = Message.objects.filter(pk=message).values("interaction")
    found: Interaction = get_object_or_404(pages.talk_of(request, interaction), pk__in=inside)
    return found


@requires(Permission.SEE_INTERACTIONS, pk=Interaction)
def find(request: PersonRequest, pk: int) -> HttpResponse:
    """Ids of the texts of the talk that have all the words, the newest first."""
    interaction = pages.visible(request, pk)
    query = query_of(request.GET.get("q", "")[:MAX_WORDS], company_id=request.company.pk)
    talk = list(pages.talk_of(request, interaction).values_list("pk", flat=True))
    parameters = {"interactions": talk, "query": query, "most": MAX_FOUND}
    found = queries.rows("find_in_talk", parameters) if query else []
    return JsonResponse({"found": [message for (message,) in found]})
