"""F08: a bad policy on reload, under load: it is refused with line and column, and the old one goes on judging. keeps: T20, F08"""
import re

import client
import lab

BAD = {
    "an unknown key": lambda p: p + "no_such_key: 1\n",
    "a wrong type": lambda p: p.replace("version: 1", "version: [1]"),
    "a key twice": lambda p: p + "version: 1\n",
    "no YAML": lambda p: p + "\t- {\n",
    "an unknown action": lambda p: p.replace("action: block", "action: blok"),
    "a guardrail that is not there": lambda p: p.replace("guardrail: test", "guardrail: tset"),
    "an expression that cannot be": lambda p: p.replace("cust-[^;]{1,40};", "cust-[^;{1,40};"),
    "code": lambda p: p + "x: !!python/object/apply:os.system [id]\n",
    "cut off": lambda p: p[:len(p) // 2],
    "nothing": lambda p: "",
}


def run(desk):
    served = desk.gateway(desk.upstream(lab.answers()))
    good, taken, unplaced, opened, n = served.policy.read_text(), [], [], [], 0
    load = desk.load(served.port, 2)
    for _ in range(lab.many(5, 1)):
        for name, spoil in BAD.items():
            served.policy.write_text(spoil(good))
            said = served.bawn("reload", "-c", str(served.policy))
            n += 1
            if said.returncode == 0:
                taken.append(name)
            if not re.search(r"bawn\.yaml:\d+:\d+", said.stdout + said.stderr):
                unplaced.append((name, said.stderr))
            answer = client.ask(served, client.chat("blockme"))
            if answer.status != 200 or answer.finish() != "content_filter":
                opened.append(name)
    load.stop()
    served.policy.write_text(good)
    desk.none("bad policies that were taken", taken, n)
    desk.none("refusals without line and column", unplaced, n)
    desk.none("times the old policy no longer judged", opened, n)
    desk.none("requests that failed meanwhile", [str(b) for b in load.broken], len(load.whole))
    desk.figure("`bawn reload` of the good one", "exit 0", code := served.bawn("reload", "-c", str(served.policy)).returncode, code == 0)
