"""What `record.durability: sync` costs beside `process`: `bench/run durability`, about a minute.

Two gateways that differ in this key alone take turns, with a prompt of 1 kB: at a low fixed rate, where each answer waits for a
commit of its own (latency), and with 32 connections that ask and ask and share commits (CPU time, answers a second). Differences
and ratios are taken inside a round; a figure is the median over the rounds. `fdatasync_us` is the disk alone in the same round, a
record's 2 kB appended and committed at the same rate where the spools are: on another disk, or a busy one, the rest moves with it.
"""
import os
import pathlib
import statistics
import time

import bars
import measure
import ours
import plan
from settings import DIR, GW_CPU, PORT

PROCESS, SYNC = "process", "sync"
RATE = 100


def disk_alone(seconds):
    path, took, cores = pathlib.Path(DIR) / "fdatasync", [], os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(GW_CPU)})
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for _ in range(RATE * seconds):
        began = time.perf_counter()
        os.write(fd, b"x" * 2048)
        os.fdatasync(fd)
        took.append(1e6 * (time.perf_counter() - began))
        time.sleep(1 / RATE)
    os.close(fd)
    path.unlink()
    os.sched_setaffinity(0, cores)
    return statistics.median(took)


def one_round(systems, seconds):
    out = {"disk": disk_alone(seconds)}
    for name, s in systems.items():
        out[name] = measure.probe(s, "1k", RATE, seconds)["total_us"]["p50"], measure.wrk(s, "1k", seconds)
        ours.forget_spool(s)
    return out


def main(build, rounds=5, seconds=3):
    systems = {name: ours.system(build, f"durability-{name}", PORT + i, more=f"record: {{durability: {name}}}\n")
               for i, name in enumerate((PROCESS, SYNC))}
    with plan.running(systems):
        found = [one_round(systems, seconds) for _ in range(rounds)]
    for i in found:
        for name in systems:
            p50, load = i[name]
            print(f"  {name:8} p50 {p50:7.0f} us   CPU {load['gw_cpu_us_per_req']:6.1f} us a request   {load['rps']:7.0f} answers/s   "
                  f"errors {measure.failed(load)}")
    bars.line("fdatasync_us", measure.med([i["disk"] for i in found]), 0)
    bars.line("sync_p50_over_process_us", measure.med([i[SYNC][0] - i[PROCESS][0] for i in found]), 0)
    bars.line("sync_p50_over_process_in_fdatasyncs", measure.med([(i[SYNC][0] - i[PROCESS][0]) / i["disk"] for i in found]))
    for name, key in (("cpu", "gw_cpu_us_per_req"), ("answers", "rps")):
        bars.line(f"sync_{name}_ratio", measure.med([i[SYNC][1][key] / i[PROCESS][1][key] for i in found]))
