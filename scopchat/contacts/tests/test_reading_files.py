"""Reading files of contacts: whatever they are written in, no line is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scopchat.common.csv_export import BYTE_ORDER_MARK, lines
from scopchat.common.phones import BadNumber, to_e164
from scopchat.contacts.importing import decoding
from scopchat.contacts.importing.decoding import NotCsv, Source, Writing, look_at
from scopchat.contacts.importing.kept import kept
from scopchat.contacts.importing.numbers import plain_number
from scopchat.contacts.importing.reading import COLUMNS, Entry, Refused, read

Write = Callable[[bytes], Path]
FILE = "Téléphone,Nom,B,C,N\r\n514 555-0100,Émile Côté,Café Noël,emile@exemple.test,Le matin\r\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: bytes) -> Path:
        path = tmp_path / "contacts.csv"
        path.write_bytes(content)
        return path

    return written


def from_text(text: str, separator: str = ",", country: str = "CA") -> list[Entry | Refused]:
    return list(read(text.split("\n"), separator=separator, country=country))


def faults(text: str) -> list[tuple[int, str]]:
    return [(one.line, one.fault) for one in from_text("header\n" + text) if isinstance(one, Refused)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"), ("cp1252", "cp1252"),
    ],
)  # fmt: skip
def test_it_reads_every_encoding_and_separator(write: Write, encoding: str, found: str, separator: str) -> None:
    path = write(FILE.replace(",", separator).encode(encoding))
    assert look_at(path) == Writing(found, separator)
    (entry,) = read(Source(path, found), separator=separator, country="CA")
    assert entry == Entry(2, "+15145550100", "Émile Côté", "Café Noël", "emile@exemple.test", "Le matin")


def test_one_letter_at_the_end_of_a_big_file_tells_that_it_is_not_utf8(write: Write) -> None:
    path = write(b"number\n" + b"514 555-0100,Emile\n" * 10_000 + "450 555-0100,Émile\n".encode("cp1252"))
    assert look_at(path).encoding == "cp1252"


def test_commas_in_names_separate_nothing(write: Write) -> None:
    path = write("numéro;nom\n514 555-0100;Tremblay, Julie\n".encode())
    assert look_at(path).separator == ";"


@pytest.mark.parametrize(
    "content",
    [b"", b" \n", b"PK\x03\x04rest", b"%PDF-1.7", b"<html>", b'{"a": 1}', bytes(range(1, 32)) * 20, b"\x89PNG\r\n"],
)
def test_what_is_no_csv_is_refused_whatever_it_is_called(write: Write, content: bytes) -> None:
    with pytest.raises(NotCsv):
        look_at(write(content))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (",Julie", "no_number"),
        ("514 555-014", "bad_number"),
        ("1.51455E+10", "rounded"),
        ("'1.51455E+10", "rounded"),
        ("julie@exemple.test,Julie", "email_first"),
        ("514 555-0100,Julie,,julie@", "bad_email"),
        (f"514 555-0100,{'x' * 121}", "too_long"),
        (f"514 555-0100,,,,{'x' * 2001}", "too_long"),
        ("514 555-0100,Ju\0lie", "unreadable"),
        ('514 555-0100,"Julie', "open_quote"),
    ],
)
def test_what_is_wrong_is_said_by_line(line: str, fault: str) -> None:
    assert faults("450 555-0100\n\n" + line + "\n") == [(4, fault)]


def test_the_first_of_a_number_counts() -> None:
    found = from_text("h\n514 555-0100,Un\n(514) 555-0100,Deux\n+1 514 555 0100,Trois\n")
    assert [(type(one), one.line) for one in found] == [(Entry, 2), (Refused, 3), (Refused, 4)]


def test_a_quote_that_is_not_closed_swallows_no_other_line() -> None:
    rest = "".join(f"514 555-{n:04d},Julie\n" for n in range(500))
    found = from_text('h\n450 555-0100,"Julie\n' + rest)
    assert [one.fault for one in found if isinstance(one, Refused)] == ["open_quote"]
    assert [one.line for one in found] == list(range(2, 503))


def test_lines_in_quotes_count_as_the_editor_counts_them() -> None:
    found = from_text('h\n514 555-0100,"Julie\nTremblay"\nrubbish\n')
    assert isinstance(found[0], Entry)
    assert (found[0].name, found[1].line) == ("Julie\nTremblay", 4)


DIGITS = st.from_regex(r"\+?1?[ .-]?\(?[0-9]{3}\)?[ .-]?[0-9]{3}[ .-]?[0-9]{4}", fullmatch=True)


# The first number waits for the plans of a whole continent.
@settings(deadline=None)
@given(DIGITS | st.text("0123456789+() -.x", max_size=14), st.sampled_from(["CA", "US", "JM", "FR"]))
def test_the_short_way_agrees_with_the_long_one(text: str, country: str) -> None:
    try:
        expected = to_e164(text, country=country)
    except BadNumber:
        expected = ""
    assert plain_number(text, country) in {expected, ""}


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(str.strip).filter(
    lambda text: not text.startswith("'")
)  # fmt: skip
NUMBERS = st.integers(2_000_000, 9_999_999).map(lambda number: f"+1514{number}")
ROWS = st.lists(st.tuples(NUMBERS, TEXT, TEXT, st.just(""), TEXT), max_size=20, unique_by=lambda row: row[0])


@given(ROWS)
def test_what_our_export_writes_is_read_back_the_same(rows: list[tuple[str, ...]]) -> None:
    text = lines([COLUMNS, *rows]).replace("\r\n", "\n")
    found = list(read(text.split("\n"), separator=",", country="CA"))
    assert [tuple(one[1:]) for one in found] == rows


CELLS = st.sampled_from(["514 555-0100", "450 555-0199", "abc", "", '"', '"a', 'b"', "\0", "x@y", "é", "1E+10"])
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=6).map(",".join), max_size=30)


@given(LINES)
def test_no_line_is_lost(made: list[str]) -> None:
    text = ["header", *made]
    found = list(read(text, separator=",", country="CA"))
    places = [one.line for one in found]
    assert places == sorted(set(places))
    told = set(places)
    for number, line in enumerate(text[1:], 2):
        # What follows an opening quotation mark may belong to the line before.
        if '"' not in "".join(text) and line.strip(", \n"):
            assert number in told


def test_a_mark_in_front_of_our_own_files_is_no_part_of_them(write: Write) -> None:
    path = write((BYTE_ORDER_MARK + lines([COLUMNS, ("+15145550100", "=1+1", "", "", "")])).encode())
    writing = look_at(path)
    (entry,) = read(Source(path, writing.encoding), separator=writing.separator, country="CA")
    assert (entry[1], entry[2]) == ("+15145550100", "=1+1")


def test_lines_are_the_same_wherever_a_block_of_the_file_ends(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(FILE.encode() + b"\r\n" + b"514 555-0101,Marc\r\n" * 3 + "514 555-0102,Zoé".encode())
    whole = list(Source(path, "utf-8"))
    assert whole[-1] == "514 555-0102,Zoé"
    for size in range(1, 40):
        monkeypatch.setattr(decoding, "BLOCK", size)
        assert list(Source(path, "utf-8")) == whole


def test_no_line_is_longer_than_the_longest(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_LINE", 10)
    path = write(b"short\n\n" + b"x" * 25 + b"\n" + b"y" * 21)
    for size in (4, 1000):
        monkeypatch.setattr(decoding, "BLOCK", size)
        found = list(Source(path, "utf-8"))
        assert found[:2] == ["short", ""]
        assert max(map(len, found)) <= 10
        assert "".join(found[2:]) == "x" * 25 + "y" * 21


@given(
    st.lists(st.tuples(*[st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))] * 5), max_size=5)
)
def test_what_is_kept_is_what_copy_reads(rows: list[tuple[str, ...]]) -> None:
    """By the rules of PostgreSQL's text format; that it reads it so itself is tested where files are saved."""
    entries = [Entry(2, *row) for row in rows]
    found = [line.split("\t")[:5] for line in kept(entries).decode().split("\n")[:-1]]
    meant = {r"\\": "\\", r"\n": "\n", r"\t": "\t", r"\r": "\r"}
    again = [[re.sub(r"\\.", lambda one: meant[one[0]], cell) for cell in line] for line in found]
    assert again == [list(row) for row in rows]
