"""A million lines of contacts, one in twenty wrong, looked at and saved by one worker, beside parsing and COPY."""

from __future__ import annotations

import csv
import os
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil

from bench import desk

ROUNDS = 3
LINES = 1_000_000
BAR_SECONDS, BAR_MB = 20.0, 300.0
AREAS = ("514", "438", "450", "418", "819", "581", "873", "367")
NAMES = ("Julie Tremblay", "Émile Côté", "Marc Bouchard", "Zoé Lavallée", "Fatou Diallo", "Linh Nguyen", "Élise Roy")
BUSINESSES = ("", "", "Garage Beaulieu", "Café Noël", "Boulangerie du Parc")
WRONG = (
    ("no_number", ("", None, None)),
    ("bad_number", ("514 555-01", None, None)),
    ("rounded", ("1.51455E+10", None, None)),
    ("email_first", ("julie@exemple.test", None, None)),
    ("bad_email", (None, None, "julie@")),
    ("too_long", (None, "x" * 121, None)),
    ("unreadable", (None, "Ju\0lie", None)),
    ("open_quote", (None, '"Julie', None)),
    ("duplicate", ("514 200-0001", None, None)),
)
"""A fault each, and what stands in place of the number, the name and the e-mail."""


def _rows() -> Iterator[tuple[str, str]]:
    """Each line, and what is wrong with it."""
    for n in range(LINES):
        area, rest = AREAS[n % 8], n // 8
        number, name = f"{area} {200 + rest // 10_000:03d}-{rest % 10_000:04d}", f"{NAMES[n % 7]} {n}"
        email = f"client{n}@exemple.test" if n % 2 else ""
        fault = ""
        if n % 20 == 19:
            fault, instead = WRONG[n // 20 % len(WRONG)]
            number, name, email = (
                old if new is None else new for old, new in zip((number, name, email), instead, strict=True)
            )
        note = "Préfère le matin" if n % 5 == 0 else ""
        yield f"{number},{name},{BUSINESSES[n % 5]},{email},{note}\n", fault


def _write(path: Path) -> Counter[str]:
    """Writes the file; how many lines have which fault."""
    faults: Counter[str] = Counter()
    with path.open("w", encoding="utf-8") as file:
        file.write("SMS_NUMBER,FULLNAME,BUSINESS,EMAIL,NOTES\n")
        for line, fault in _rows():
            file.write(line)
            faults[fault] += 1
    return faults


def _limit(path: Path) -> float:
    """Seconds to parse the file and copy its five columns into a table without an index."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_limit")
        cursor.execute("CREATE TABLE bench_limit (number text, name text, business text, email text, note text)")
        began = time.perf_counter()
        with path.open(encoding="utf-8", newline="") as file, cursor.copy("COPY bench_limit FROM STDIN") as copy:
            # Line by line: a quotation mark that is not closed would swallow the rest.
            for line in file:
                cells = next(csv.reader([line.replace("\0", "")]))
                copy.write_row((cells + [""] * 5)[:5])
        return time.perf_counter() - began


class Desk:
    """The company whose contacts they are, and the worker."""

    def __init__(self, worker: psutil.Process) -> None:
        from scopchat.ops import demo

        self._worker, self.peak = worker, 0.0
        self.company = demo.create(password="bench-password").client
        self.person = self.company.users.get(username="amelie")

    def run(self, path: Path) -> tuple[float, float, tuple[int, ...]]:
        """Seconds to read and to save; lines, new, known, duplicates, invalid, saved and added."""
        from django.core.files.uploadedfile import UploadedFile

        from scopchat.common.clock import utc_now
        from scopchat.contacts.importing import services

        with path.open("rb") as file:
            upload = UploadedFile(file, name=path.name, size=path.stat().st_size)
            one = services.bring(company=self.company, file=upload, list_=None, acting=self.person, now=utc_now())
        reading = self._until(one, "ready")
        services.save(brought=one, acting=self.person, now=utc_now())
        saving = self._until(one, "done")
        one.refresh_from_db()
        return reading, saving, (one.lines, one.new, one.known, one.duplicates, one.invalid, one.done, one.added)

    def _until(self, one: object, state: str) -> float:
        began = time.perf_counter()
        while True:
            one.refresh_from_db(fields=["state", "trouble"])  # type: ignore[attr-defined]
            self.peak = max(self.peak, self._worker.memory_info().rss / 1e6)
            if one.state == state:  # type: ignore[attr-defined]
                return time.perf_counter() - began
            if one.state in {"failed", "cancelled"}:  # type: ignore[attr-defined]
                raise RuntimeError(one.trouble)  # type: ignore[attr-defined]
            time.sleep(0.02)


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE contacts_contact CASCADE")


def main() -> bool:
    """Prints seconds and memory; True when the bars are met and every count is exact."""
    totals, limits = [], []
    with desk.installation(), desk.worker() as process:
        from django_scopes import scopes_disabled

        path = Path(os.environ["SCOPCHAT_DATA_DIR"]).parent / "contacts.csv"
        faults = _write(path)
        good, doubles = faults[""], faults["duplicate"]
        counts = LINES, good, 0, doubles, LINES - good - doubles, good, good
        with scopes_disabled():
            here = Desk(psutil.Process(process.pid))
            exact = True
            for _turn in range(ROUNDS):
                _empty()
                limits.append(_limit(path))
                reading, saving, found = here.run(path)
                totals.append(reading + saving)
                exact = exact and found == counts
                print(f"        read in {reading:.1f} s, saved in {saving:.1f} s, limit {limits[-1]:.1f} s")
            reading, saving, found = here.run(path)
            exact = exact and found == (LINES, 0, good, doubles, LINES - good - doubles, good, 0)
    seconds, limit = statistics.median(totals), statistics.median(limits)
    print(f"importing {LINES:,} lines in {seconds:.1f} s, bar {BAR_SECONDS:.0f}")
    print(f"        {seconds / limit:.1f} times parsing and COPY without an index ({limit:.1f} s)")
    print(f"        once more, all of them known: read in {reading:.1f} s, saved in {saving:.1f} s")
    print(f"        worker {here.peak:,.0f} MB at most, bar {BAR_MB:,.0f}; counts exact: {'yes' if exact else 'NO'}")
    return exact and seconds <= BAR_SECONDS and here.peak <= BAR_MB
