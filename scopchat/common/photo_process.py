"""Photos checked in a process of their own: a picture that eats memory, or never ends, ends that process alone.

Run as a program it reads one picture from its input and writes what became of it to its output.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys

from scopchat.common.images import NotAPhoto, Photo, checked_photo

MAX_MEMORY_BYTES = 1 << 30
"""Of memory; the largest photo that is taken needs a third of it."""
MAX_CPU_SECONDS = 20
"""Of its own work, and as long again of waiting for it."""


async def checked_apart(content: bytes) -> Photo:
    """As `checked_photo`, in another process. Raises `NotAPhoto`, also for what that process could not bear."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(2 * MAX_CPU_SECONDS):
            written, _ = await process.communicate(content)
    except TimeoutError:
        raise NotAPhoto("too much work") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    head, _line, picture = written.partition(b"\n")
    if process.returncode != 0 or not head:
        raise NotAPhoto("too much work")
    answer = json.loads(head)
    if "refused" in answer:
        raise NotAPhoto(answer["refused"])
    return Photo(picture, answer["content_type"], answer["extension"])


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    try:
        photo = checked_photo(sys.stdin.buffer.read())
    except NotAPhoto as error:
        head, picture = {"refused": str(error)}, b""
    else:
        head, picture = {"content_type": photo.content_type, "extension": photo.extension}, photo.content
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + picture)


if __name__ == "__main__":
    main()
