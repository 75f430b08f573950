"""Pages as a browser shows them: the layout of the templates does not count."""

from __future__ import annotations

import re


def flat(html: bytes) -> str:
    """Each run of spaces and ends of lines as one space, and none before the end of a tag."""
    return re.sub(r" ?>", ">", re.sub(r"[ \n]+", " ", html.decode()))
