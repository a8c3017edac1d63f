"""Processes that are pinned, timed and stopped; one timed run of load or of the prober."""
import fcntl
import glob
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import time

from settings import CONNS, DIR, GW_CPU, HERE, LOAD_CPU, LOCK, NICE, P, PATH, PORT, SCALE, SPIN, bin_

HZ = os.sysconf("SC_CLK_TCK")


# ---------------------------------------------------------------- processes
def autogroup(nice):
    """With kernel autogrouping a process competes by its group's nice value, not by its own."""
    try:
        with open("/proc/self/autogroup", "w") as f:
            f.write(str(nice))
    except OSError:
        pass


def pin(cpu):
    def f():
        os.setsid()
        autogroup(NICE)
        os.sched_setaffinity(0, {int(cpu)})
        if NICE:
            try:
                os.setpriority(os.PRIO_PROCESS, 0, NICE)
            except PermissionError:
                pass
    return f


def spawn(cmd, cpu, env=None, cwd=None, log=None):
    out = open(log, "ab") if log else subprocess.DEVNULL
    return subprocess.Popen(cmd, env={**os.environ, **(env or {})}, cwd=cwd, stdin=subprocess.DEVNULL,
                            stdout=out, stderr=out, preexec_fn=pin(cpu))


def tree(pid):
    kids = {}
    for p in os.listdir("/proc"):
        if p.isdigit():
            try:
                s = open(f"/proc/{p}/stat").read()
                kids.setdefault(int(s[s.rindex(")") + 2:].split()[1]), []).append(int(p))
            except OSError:
                pass
    out, todo = [], [pid]
    while todo:
        p = todo.pop()
        out.append(p)
        todo += kids.get(p, [])
    return out


def cpu_s(pid):
    t = 0
    for p in tree(pid):
        try:
            s = open(f"/proc/{p}/stat").read()
            f = s[s.rindex(")") + 2:].split()
            t += int(f[11]) + int(f[12])
        except OSError:
            pass
    return t / HZ


def mem_mb(pid):
    pss = rss = 0
    for p in tree(pid):
        try:
            for line in open(f"/proc/{p}/smaps_rollup"):
                if line.startswith("Pss:"):
                    pss += int(line.split()[1])
                elif line.startswith("Rss:"):
                    rss += int(line.split()[1])
        except OSError:
            pass
    return {"pss_mb": round(pss / 1024, 1), "rss_mb": round(rss / 1024, 1)}


def stop(p):
    if not p:
        return
    pids = tree(p.pid)
    for sig in (signal.SIGTERM, signal.SIGKILL):
        for q in pids:
            try:
                os.kill(q, sig)
            except ProcessLookupError:
                pass
        try:
            p.wait(5)
            break
        except subprocess.TimeoutExpired:
            pass


def idle_on(cpu):
    os.setsid()
    autogroup(19)
    os.sched_setaffinity(0, {int(cpu)})
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


class Lock:
    def __enter__(self):
        self.f = open(LOCK, "a")
        t = time.time()
        fcntl.flock(self.f, fcntl.LOCK_EX)
        self.t = time.time()
        self.spin = [subprocess.Popen([sys.executable, "-c", "while 1: pass"], preexec_fn=lambda c=c: idle_on(c))
                     for c in (GW_CPU, LOAD_CPU)] if SPIN else []
        if self.t - t > 1:
            print(f"  waited {self.t - t:.0f} s for the timing lock", flush=True)

    def __exit__(self, *a):
        for p in self.spin:
            p.kill()
            p.wait()
        print(f"  locked section {time.time() - self.t:.0f} s", flush=True)
        self.f.close()

