"""`python -m bench NAME…`: runs the named measurements; without a name lists them."""

from __future__ import annotations

import importlib
import subprocess
import sys

NAMES = ("hooks", "router", "send", "masssend", "importing", "live", "inbox", "soak")


def main() -> int:
    """0 when every named measurement met its bar."""
    wanted = sys.argv[1:]
    if not wanted or any(name not in NAMES for name in wanted):
        print(f"usage: ./dev bench {'|'.join(NAMES)} …")
        return 2
    if len(wanted) > 1:
        # Django is set up on one database per process.
        return max(subprocess.call([sys.executable, "-m", "bench", name]) for name in wanted)
    return 0 if importlib.import_module(f"bench.{wanted[0]}").main() else 1


if __name__ == "__main__":
    sys.exit(main())
