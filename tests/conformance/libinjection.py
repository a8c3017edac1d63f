"""libinjection's test cases (Go module libinjection-go) and, from its repository, its corpora: SUITE_DIR=FOLDER, its `data`.

A test case of test-sqli-* is an attack when its expected fingerprint is not empty. A corpus is a file of URL-encoded lines, `#` for
comments; sqli-* and xss-* are attacks, false_positives.txt is not. A black box (RULINGS R32)."""
import collections
import os
import pathlib
import urllib.parse

import judge
import rows

VERSION = "0.3.5"
CASES = rows.GO / f"corazawaf/libinjection-go@v{VERSION}/tests"


def cases():
    for path in sorted(CASES.glob("test-sqli-*.txt")) + sorted(CASES.glob("test-xss-*.txt")):
        text = path.read_text(encoding="utf-8", errors="replace")
        given, expected = text.split("--INPUT--", 1)[1].split("--EXPECTED--", 1)
        kind = path.name.split("-")[1]
        yield kind if expected.strip() not in ("", "0") else "none", given.strip("\n")


def corpora(folder):
    for path in sorted(pathlib.Path(folder).glob("*.txt")):
        kind = "none" if path.name.startswith("false_positives") else path.name.split("-")[0]
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if kind in ("sqli", "xss", "none") and line.strip() and not line.startswith("#"):
                yield kind, urllib.parse.unquote_plus(line, errors="replace")


def judged(suite, name, items):
    items = [(kind, text) for kind, text in items if text.strip()]
    with judge.Judge() as gate:
        workers = gate.workers()
        said = gate.say([text for _, text in items])
        all_, blocked = collections.Counter(kind for kind, _ in items), collections.Counter()
        for (kind, _), outcome in zip(items, said):
            blocked[kind] += outcome.action == "block"
        for kind, what in (("sqli", "SQL injections blocked"), ("xss", "XSS blocked")):
            suite.row(f"{name}: {what}", rows.share(blocked[kind], all_[kind]))
        suite.row(f"{name}: what is none passed", rows.share(all_["none"] - blocked["none"], all_["none"]))
        rows.stood(suite, gate, workers, said)


def measure():
    suite = rows.Suite("libinjection", VERSION, "Go module libinjection-go; corpora: SUITE_DIR")
    if not CASES.is_dir():
        return suite.skip("no Go, or no such module")
    judged(suite, "test cases", cases())
    folder = os.environ.get("SUITE_DIR", "")
    if list(pathlib.Path(folder or "/nonexistent").glob("sqli-*.txt")):
        judged(suite, "corpora", corpora(folder))
    else:
        suite.row("corpora", "not measured: SUITE_DIR names no folder with sqli-*.txt; no package has them")
    return suite
