"""Unicode's NormalizationTest against the step NFKC of the canonical view, and its equivalents against the view as a whole.

The file comes from Debian's unicode-data (Unicode 15.0, as libutf8proc 2.8 has it). What Bawn lets stay (src/text/folds.h: it belongs to
prose, and hides nothing) is named here again, by code point, and must stay. keeps: T26, UAX 15, RULINGS R5"""
import bz2
import pathlib
import unicodedata

import pytest

import pipes

FILE = pathlib.Path("/usr/share/unicode/NormalizationTest.txt.bz2")
SIGNS = set("！％（）＋，－．／：；？～")                       # between ASCII letters they are folded: unit/text/canonical.c
STAY = {0x0E33, 0x0EB3, 0x2026} | (set(range(0x3131, 0x318F)) - {0x3164}) | {ord(c) for c in SIGNS}
SMALL_CAPITALS = dict(zip("ɪʟɴᴜʙɢʜʀʏ", "ilnubghry"))            # NFKC leaves them, people read them


def rows():
    for line in bz2.open(FILE, "rt", encoding="utf-8"):
        fields = line.split("#")[0].strip().split(";")
        if len(fields) > 5:
            yield ["".join(chr(int(point, 16)) for point in field.split()) for field in fields[:5]]


def spacing_accent(c):
    """An accent that stands alone: NFKC would make a space and a loose mark of it, and part a word."""
    return unicodedata.normalize("NFKD", c)[0] == " " and len(unicodedata.normalize("NFKD", c)) > 1


def stays(c):
    return ord(c) in STAY or spacing_accent(c)


@pytest.fixture(scope="module")
def all_rows():
    found = list(rows())
    assert len(found) == 19074
    return found


def test_nfkc_is_what_the_standard_says(all_rows):
    same = kept = small = 0
    with pipes.Parser("nfkc") as parser:
        def nfkc(text):
            return parser.ask(text.encode()).decode()
        for c1, c2, c3, c4, c5 in all_rows:
            want = SMALL_CAPITALS.get(c4, c4)
            assert nfkc(c4) == nfkc(c5) == want, f"{c4!r}"
            if any(map(stays, c1)):
                assert len(c1) == 1 and nfkc(c1) == nfkc(c2) == nfkc(c3) == c2, f"{c1!r}"
                kept += 1
            else:
                assert nfkc(c1) == nfkc(c2) == nfkc(c3) == want, f"{c1!r}"
                small += want != c4
                same += want == c4
    assert (same, kept, small) == (18906, 159, 9)


def test_every_other_code_point_stays(all_rows):
    """The file's own rule for its part 1: what it does not name is its own normal form."""
    named = {row[0] for row in all_rows if len(row[0]) == 1}
    with pipes.Parser("nfkc") as parser:
        changed = [c for c in map(chr, [*range(0xD800), *range(0xE000, 0x110000)])
                   if c not in named and unicodedata.category(c) != "Cn" and parser.ask(c.encode()).decode() != c]
    assert [f"{ord(c):04X}" for c in changed if not folded_by_hand(c)] == []


def folded_by_hand(c):
    """Small capitals, letters in boxes, the apostrophe of phones."""
    name = unicodedata.name(c, "")
    return ("SMALL CAPITAL" in name or "SQUARED" in name or "NEGATIVE CIRCLED" in name or "REGIONAL INDICATOR" in name or
            c in "\u2019\u02bc")


def test_what_is_canonically_the_same_has_one_view(all_rows):
    """A text and its NFC and NFD are one to a reader, and to every guard."""
    with pipes.Parser("canonical") as parser:
        for c1, c2, c3, _, _ in all_rows:
            assert parser.ask(c1.encode()) == parser.ask(c2.encode()) == parser.ask(c3.encode()), f"{c1!r}"
