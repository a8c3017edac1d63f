#!/usr/bin/env python3
"""check_house.py: the rules of the house that a compiler does not know. One check per rule, one row in CHECKS.

    tools/check_house.py [--root FOLDER] [CHECK...]

Each check prints `ok` or `FAIL` with a count, and what is wrong as file:line. The last line adds up; exit status 1 when
a check failed. tools/test_check_house.py breaks each rule on purpose and sees it found. Standard library only; a C
file is read by a small scanner below (comments, strings and preprocessor lines are blanked, then braces are counted),
so that no parser has to be installed."""
import argparse
import pathlib
import re
import statistics
import sys

# Who may include whom: a room may include those after it, never one before. Rooms that are not built yet stand in
# their place. `record` lies just above `base`: what writes the event is above it, it knows nobody (docs/decisions.md).
# Nor does `confine`, which every process may enter.
ORDER = ("connectors cli serve control redteam posture data model respond watch access exchange translate dialect engine guard "
         "scorer encoder match text policy record confine base").split()
# Beyond the order: rooms that lie above another and still know nothing of it.
STRANGERS = {
    "connectors": {"engine", "guard", "match", "policy"},       # the data plane holds no decision
    "dialect": {"engine", "guard", "match", "text", "policy", "record", "confine"},
    "translate": {"engine", "guard", "match", "text", "policy", "record", "confine"},
    "match": {"policy", "record", "confine"},
    "text": {"policy", "record", "confine"},
    "guard": {"policy", "record", "confine"},
    "policy": {"record", "confine"},
    "record": {"confine"},
}
FUNCTION_MEDIAN, FUNCTION_P90, FUNCTION_MOST = 12, 45, 60
FILE_MEDIAN, FILE_MOST = 250, 600
# Written in pieces, so that this file keeps its own rule.
MACHINE = re.compile(r"/work/(?:main|shared|data)\b|/tmp/(?:bash_jobs|helpers)|(?<![\w.])/home/(?!x/|user/|me/|you/|jane/|alice/|bob/)\w+/")
REGISTRY = re.compile(r"\b(?:" + "|".join(re.escape(a + "." + b) for a, b in (
    ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("crates", "io"),
    ("proxy.golang", "org"), ("deb.debian", "org"), ("rubygems", "org"), ("yarnpkg", "com"))) + r")\b")
TEXT_FILES = {".c", ".h", ".inc", ".py", ".md", ".cmake", ".txt", ".yaml", ".yml", ".json", ".sh", ".js", ".service",
              ".in", ".map", ".html", ".conf", ".toml", ""}
SKIPPED = {"build", ".git", ".cache", "node_modules", "__pycache__", "seeds"}


# ---- reading C --------------------------------------------------------------------------------------------------
def blank(text, keep_preprocessor=False):
    """Comments and what stands in quotes become spaces; line feeds stay, so offsets and lines hold."""
    out, i, n = [], 0, len(text)
    while i < n:
        c = text[i]
        if text.startswith("/*", i):
            end = text.find("*/", i + 2)
            end = n if end < 0 else end + 2
        elif text.startswith("//", i):
            end = text.find("\n", i)
            end = n if end < 0 else end
        elif c in "\"'":
            end = i + 1
            while end < n and text[end] not in (c, "\n"):
                end += 2 if text[end] == "\\" else 1
            end = min(end + 1, n)
        elif c == "#" and not keep_preprocessor and not "".join(out).rpartition("\n")[2].strip():
            end = i
            while True:
                stop = text.find("\n", end)
                stop = n if stop < 0 else stop
                if stop == n or text[stop - 1] != "\\":
                    break
                end = stop + 1
            end = stop
        else:
            out.append(c)
            i += 1
            continue
        out.append(re.sub(r"[^\n]", " ", text[i:end]))
        i = end
    return "".join(out)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def functions(text):
    """(name, first line, last line) of each function; the first line is the one that its name stands on."""
    code = re.sub(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)", lambda m: re.sub(r"[^\n]", " ", m.group()), blank(text))
    found, depth, start, i = [], 0, 0, 0
    for match in re.finditer(r"[{};]", code):
        c, i = match.group(), match.start()
        if c == "{":
            if depth == 0:
                head = code[start:i]
                name = re.search(r"(\w+)\s*\(", head)
                # a function's head ends on its parameters, and holds no '=' (a table) outside them
                if name and head.rstrip().endswith(")") and "=" not in head:
                    opened = (name.group(1), line_of(code, start + name.start(1)))
                else:
                    opened = None
            depth += 1
        elif c == "}":
            depth -= 1
            if depth == 0:
                if opened:
                    found.append((*opened, line_of(code, i)))
                start = i + 1
        elif depth == 0:
            start = i + 1
    return found


