"""F11: memory behind very many requests of all kinds. The long form is a part of bench/soak (a quarter of a million requests here, a
million in `make soak`); the short one asks a few thousand. keeps: P3a.10, T23, F11"""
import os
import re
import shutil
import subprocess
import threading

import client
import lab
import server

BODIES = [client.chat("hello"), client.chat("hello", stream=True), client.chat("blockme"), client.chat("mail ada@example.com " * 40),
          b"rubbish", client.chat("plain prose that says little, " * 300)]


def some(port, n):
    def run():
        c = client.Client(port)
        for i in range(n // 4):
            c.send(client.request(BODIES[i % len(BODIES)]))
            if c.answer().headers.get("connection") == "close":
                c.close()
                c = client.Client(port)
        c.close()
    threads = [threading.Thread(target=run) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def short(desk):
    nginx = desk.nginx(desk.upstream(lab.answers(4, 0)), workers=1)
    worker, marks = nginx.workers()[0], []
    some(nginx.port, 1200)
    for _ in range(6):
        some(nginx.port, 600)
        marks.append(lab.anonymous(worker))
    desk.below(f"growth of anonymous memory over {6 * 600} requests, {marks[0]} KiB at first", 100 * (min(marks[3:]) / min(marks[:3]) - 1), 1, " %")


def run(desk):
    if lab.SHORT or not shutil.which("wrk"):
        print("   (shortened: the long form is `make soak`, and needs wrk: packaging/setup packaging/bench-packages.txt)")
        return short(desk)
    many = os.environ.get("SOAK_REQUESTS", "250000")
    said = subprocess.run([str(server.ROOT / "bench/soak"), "requests"], env={**os.environ, "SOAK_REQUESTS": many}, capture_output=True, text=True)
    found = dict(re.findall(r"^(soak_\w+) (-?[\d.]+)", said.stdout, re.M))
    if "soak_anon_growth_percent" not in found:
        return desk.figure("bench/soak requests", "its figures", (said.stdout + said.stderr)[-300:], False)
    desk.below(f"growth of anonymous memory over {many} requests", float(found["soak_anon_growth_percent"]), 1, " %")
    desk.none("requests that failed", int(found["soak_requests_failed"]), many)
