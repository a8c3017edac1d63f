"""From rounds to tables and to one `name value` line for each bar."""
from measure import failed, med
from plan import CONTROL, HAPROXY, LATENCY, NGINX, OFF, OURS, RATIO, STREAMS

SIZES = {"1k": "1kB", "8k": "8kB", "64k": "64kB", "1m": "1MB"}


def cpu(rounds, body, name):
    return med([r[body, name].get("gw_cpu_us_per_req") for r in rounds if (body, name) in r])


def ratio(rounds, body, name):
    pairs = [(r.get((body, name), {}).get("gw_cpu_us_per_req"), r[body, NGINX].get("gw_cpu_us_per_req")) for r in rounds]
    return med([a / b for a, b in pairs if a and b])


def show(x, digits=0):
    return "–" if x is None else f"{x:,.{digits}f}"


def cpu_table(rounds):
    print("\n### CPU of the gateway, us a request (and as a ratio to nginx beside it)\n")
    names = [NGINX, CONTROL, OURS, OFF, HAPROXY]
    print("| body | " + " | ".join(names) + " | answers/s: nginx | ours | errors of ours |")
    print("| --- |" + " --: |" * (len(names) + 3))
    for body in RATIO + STREAMS:
        cells = [f"{show(cpu(rounds, body, n))} ({show(ratio(rounds, body, n), 2)})" if cpu(rounds, body, n) else "–"
                 for n in names]
        rps = [show(med([r[body, n].get("rps") for r in rounds])) for n in (NGINX, OURS)]
        bad = sum(failed(r[body, OURS]) for r in rounds)
        print(f"| {body} | " + " | ".join(cells + rps + [str(bad)]) + " |")


def over(rounds, body, name, below, what):
    return med([r[body, name][what]["p50"] - r[body, below][what]["p50"] for r in rounds
                if r[body, name].get(what) and r[body, below].get(what)])


def latency_table(rounds):
    print("\n### Median latency at a low fixed rate, us\n")
    print("| what | nginx | nginx again, over nginx | ours over nginx again | haproxy over nginx |")
    print("| --- | --: | --: | --: | --: |")
    for body in LATENCY + STREAMS[:1]:
        for what in ("total_us", "ttfb_us") if body in STREAMS else ("total_us",):
            base = med([r[body, NGINX][what]["p50"] for r in rounds if r[body, NGINX].get(what)])
            print(f"| {body} {'first byte' if what == 'ttfb_us' else 'whole'} | {show(base)} | "
                  f"{show(over(rounds, body, CONTROL, NGINX, what))} | {show(over(rounds, body, OURS, CONTROL, what))} | "
                  f"{show(over(rounds, body, HAPROXY, NGINX, what))} |")


def line(name, value, digits=2, more=""):
    print(f"{name} {'–' if value is None else f'{value:.{digits}f}'}{more}")


def latency_line(name, rounds, body, what, resolves):
    """RULINGS R26a: ours minus the control, which stands beside it; not resolved where the control itself is off."""
    control, ours = over(rounds, body, CONTROL, NGINX, what), over(rounds, body, OURS, CONTROL, what)
    if control is None or ours is None or abs(control) > resolves:
        print(f"{name} not_resolved control {show(control, 1)} measured {show(ours, 1)}")
    else:
        line(name, ours, 1, f" control {control:.1f}")


def cpu_lines(rounds):
    for body in ("1k", "8k", "64k"):
        line(f"cpu_ratio_{SIZES[body]}", ratio(rounds, body, OURS))
    one, big = cpu(rounds, "64k", OURS), cpu(rounds, "1m", OURS)
    line("cpu_1MB_over_64kB", big / one if one and big else None, 1)
    line("cpu_ratio_off_1kB", ratio(rounds, "1k", OFF))
    for language in ("russian", "chinese"):
        line(f"cpu_ratio_8kB_{language}", ratio(rounds, f"8k-{language}", OURS))
    line("stream_cpu_ratio", ratio(rounds, "1k-stream", OURS))
    line("stream_coalesced_cpu_ratio", ratio(rounds, "1k-coalesced", OURS))


def latency_lines(rounds):
    latency_line("p50_over_nginx_us_1kB", rounds, "1k", "total_us", 20)
    latency_line("p50_over_nginx_us_64kB", rounds, "64k", "total_us", 20)
    latency_line("ttfb_over_nginx_us", rounds, "1k-stream", "ttfb_us", 100)
