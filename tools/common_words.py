#!/usr/bin/env python3
"""The words that honest text is full of, for src/match/common_words.inc: `tools/common_words.py DATA`, with the folder of
labelled rows that eval/ describes. Harmless training rows alone are read, so nothing that an evaluation judges by."""
import collections
import gzip
import json
import pathlib
import re
import sys

CLASSES = [512, 256, 128, 64, 32, 16, 8, 4, 2, 1, 0.5]
LEAST = {"Latin": 0.5, "Cyrillic": 1}       # times in 64 KiB of text in that script
WORD, CYRILLIC = re.compile(r"[a-zà-öø-ÿ0-9а-яё]+"), re.compile(r"[а-яё]")


def script_of(text):
    if len(CYRILLIC.findall(text)) * 3 > len(text):
        return "Cyrillic"
    return "Latin" if sum(c < "\u0250" for c in text) * 10 > len(text) * 9 else None


def harmless(task, row):
    return row.get("label") == "benign" if task == "prompt-attack" else not row.get("labels")


def texts(data):
    for path in sorted(pathlib.Path(data).glob("*/train*.jsonl.gz")):
        task = path.parent.name
        for line in gzip.open(path, "rt", encoding="utf-8") if task != "pii" else ():     # made-up names and numbers
            row = json.loads(line)
            if harmless(task, row):
                yield from (row[k] for k in ("text", "context", "question", "response") if isinstance(row.get(k), str))


def count(data):
    words, size = {s: collections.Counter() for s in LEAST}, collections.Counter()
    for text in set(texts(data)):
        text = text.lower()
        script = script_of(text)
        if script:
            size[script] += len(text.encode())
            words[script].update(WORD.findall(text))
    of_script = {s: {w for w in words[s] if bool(CYRILLIC.search(w)) == (s == "Cyrillic")} for s in LEAST}
    times = {w: words[s][w] * 65536 / size[s] for s in LEAST for w in of_script[s]}
    return {w: n for w, n in times.items() if n >= LEAST["Cyrillic" if CYRILLIC.search(w) else "Latin"]}


def write(least, words):
    """Strings of at most 4,095 bytes, as C promises; a row for each."""
    lines, line, size = [], "", 0
    for w in [*words, None]:
        if w is None or len((line + w).encode()) > 108:
            lines.append(f'  "{line} "')
            size, line = size + len(line.encode()) + 1, ""
        if w is None or size > 3800:
            print(f"{{ {least},", *lines, sep="\n", end=" },\n")
            lines, size = [], 0
        line += f" {w}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    times, above = count(sys.argv[1]), float("inf")
    print("/* Words by how often they stand in 64 KiB of honest text in their script (at least): Latin ones 0.5 times, Cyrillic ones\n"
          " * once. Written by tools/common_words.py from harmless rows; see prose.c. */")
    for least in CLASSES:
        write(least, sorted(w for w, n in times.items() if least <= n < above))
        above = least


main()
