"""What is measured, in rounds: every system with every body, one after the other, so that what else the machine does
falls on all of them alike."""
import contextlib
import os
import subprocess
import time

import measure
import ours
from settings import DIR, GW_CPU, LOAD_CPU, MOCK, PORT, bin_
from systems import nginx_conf, sys_haproxy

NGINX, CONTROL, OURS, OFF, HAPROXY = "nginx", "nginx again", "ours", "ours, no guardrail", "haproxy"
RATIO = ("1k", "8k", "64k", "1m", "8k-russian", "8k-chinese")
STREAMS = ("1k-stream", "1k-coalesced")
LATENCY = ("1k", "8k", "64k")


def start_all(build):
    out = {NGINX: dict(cmd=nginx_conf(PORT + 1), port=PORT + 1), CONTROL: dict(cmd=nginx_conf(PORT + 2), port=PORT + 2),
           OURS: ours.system(build, "ours", PORT), OFF: ours.system(build, "ours-off", PORT + 3, guards=False),
           HAPROXY: dict(cmd=sys_haproxy(PORT + 4)["cmd"], port=PORT + 4)}
    mock = measure.spawn([bin_("mock"), "-p", str(MOCK)], LOAD_CPU)
    time.sleep(0.2)
    for name, s in out.items():
        s["cold_ms"] = measure.start(name.replace(" ", "-").replace(",", ""), s)
    return mock, out


def stop_all(mock, all_systems):
    for s in all_systems.values():
        measure.stop(s.get("proc"))
    measure.stop(mock)


@contextlib.contextmanager
def running(systems):
    """Several systems and the mock behind them, alone on the machine while the block runs."""
    mock = measure.spawn([bin_("mock"), "-p", str(MOCK)], LOAD_CPU)
    try:
        time.sleep(0.2)
        for s in systems.values():
            measure.start(s["name"], s)
        with measure.Lock():
            yield
    finally:
        stop_all(mock, systems)


def cold_starts(s, times):
    """Milliseconds from starting the program to its first answer, with the patterns compiled by an earlier start."""
    took = []
    for _ in range(times):
        measure.stop(s["proc"])
        took.append(measure.start("ours", s))
    return took


def worker_pss(s):
    """PSS of the worker alone, in MB: the process of the tree that used most CPU time, which is who served."""
    def cpu(pid):
        try:
            with open(f"/proc/{pid}/stat") as f:
                fields = f.read().rsplit(")", 1)[1].split()
            return int(fields[11]) + int(fields[12])
        except OSError:
            return -1
    pid = max(measure.tree(s["proc"].pid), key=cpu)
    with open(f"/proc/{pid}/smaps_rollup") as f:
        return next(int(x.split()[1]) / 1024 for x in f if x.startswith("Pss:"))


def cpu_round(all_systems, seconds):
    out = {}
    for body in RATIO + STREAMS:
        names = [NGINX, OURS, HAPROXY] + ([OFF, CONTROL] if body in ("1k", "64k", "1k-stream") else [])
        if "-russian" in body or "-chinese" in body:
            names = [NGINX, OURS]
        for name in names:
            out[body, name] = measure.wrk(all_systems[name], body, seconds)
            if "state" in all_systems[name]:
                ours.forget_spool(all_systems[name])
    return out


def latency_round(all_systems, seconds):
    out = {}
    for body in LATENCY + STREAMS[:1]:
        for name in (NGINX, CONTROL, OURS, HAPROXY):
            stream = body in STREAMS
            out[body, name] = measure.probe(all_systems[name], body, 20 if stream else 200, seconds, stream)
    return out


def json_lines(path, language, build, total):
    """`total` bytes of rows of about 1 kB, of prose that does not repeat within 4 MB."""
    prose = subprocess.run([build / "micro", "prose", language, str(min(total, 4 << 20))], capture_output=True,
                           check=True).stdout.decode()
    import json
    step = 1024 if language == "english" else 512 if language == "russian" else 340
    rows = [json.dumps({"id": i, "text": prose[i * step:(i + 1) * step]}, ensure_ascii=False) + "\n"
            for i in range(len(prose) // step)]
    block = "".join(rows).encode()
    with open(path, "wb") as f:
        for _ in range(max(1, round(total / len(block)))):
            f.write(block)
    return os.path.getsize(path)


def check_speed(build, total):
    """MB of JSON Lines a second through `bawn check`, on one core, output thrown away."""
    out, path = {}, os.path.join(DIR, "check.jsonl")
    for language in ours.PROSE:
        size = json_lines(path, language, build, total if language == "english" else total // 4)
        with open(path, "rb") as f:
            before = os.times()
            subprocess.run(["taskset", "-c", GW_CPU, str(build / "bawn"), "check", "--format", "jsonl", "--policy",
                            str(ours.BENCH / "policy.yaml")], stdin=f, stdout=subprocess.DEVNULL, check=True)
            after = os.times()
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        out[language] = size / 1e6 / cpu
    os.unlink(path)
    return out
