"""Takes more memory than a photo may, as a program."""

from __future__ import annotations

import resource

from scopchat.common.photo_process import MAX_MEMORY_BYTES

resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
bytearray(MAX_MEMORY_BYTES)
