"""Load measurements: `./dev bench hooks|router|send|live|inbox`.

Each prints ratios beside a limit or peer measured in the same run, rounds alternated, and counts at both ends: a run
whose counts are not exact is no measurement.
"""