def head_comment(text):
    match = re.match(r"\s*/\*.*?\*/", text, re.S)
    return match.group() if match else ""


def has_reason(comment):
    """A file or function over the measure says why: "... is long because ...", "long: ..."."""
    return re.search(r"\blong(?:er)?\b", comment, re.I) is not None


def comment_above(text, line):
    """The comment that ends right above a line (or above the lines of the same declaration)."""
    lines = text.split("\n")
    i = line - 2
    while i >= 0 and lines[i].strip() and not lines[i].rstrip().endswith(("*/", "}", ";")):
        i -= 1
    if i < 0 or not lines[i].rstrip().endswith("*/"):
        return ""
    end = i
    while i >= 0 and "/*" not in lines[i]:
        i -= 1
    return "\n".join(lines[max(i, 0):end + 1])


class House:
    def __init__(self, root):
        self.root = pathlib.Path(root)

    def files(self, *folders, suffixes=(".c", ".h")):
        for folder in folders:
            for path in sorted((self.root / folder).rglob("*")):
                if path.suffix in suffixes and path.is_file() and not SKIPPED & set(path.relative_to(self.root).parts):
                    yield path

    def text(self, path):
        return path.read_text(encoding="utf-8", errors="replace")

    def name(self, path):
        return str(path.relative_to(self.root))

    def room(self, path):
        parts = path.relative_to(self.root).parts
        return "connectors" if parts[0] == "connectors" else parts[1]

    def rooms(self):
        folder = self.root / "src"
        return [d.name for d in sorted(folder.iterdir()) if d.is_dir() and any(self.files(f"src/{d.name}"))] \
            if folder.is_dir() else []


# ---- the checks: each returns (what was looked at, what is wrong) ------------------------------------------------
def check_includes(house):
    wrong, n = [], 0
    for path in house.files("src", "connectors", suffixes=(".c", ".h", ".inc")):
        room = house.room(path)
        text = house.text(path)
        code = blank(text, keep_preprocessor=True)
        for i, (line, plain) in enumerate(zip(text.split("\n"), code.split("\n")), 1):
            match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if not match or "include" not in plain:
                continue
            n += 1
            other = match.group(1).split("/")[0]
            if "/" not in match.group(1) or other == room or other == "bawn":
                continue
            where = f"{house.name(path)}:{i}"
            if room not in ORDER or other not in ORDER:
                wrong.append(f"{where}: `{room if room not in ORDER else other}` is no room that the order knows")
            elif ORDER.index(other) < ORDER.index(room):
                wrong.append(f"{where}: {room} looks up at {other} ({match.group(1)})")
            elif other in STRANGERS.get(room, ()):
                wrong.append(f"{where}: {room} may know nothing of {other} ({match.group(1)})")
    for path in house.files("include"):
        for i, line in enumerate(house.text(path).split("\n"), 1):
            match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
            if match and not match.group(1).startswith("bawn/"):
                wrong.append(f"{house.name(path)}:{i}: a public header includes {match.group(1)}, which is not installed")
    return f"{n} includes", wrong


