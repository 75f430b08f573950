"""What tests of services look at besides rows: live events and the drains asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from scopchat.channels.drains import Work
from scopchat.events.catalogue import Event
from scopchat.events.wire import decode


@dataclass
class News:
    """What went out, in order."""

    events: list[Event] = field(default_factory=list)
    drains: list[tuple[Work, int]] = field(default_factory=list)


Committing = Callable[[], AbstractContextManager[News]]


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> News:
    """Collects what goes out, in place of PostgreSQL's NOTIFY and the job queue."""
    found = News()
    monkeypatch.setattr("scopchat.events.publish.notify", lambda payloads: found.events.extend(map(decode, payloads)))
    monkeypatch.setattr(
        "scopchat.interactions.services.outbox.defer_drain", lambda work, shard: found.drains.append((work, shard))
    )
    return found


@pytest.fixture
def committing(news: News, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Committing:
    """`with committing() as news:` hears what goes out in the block, and runs what waits for the commit at its end."""

    @contextmanager
    def block() -> Iterator[News]:
        news.events.clear()
        news.drains.clear()
        with django_capture_on_commit_callbacks(execute=True):
            yield news

    return block
