#!/usr/bin/env python3
"""Gateways and guardrail proxies side by side (README.md says how and why).

  bench.py list                     systems that can run here
  bench.py run NAME...              measure; raw JSON goes to $GWBENCH_DIR/raw
  bench.py check NAME...            start, send the probes, show what was blocked
  bench.py report [RAWDIR]          Markdown tables from the raw JSON (median per system)
"""
import json
import os
import signal
import sys
import time

from measure import Lock, check, mem_mb, med, probe, spawn, start, stop, wrk
from report import g, report, summary
from settings import CONNS, DIR, LOAD_CPU, MOCK, NICE, REFPORT, ROUNDS, bin_, w
from systems import SYSTEMS, sys_nginx


def run(name):
    s = SYSTEMS[name]()
    res = {"system": name, "guard": s.get("guard", ""), "time": time.strftime("%Y-%m-%dT%H:%M:%S"),
           "load1_before": os.getloadavg()[0], "nice": NICE, "conns": int(CONNS)}
    print(f"== {name}", flush=True)
    mock = spawn([bin_("mock"), "-p", str(MOCK)], LOAD_CPU)
    direct = {"cmd": None, "port": MOCK}
    ref = sys_nginx(REFPORT)
    ref["port"] = REFPORT
    ref["hdrs"] = s.get("hdrs", [])
    try:
        start("ref-nginx", ref)
        with Lock():
            cold = []
            for _ in range(1 if s.get("slow") else 5):
                cold.append(start(name, s))
                if not s["cmd"]:
                    break
                res["mem_idle"] = mem_mb(s["proc"].pid)
                if len(cold) < (1 if s.get("slow") else 5):
                    stop(s["proc"])
        res["cold_start_ms"] = med(cold)
        res["check"] = check(s)
        print("  ", res["check"], flush=True)
        trio = [("direct", direct), ("nginx", ref)] + ([("self", s)] if name not in ("direct",) else [])
        rate = s.get("rate", 200)
        # every timed run sits next to a direct and a plain-nginx run of the same kind
        R, R2 = ROUNDS, max(1, ROUNDS - 1)
        pair = [x for x in trio if x[0] != "direct" or name == "direct"]
        # every timed run sits next to a direct and a plain-nginx run of the same kind
        with Lock():
            for _ in range(2 if s.get("slow") else 1):      # warm JIT and pools
                wrk(s, "1k", 2)
            T = res["throughput"] = [{k: wrk(x, "1k", 3) for k, x in trio} for _ in range(R)]
            if s["cmd"]:
                res["mem_1k"] = mem_mb(s["proc"].pid)
            rps = med([g(x, trio[-1][0], "rps") for x in T]) or 1
            rate = res["rate"] = max(1, round(min(200, 0.2 * rps)))       # far from saturation
            srate = res["stream_rate"] = max(1, round(min(20, 0.05 * rps)))
            res["latency"] = [{k: probe(x, "1k", rate, 4) for k, x in trio} for _ in range(R)]
            res["stream"] = [{k: probe(x, "1k-stream", srate, 4, True) for k, x in trio} for _ in range(R2)]
        with Lock():
            res["sizes"], res["size_latency"], res["size_rate"] = {}, {}, {}
            for b in ("8k", "64k"):
                res["sizes"][b] = [{k: wrk(x, b, 8 if x is s and rps < 500 else 3) for k, x in pair}
                                   for _ in range(R2)]
                r = med([g(x, trio[-1][0], "rps") for x in res["sizes"][b]]) or 1
                r = res["size_rate"][b] = max(1, round(min(rate, 0.2 * r)))
                res["size_latency"][b] = [{k: probe(x, b, r, 4) for k, x in trio} for _ in range(R2)]
            res["stream_throughput"] = [{k: wrk(x, "1k-stream", 8 if x is s and s.get("slow") else 3) for k, x in trio}
                                        for _ in range(R2)]
        if s["cmd"]:
            res["mem_end"] = mem_mb(s["proc"].pid)
    finally:
        for p in (s.get("proc"), ref.get("proc"), mock):
            stop(p)
    res["load1_after"] = os.getloadavg()[0]
    label = os.environ.get("OUR_NAME", name) if name == "ours" else name
    f = os.path.join(DIR, "raw", f"{label}-{time.strftime('%H%M%S')}.json")
    w(f, json.dumps(res))
    t = summary(res)
    print("  ", json.dumps(t), flush=True)


def stop_on_term(*_):
    raise KeyboardInterrupt


def main():
    signal.signal(signal.SIGTERM, stop_on_term)
    a = sys.argv[1:] or ["list"]
    if a[0] == "list":
        print("\n".join(SYSTEMS))
    elif a[0] == "run":
        for x in a[1:]:
            run(x)
    elif a[0] == "check":
        for x in a[1:]:
            s = SYSTEMS[x]()
            mock = spawn([bin_("mock"), "-p", str(MOCK)], LOAD_CPU)
            try:
                print(x, "cold start ms:", start(x, s), json.dumps(check(s), indent=1))
            finally:
                stop(s.get("proc"))
                stop(mock)
    elif a[0] == "report":
        report(a[1] if len(a) > 1 else os.path.join(DIR, "raw"))


if __name__ == "__main__":
    main()
