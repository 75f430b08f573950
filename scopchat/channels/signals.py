"""News of channels for the domains above, sent in the running transaction."""

from __future__ import annotations

from django.dispatch import Signal

channels_switched = Signal()
"""Sent with `company`, `channels` (ids) and `now` when a loan has stopped channels of the company or brought them back.

In the company's scope. Whoever listens ends what waits in the channels: what fails there undoes the switching.
"""
