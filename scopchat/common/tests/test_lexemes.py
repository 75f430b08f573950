"""Words as they are found: in any case, with or without accents, in scripts without spaces, by their beginning."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from scopchat.common.lexemes import MAX_LEXEMES, lexemes, query_of, vector_of


def finds(typed: str, text: str, *, company: int = 5, of: int = 5) -> bool:
    with connection.cursor() as cursor:
        query = query_of(typed, company_id=company)
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [vector_of(text, company_id=of), query])
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("été", "L’Été prochain"),
        ("ETE", "l’été"),
        ("ca", "Ça va ?"),
        ("coeur", "Un cœur"),
        ("CŒUR", "coeur"),
        ("rendez", "votre rendez-vous"),
        ("rendez-vous jeu", "Rendez-vous jeudi"),
        ("jeudi rendez", "Rendez-vous jeudi"),
        ("strasse", "Straße"),
        ("555", "appelez le 555-0142"),
        ("أحمد", "احمد"),
        ("مدرسه", "مَدْرَسَة"),
        ("مكتبى", "مكتبي"),
        ("东京", "我住在东京市"),
        ("京", "我住在东京市"),
        ("東京タ", "東京タワー"),
        ("été ", "l’été dernier"),
        ("ñandú", "NANDU"),
        ("ﬁn", "fin"),
    ],
)
def test_it_finds(typed: str, text: str) -> None:
    assert finds(typed, text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("ete ", "éternel"),
        ("vous jeudi", "vous vendredi"),
        ("endez", "rendez-vous"),
        ("京东", "我住在东京市"),
        ("#5 bonjour", "au revoir"),
    ],
)
def test_it_does_not_find(typed: str, text: str) -> None:
    assert not finds(typed, text)


@pytest.mark.django_db
def test_companies_are_apart_in_one_index() -> None:
    assert not finds("bonjour", "Bonjour", company=6)
    assert not finds("bonjour", "Bonjour #6 6", company=6)


@pytest.mark.parametrize("typed", ["", "  ", "!?", "’", "🙂", "___"])
def test_no_word_is_no_query(typed: str) -> None:
    assert query_of(typed, company_id=5) == ""


def test_a_long_text_keeps_so_many_words() -> None:
    assert len(lexemes(" ".join(map(str, range(10_000))))) == MAX_LEXEMES
    assert lexemes("x" * 1_000) == ["x" * 60]


@pytest.mark.django_db
@given(st.text(max_size=60))
def test_whatever_is_written_is_read_by_the_database_and_found_by_itself(text: str) -> None:
    if query_of(text, company_id=5):
        assert finds(text, text)
