"""Fault tests that are programs of the build: of the one with sanitizers where it is there, else of the one that is delivered."""
import os
import re
import subprocess

import server


def find(name):
    for folder in (server.ROOT / "build/dev", server.BUILD):
        if (folder / name).exists():
            return folder / name
    return None


def run(desk, name, what, **environment):
    program = find(name)
    if not program:
        return desk.figure(what, "all pass", f"there is no {name}: cmake --build --preset dev --target {name}", False)
    said = subprocess.run([str(program)], env={**os.environ, **environment}, capture_output=True, text=True, errors="replace")
    text = said.stdout + said.stderr
    for line in re.findall(r"^\d+ .*$", said.stdout, re.M)[:6]:
        print(f"          {line}")
    again = re.search(r"BAWN_SEED=\d+[^\n]*", text)
    desk.figure(what, "all pass", "all pass" if said.returncode == 0 else f"{again.group() if again else ''} {text[-400:]}", said.returncode == 0)
