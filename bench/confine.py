"""What it costs that workers are confined: `bench/run confine`, about a minute.

Two gateways that differ in `--confine` alone take turns, with a prompt of 1 kB and 32 connections that ask and ask. Where the work
goes is in user space, and a call that is allowed whatever its arguments costs next to nothing since Linux 5.11 (the kernel keeps a map of
them), so what is measured is the rest: calls whose arguments are looked at, and Landlock at each connect and each file. CPU time
of a request is the solid figure; ratios are taken inside a round, a figure is the median over the rounds. `begin_ms`: from the start of
the program to the first answer, which has making and entering the filter in it.
"""
import bars
import measure
import ours
import plan
from settings import PORT

OFF, ON = "off", "on"


def one_round(systems, seconds, turn):
    out = {}
    for name in sorted(systems, reverse=turn % 2 == 1):            # whoever goes second finds a machine that is warmer
        out[name] = measure.wrk(systems[name], "1k", seconds)
        ours.forget_spool(systems[name])
    return out


def main(build, rounds=8, seconds=4):
    systems = {name: ours.system(build, f"confine-{name}", PORT + i, words=["--confine", name]) for i, name in enumerate((OFF, ON))}
    with plan.running(systems):
        found = [one_round(systems, seconds, i) for i in range(rounds)]
        begin = {name: measure.med(plan.cold_starts(s, 5)) for name, s in systems.items()}
    for i in found:
        for name in systems:
            print(f"  confine {name:4} CPU {i[name]['gw_cpu_us_per_req']:6.1f} us a request   {i[name]['rps']:7.0f} answers/s   "
                  f"errors {measure.failed(i[name])}")
    for name, key in (("cpu", "gw_cpu_us_per_req"), ("answers", "rps")):
        bars.line(f"confine_{name}_ratio", measure.med([i[ON][key] / i[OFF][key] for i in found]), 3)
    bars.line("confine_begin_ms", begin[ON] - begin[OFF], 1, f" of {begin[ON]:.1f}")