# ---------------------------------------------------------------- measuring
def probe(s, body, rate, secs, stream=False, exactly=False):
    cmd = [bin_("probe"), "-p", str(s["port"]), "-u", s.get("path", PATH), "-b", f"{P}/{body}.json",
           "-r", str(rate), "-t", str(secs if exactly else max(1, secs * SCALE))] + (["-s"] if stream else [])
    for h in s.get("hdrs", []):
        cmd += ["-H", h]
    o = subprocess.run(cmd, capture_output=True, text=True, preexec_fn=pin(LOAD_CPU), timeout=120)
    return json.loads(o.stdout)


def wrk(s, body, secs):
    c0, t0 = (cpu_s(s["proc"].pid) if s.get("proc") else 0), time.time()
    o = subprocess.run(["wrk", "-t1", "-c" + CONNS, f"-d{max(1, round(secs * SCALE))}s", "--timeout", "20s", "-s",
                        HERE + "/chat.lua", f"http://127.0.0.1:{s['port']}{s.get('path', PATH)}"],
                       capture_output=True, text=True, preexec_fn=pin(LOAD_CPU), timeout=180,
                       env={**os.environ, "BODY": f"{P}/{body}.json", "HDRS": "\n".join(s.get("hdrs", []))})
    line = [x for x in o.stdout.splitlines() if x.startswith("JSON ")]
    r = json.loads(line[0][5:]) if line else {"error": o.stdout + o.stderr}
    if s.get("proc") and r.get("requests"):
        c = cpu_s(s["proc"].pid) - c0
        r["gw_cpu_us_per_req"] = round(1e6 * c / r["requests"], 1)
        r["gw_cpu_share"] = round(c / (time.time() - t0), 3)
    return r


def failed(load):
    """Requests of wrk() that got no proper answer."""
    return sum(load.get(k, 0) for k in ("err_status", "err_timeout", "err_read", "err_connect"))


def post(s, body, timeout=60):
    c = http.client.HTTPConnection("127.0.0.1", s["port"], timeout=timeout)
    h = {"Content-Type": "application/json", "Authorization": "Bearer sk-bench"}
    for x in s.get("hdrs", []):
        k, v = x.split(":", 1)
        h[k] = v.strip()
    c.request("POST", s.get("path", PATH), body, h)
    r = c.getresponse()
    d = r.read()
    c.close()
    return r.status, d


def start(name, s, cpu=GW_CPU):
    """Start a system and return the milliseconds until its first 200 answer."""
    s.setdefault("port", PORT)
    if not s["cmd"]:
        return None
    log = os.path.join(DIR, "log", name + ".log")
    os.makedirs(os.path.dirname(log), exist_ok=True)
    t = time.time()
    s["proc"] = spawn(s["cmd"], cpu, s.get("env"), s.get("cwd"), log)
    cmd = [bin_("probe"), "-w", "-p", str(s["port"]), "-u", s.get("path", PATH), "-b", f"{P}/1k.json", "-t", "120"]
    for h in s.get("hdrs", []):
        cmd += ["-H", h]
    o = subprocess.run(cmd, capture_output=True, text=True, preexec_fn=pin(LOAD_CPU))
    if o.returncode:
        stop(s["proc"])
        raise SystemExit(f"{name}: did not answer 200; see {log}")
    return round(1000 * (time.time() - t), 1)


def check(s):
    out = {}
    st, d = post(s, open(f"{P}/1k.json", "rb").read())
    out["plain"] = f"{st}, {'answer ok' if b'Thank you for your question' in d else d[:80]!r}"
    for k in ("8k", "64k"):
        out["plain-" + k] = post(s, open(f"{P}/{k}.json", "rb").read())[0]
    st, d = post(s, open(f"{P}/1k-stream.json", "rb").read())
    out["stream"] = f"{st}, {d.count(b'data:')} events, {len(d)} bytes"
    for f in sorted(glob.glob(P + "/probe-*.json")):
        out[os.path.basename(f)[6:-5]] = post(s, open(f, "rb").read())[0]
    return out


def med(xs):
    xs = [x for x in xs if x is not None]
    return statistics.median(xs) if xs else None
