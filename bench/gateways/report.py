"""Markdown tables from raw results (the median of a system's runs)."""
import glob
import json
import os

from measure import med
from systems import SYSTEMS


def g(d, *ks):
    for k in ks:
        d = (d or {}).get(k) if isinstance(d, dict) else None
    return d


def summary(r):
    k = "self" if r["system"] != "direct" else "direct"
    o = {"system": r["system"], "guard": r.get("guard", ""), "cold_ms": r.get("cold_start_ms"),
         "mem": g(r, "mem_end", "pss_mb"), "idle": g(r, "mem_idle", "pss_mb")}

    def series(rows, *path):
        return med([g(x, *path) for x in rows or []])
    for q in ("p50", "p99"):
        a = series(r.get("latency"), k, "total_us", q)
        o["lat_" + q] = a
        o["add_" + q] = med([(g(x, k, "total_us", q) or 0) - g(x, "direct", "total_us", q) for x in r["latency"]])
        o["nginx_add_" + q] = med([g(x, "nginx", "total_us", q) - g(x, "direct", "total_us", q) for x in r["latency"]])
        o["over_" + q] = med([(g(x, k, "total_us", q) or 0) - g(x, "nginx", "total_us", q) for x in r["latency"]])
        for b in ("8k", "64k"):
            o[f"over_{b}_{q}"] = med([(g(x, k, "total_us", q) or 0) - (g(x, "nginx", "total_us", q) or 0)
                                      for x in r["size_latency"][b]])
            o[f"add_{b}_{q}"] = med([(g(x, k, "total_us", q) or 0) - g(x, "direct", "total_us", q)
                                     for x in r["size_latency"][b]])
            o[f"nginx_add_{b}_{q}"] = med([(g(x, "nginx", "total_us", q) or 0) - g(x, "direct", "total_us", q)
                                     for x in r["size_latency"][b]])
    for m in ("ttfb_us", "total_us", "chunk_lag_us"):
        for q in ("p50", "p99"):
            o[f"stream_{m}_{q}"] = med([(g(x, k, m, q) or 0) - (g(x, "direct", m, q) or 0) for x in r["stream"]])
            o[f"over_stream_{m}_{q}"] = med([(g(x, k, m, q) or 0) - (g(x, "nginx", m, q) or 0) for x in r["stream"]])
            o[f"nginx_stream_{m}_{q}"] = med([(g(x, "nginx", m, q) or 0) - (g(x, "direct", m, q) or 0) for x in r["stream"]])
    o["chunks"] = med([g(x, k, "chunks") for x in r["stream"]])
    for b, rows in (("1k", r["throughput"]), ("8k", r["sizes"]["8k"]), ("64k", r["sizes"]["64k"]),
                    ("st", r["stream_throughput"])):
        o["rps_" + b] = series(rows, k, "rps")
        o["cpu_" + b] = series(rows, k, "gw_cpu_us_per_req")
        o["share_" + b] = series(rows, k, "gw_cpu_share")
        o["ratio_" + b] = med([g(x, k, "rps") / g(x, "nginx", "rps") for x in rows if g(x, k, "rps") and g(x, "nginx", "rps")])
        o["nginx_cpu_" + b] = series(rows, "nginx", "gw_cpu_us_per_req")
        o["nginx_rps_" + b] = series(rows, "nginx", "rps")
        o["direct_rps_" + b] = series(rows, "direct", "rps")
        o["bad_" + b] = sum((g(x, k, "err_status") or 0) + (g(x, k, "err_timeout") or 0) + (g(x, k, "err_read") or 0) for x in rows)
    return o


def n(x, d=0):
    if x is None:
        return "-"
    return f"{x:,.{d}f}"


def report(raw):
    rows = {}
    for f in sorted(glob.glob(raw + "/*.json")):
        r = json.load(open(f))
        if "stream_throughput" in r:
            rows.setdefault(os.path.basename(f).rsplit("-", 1)[0], []).append(summary(r))
    order = [k for k in SYSTEMS if k in rows] + [k for k in rows if k not in SYSTEMS]
    M = {k: {f: (med([x[f] for x in rows[k]]) if isinstance(rows[k][-1].get(f), (int, float)) else rows[k][-1].get(f))
             for f in rows[k][-1]} for k in order}
    print("### Throughput, CPU and memory (1 kB prompt, 32 connections, gateway on one core)\n")
    print("| system | req/s measured | core busy | CPU us/req | req/s a core can do | x nginx CPU | SSE streams/s | CPU us/stream | x nginx CPU | PSS MB idle / after | cold start ms | runs |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    div = lambda x, y: x / y if x and y else None
    for k in order:
        m = M[k]
        cells = [n(m["rps_1k"]), n(m["share_1k"], 2), n(m["cpu_1k"]), n(div(1e6, m["cpu_1k"])), n(div(m["cpu_1k"], m["nginx_cpu_1k"]), 1),
                 n(m["rps_st"]), n(m["cpu_st"]), n(div(m["cpu_st"], m["nginx_cpu_st"]), 1), n(m["idle"]) + " / " + n(m["mem"]), n(m["cold_ms"]), str(len(rows[k]))]
        print("| " + " | ".join([k] + cells) + " |")
    print("\n### Added latency at a low fixed rate (us; rate = the smaller of 200/s and 20% of the system's own maximum)\n")
    print("| system | 1 kB p50 over direct | 1 kB p99 over direct | 1 kB p50 over nginx | 8 kB p50 over nginx | 64 kB p50 over nginx | stream TTFB p50 over direct | TTFB p50 over nginx | whole stream p50 over nginx | chunk lag p50 over nginx | nginx beside it: p50 / p99 over direct |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for k in order:
        m = M[k]
        print("| " + " | ".join([k] + [n(m.get(f)) for f in ("add_p50", "add_p99", "over_p50", "over_8k_p50", "over_64k_p50",
              "stream_ttfb_us_p50", "over_stream_ttfb_us_p50", "over_stream_total_us_p50", "over_stream_chunk_lag_us_p50")]
              + [n(m["nginx_add_p50"]) + " / " + n(m["nginx_add_p99"])]) + " |")
    print("\n### Growth with prompt size (req/s and gateway CPU us per request)\n")
    print("| system | 1 kB req/s | 8 kB req/s | 64 kB req/s | CPU 1 kB | CPU 8 kB | CPU 64 kB | CPU 64 kB / 1 kB | 64 kB req/s of nginx | errors |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for k in order:
        m = M[k]
        gr = m["cpu_64k"] / m["cpu_1k"] if m["cpu_64k"] and m["cpu_1k"] else None
        print(f"| {k} | {n(m['rps_1k'])} | {n(m['rps_8k'])} | {n(m['rps_64k'])} | {n(m['cpu_1k'])} | {n(m['cpu_8k'])} | {n(m['cpu_64k'])} | {n(gr, 1)} | {n(m['ratio_64k'], 3)} | {n(sum(m['bad_' + b] for b in ('1k', '8k', '64k', 'st')))} |")
