"""Takes more memory than a photo may, as a program."""

from __future__ import annotations

import resource

from scopchat.common.photo_process import MOST_BYTES

resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
bytearray(MOST_BYTES)
