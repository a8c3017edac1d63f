#!/usr/bin/env python3
"""docs.py: the generated parts of the docs, from the tables that the program runs on.

    tools/docs.py --build build/release --write     puts them in place (target `docs`)
    tools/docs.py --build build/release --check     exit status 1 and a name when a page is behind

A page is written by hand down to its mark; below it everything is the output of its command."""
import argparse
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
MARK = "<!-- Made by `make docs`; everything below comes from the program's own tables. -->\n"
PAGES = {
    "docs/policy.md": ["bawn", "policy", "reference"],
    "docs/guards.md": ["guards_reference"],
}


def fresh(page, build):
    """(the page as it stands, as it should be)"""
    path = ROOT / page
    now = path.read_text(encoding="utf-8")
    if MARK not in now:
        raise SystemExit(f"docs: {page} has lost its mark, the line {MARK.strip()}")
    command = [str(build / PAGES[page][0]), *PAGES[page][1:]]
    made = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if made.returncode != 0:
        raise SystemExit(f"docs: {' '.join(command)} failed: {made.stderr.strip()}")
    return now, now[:now.index(MARK) + len(MARK)] + "\n" + made.stdout.strip() + "\n"


def main(argv):
    parser = argparse.ArgumentParser(description="The generated parts of the docs.")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(argv)
    behind = []
    for page in PAGES:
        now, wanted = fresh(page, given.build)
        if now == wanted:
            continue
        behind.append(page)
        if given.write:
            (ROOT / page).write_text(wanted, encoding="utf-8")
            print(f"docs: wrote {page}")
    if behind and not given.write:
        print(f"docs: behind the program: {', '.join(behind)}; run `make docs`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
