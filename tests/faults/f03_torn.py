"""F03: what a crash or a bad disk leaves in the record: a torn last event, a bit flipped in the midst. Torn tails are repaired and
that is recorded; a flip is always found, with its place. Every place and every bit of a few events: unit/record/spool.c and
spool_faults.c; here the command, on a real record. keeps: P3a.8, F03"""
import os
import random
import re

import client
import lab


def frames(data):
    """(begin, end of payload) of each."""
    at, out = 0, []
    while at + 20 <= len(data):
        size = int.from_bytes(data[at + 4:at + 8], "little")
        out.append((at, at + 20 + size))
        at += (20 + size + 7) // 8 * 8
    return out


def run(desk):
    dice = random.Random(os.environ.get("BAWN_SEED", "1"))
    served = desk.gateway(desk.upstream(lab.answers()))
    for _ in range(40):
        client.ask(served, client.chat("hello"))
    served.stop()
    path = max((served.state / "spool").glob("*.spool"), key=lambda p: p.stat().st_size)
    whole, rounds = path.read_bytes(), lab.many(200, 15)
    list_of = frames(whole)

    unfound, misplaced = [], []
    for _ in range(rounds):
        begin, end = dice.choice(list_of[:-1])
        at = dice.randrange(begin, end)
        data = bytearray(whole)
        data[at] ^= 1 << dice.randrange(8)
        path.write_bytes(data)
        said = served.bawn("log", "verify")
        text = said.stdout + said.stderr
        if said.returncode == 0:
            unfound.append(at)
        elif not re.search(rf"\b{begin}\b", text) and not re.search(rf"\b{next((b for b, e in list_of if b > begin), -1)}\b", text):
            misplaced.append((at, text))
    desk.none("flipped bits that `bawn log verify` does not find", unfound, rounds)
    desk.none("flipped bits that are found without their place", misplaced, rounds)

    wrong = []
    for _ in range(rounds):
        n = dice.randrange(1, len(list_of))
        begin, end = list_of[n]
        cut = dice.randrange(begin + 1, end)
        path.write_bytes(whole[:cut])
        repaired, verified = served.bawn("log", "repair"), served.bawn("log", "verify")
        served.spool.forget()
        kept = [e for e in served.spool.events() if e["type"] == "decision"]
        if not repaired.stdout.startswith("1 torn tail cut") or verified.returncode or len(kept) != n or b"spool.repaired" not in path.read_bytes():
            wrong.append((cut, repaired.stdout + repaired.stderr + verified.stderr))
    desk.none("torn tails not repaired, not recorded, or with an event lost", wrong, rounds)