def check_paths(house):
    wrong, n = [], 0
    for path in sorted(house.root.rglob("*")):
        parts = set(path.relative_to(house.root).parts)
        if SKIPPED & parts or path.suffix not in TEXT_FILES or not path.is_file():
            continue
        n += 1
        for i, line in enumerate(house.text(path).split("\n"), 1):
            for pattern, what in ((MACHINE, "a path of one machine"), (REGISTRY, "the host of a package registry")):
                match = pattern.search(line)
                if match:
                    wrong.append(f"{house.name(path)}:{i}: {what}: {match.group()}")
    return f"{n} files", wrong


def spread(values):
    values = sorted(values)
    if not values:
        return 0, 0
    return statistics.median(values), values[min(len(values) - 1, (len(values) * 9) // 10)]


def check_functions(house):
    lengths, wrong = [], []
    for path in house.files("src", "connectors", suffixes=(".c",)):
        text = house.text(path)
        for name, first, last in functions(text):
            length = last - first + 1
            lengths.append(length)
            if length > FUNCTION_MOST and not has_reason(head_comment(text)) and not has_reason(comment_above(text, first)):
                wrong.append(f"{house.name(path)}:{first}: {name}() has {length} lines, over {FUNCTION_MOST}, and no comment "
                             "says why it is long")
    median, p90 = spread(lengths)
    if median > FUNCTION_MEDIAN:
        wrong.append(f"src: the median of a function is {median:g} lines, over {FUNCTION_MEDIAN}")
    if p90 > FUNCTION_P90:
        wrong.append(f"src: the ninetieth percentile of a function is {p90:g} lines, over {FUNCTION_P90}")
    return f"{len(lengths)} functions, median {median:g}, p90 {p90:g}, longest {max(lengths, default=0)} lines", wrong


def check_files(house):
    lengths, wrong = [], []
    for path in house.files("src", "connectors", suffixes=(".c",)):
        text = house.text(path)
        length = text.count("\n")
        lengths.append(length)
        if length > FILE_MOST and not has_reason(head_comment(text)):
            wrong.append(f"{house.name(path)}:1: {length} lines, over {FILE_MOST}, and its head does not say why it is long")
    median, p90 = spread(lengths)
    if median > FILE_MEDIAN:
        wrong.append(f"src: the median of a file is {median:g} lines, over {FILE_MEDIAN}")
    return f"{len(lengths)} files, median {median:g}, p90 {p90:g}, longest {max(lengths, default=0)} lines", wrong


def check_heads(house):
    wrong, n = [], 0
    for path in house.files("src", "connectors", "include", "tests", "fuzz", "tools"):
        n += 1
        text = house.text(path)
        if path.name != "list.h" and len(head_comment(text)) < 16:
            wrong.append(f"{house.name(path)}:1: opens without its idea (a comment on what it is for and how it works)")
    return f"{n} files", wrong


def declarations(text):
    """(line, last line, name) of each function or object that a header declares. Types are left to their fields."""
    code = blank(text)
    code = re.sub(r"\bextern[ \t]+\{", lambda m: " " * len(m.group()), code)      # extern "C" {
    depth, start, found = 0, 0, []
    for match in re.finditer(r"[{};]", code):
        c, i = match.group(), match.start()
        if c == "{":
            depth += 1
        elif c == "}":
            depth = max(0, depth - 1)
            if depth == 0 and not code[start:i].lstrip().startswith(("typedef", "struct", "enum", "union")):
                start = i + 1           # the end of an inline function: its body is short and says what it does
        elif depth == 0:
            head = code[start:i]
            stripped = head.strip()
            if stripped and not stripped.startswith(("typedef", "struct", "enum", "union", "static", "_Static_assert")) \
                    or re.match(r"(?:struct|enum)\s+\w+\s+\*?\s*\w+\s*[(\[]", stripped):
                name = re.search(r"(\w+)\s*(?:\(|\[|$|,)", re.sub(r"__attribute__.*", "", stripped, flags=re.S))
                first = start + len(head) - len(head.lstrip())
                found.append((line_of(code, first), line_of(code, i), name.group(1) if name else "?"))
            start = i + 1
    return found


def documented(lines, first, last):
    """A comment beside it, directly above it, or above the paragraph (lines without a blank one) that it stands in."""
    if any("/*" in line or "//" in line for line in lines[first - 1:last]):
        return True
    i = first - 2
    while i >= 0 and lines[i].strip():
        if "*/" in lines[i]:
            return True
        i -= 1
    return False


def check_documented(house):
    wrong, n = [], 0
    for path in house.files("include", "src", suffixes=(".h",)):
        text = house.text(path)
        lines = text.split("\n")
        for first, last, name in declarations(text):
            n += 1
            if not documented(lines, first, last):
                wrong.append(f"{house.name(path)}:{first}: {name} has no comment above or beside it")
    return f"{n} declarations", wrong


def check_guards(house):
    listing = house.root / "src/guard/list.h"
    if not listing.exists():
        return "no guards", []
    rows = re.findall(r"^BAWN_GUARD\((\w+)\)", house.text(listing), re.M)
    homes = {}
    for path in house.files("src/guard", suffixes=(".c",)):
        for name in re.findall(r"^const bawn_guard (\w+)\s*=", blank(house.text(path)), re.M):
            homes.setdefault(name, []).append(path)
    wrong = [f"src/guard/list.h:1: {name} is listed twice" for name in sorted(set(rows)) if rows.count(name) > 1]
    wrong += [f"src/guard/list.h:1: {name} is listed, but no file defines it" for name in rows if name not in homes]
    for name, paths in sorted(homes.items()):
        if name not in rows:
            wrong.append(f"{house.name(paths[0])}:1: {name} has no row in src/guard/list.h")
        if len(paths) > 1:
            wrong.append(f"{house.name(paths[1])}:1: {name} is defined in more than one file")
    by_file = {}
    for name, paths in homes.items():
        by_file.setdefault(paths[0], []).append(name)
    wrong += [f"{house.name(path)}:1: {len(names)} guards in one file: {', '.join(names)}"
              for path, names in sorted(by_file.items()) if len(names) > 1]
    return f"{len(rows)} guards", wrong


def check_tests(house):
    rooms = house.rooms()
    wrong = [f"src/{room}:1: no test in tests/unit/{room}/" for room in rooms
             if not any(house.files(f"tests/unit/{room}", suffixes=(".c",)))]
    return f"{len(rooms)} rooms", wrong


ID = re.compile(r"\bP3a\.\d+\b|\bDESIGN 3a\.\d+\b|(?<=[ ,])3a\.\d+\b|\bT[0-3]\d\b|\bF[01]\d\b|\bR\d{1,2}[a-z]?\b")
PROMISES = [f"P3a.{i}" for i in range(1, 11)] + [f"T{i:02}" for i in range(1, 37)]


def kept(house, *folders):
    """id -> files that say `keeps: id`. The list ends with its sentence or its comment."""
    found = {}
    for path in house.files(*folders, suffixes=(".c", ".h", ".inc", ".py", ".js")):
        for match in re.finditer(r"keeps: ([^\n]*(?:\n[ \t]*(?:\*|#|//)[^\n]*)?)", house.text(path)):
            listed = re.split(r"\*/|\"\"\"|\.\s|\.$", match.group(1))[0]
            for name in ID.findall(listed):
                found.setdefault(re.sub(r"^(?:DESIGN |P)?3a", "P3a", name), set()).add(house.name(path))
    return found


def check_promises(house):
    """Reports only: which promises no code, and which no test, names yet."""
    code, tests = kept(house, "src", "connectors", "include"), kept(house, "tests", "fuzz", "examples")
    no_code = [p for p in PROMISES if p not in code]
    no_test = [p for p in PROMISES if p not in tests]
    unknown = [f"{sorted(files)[0]}:1: keeps {name}, which is no promise" for name, files in sorted({**code, **tests}.items())
               if name[0] in "PT" and name not in PROMISES]
    said = f"{len(PROMISES)} promises"
    said += f"\n       named by no code: {' '.join(no_code) or 'none'}\n       named by no test: {' '.join(no_test) or 'none'}"
    return said, unknown


THREAT_IDS = re.compile(r"(?:(?:LLM|ASI)\d\d )*(?:LLM|ASI)\d\d, AML\.T\d{4}(?:\.\d{3})?")


def named_in(house, cell, previous=None):
    """The files that a cell of the table names in backticks, as (name, path or None, test or None); `::test` is of the file before."""
    for name in re.findall(r"`([^`\s]+)`", cell):
        place, _, test = name.partition("::")
        place = place or previous
        previous = place
        if place and "/" in place:
            homes = [house.root / folder / place for folder in ("", "src", "tests")]
            yield name, next((h for h in homes if h.exists()), None), test


def check_threats(house):
    """Each row of the threat model: ids of OWASP and ATLAS, and, where it is kept, tests that exist and name it."""
    page = house.root / "docs/threat-model.md"
    if not page.exists():
        return "no threat model", []
    tests, wrong, n = kept(house, "tests", "fuzz"), [], 0
    for i, line in enumerate(house.text(page).split("\n"), 1):
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if not re.match(r"\| T\d\d \|", line):
            continue
        n += 1
        name, where = cells[0], f"{page.relative_to(house.root)}:{i}"
        if len(cells) != 6:
            wrong.append(f"{where}: {name} has {len(cells)} cells, not six")
            continue
        if not THREAT_IDS.fullmatch(cells[2]):
            wrong.append(f"{where}: {name} is of `{cells[2]}`, expected ids such as `LLM01 ASI01, AML.T0051`")
        named = list(named_in(house, cells[4]))
        wrong += [f"{where}: {name} names {ref}, which is not there" for ref, path, test in named
                  if path is None or (test and not re.search(rf"^def {re.escape(test)}\(", house.text(path), re.M))]
        theirs = {house.name(path) for _, path, _ in named if path and path.relative_to(house.root).parts[0] in ("tests", "fuzz")}
        if cells[5].startswith(("kept", "partly")) and not theirs:
            wrong.append(f"{where}: {name} is {cells[5].split()[0]}, and no test is named")
        elif theirs and not theirs & tests.get(name, set()):
            wrong.append(f"{where}: none of the tests of {name} says `keeps: {name}`")
    return f"{n} threats", wrong


CHECKS = {
    "includes": (check_includes, "rooms include only rooms below them"),
    "paths": (check_paths, "nothing names a path of one machine or a package registry"),
    "functions": (check_functions, "functions are short"),
    "files": (check_files, "files are short"),
    "heads": (check_heads, "files open with their idea"),
    "documented": (check_documented, "what headers declare is documented"),
    "guards": (check_guards, "each guard has one file and one row"),
    "tests": (check_tests, "each room has unit tests"),
    "promises": (check_promises, "promises are named where they are kept"),
    "threats": (check_threats, "the threat model names tests that exist and name it"),
}


def main(argv):
    parser = argparse.ArgumentParser(description="The rules of the house.", epilog="Checks: " + ", ".join(CHECKS))
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parents[1])
    parser.add_argument("--most", type=int, default=20, help="print at most so many lines of each check")
    parser.add_argument("checks", nargs="*", metavar="CHECK")
    given = parser.parse_args(argv)
    unknown = [c for c in given.checks if c not in CHECKS]
    if unknown:
        parser.error(f"found check `{unknown[0]}`, expected one of {', '.join(CHECKS)}")
    house, failed = House(given.root), 0
    names = given.checks or list(CHECKS)
    for name in names:
        check, rule = CHECKS[name]
        looked_at, wrong = check(house)
        failed += bool(wrong)
        print(f"{'FAIL' if wrong else 'ok':<5} {name}: {rule} ({looked_at})")
        for line in wrong[:given.most]:
            print(f"       {line}")
        if len(wrong) > given.most:
            print(f"       and {len(wrong) - given.most} more")
    print(f"house: {len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
