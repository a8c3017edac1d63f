"""F01: kill -9 at random moments, under load: of a worker, of all workers, of everything. An answer whose last byte a client has
read has its record; torn tails are repaired; a start takes less than two seconds. keeps: P3a.8, R16, F01"""
import os
import random
import signal
import time

import lab


def kill(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def start_again(served, master):
    served.process.wait(5)
    lab.until(lambda: not os.path.exists(f"/proc/{master}"))        # init has buried it
    served.log.close()
    began = time.monotonic()
    served.start()
    return time.monotonic() - began


def run(desk):
    dice, rounds = random.Random(os.environ.get("BAWN_SEED", "1")), lab.many(200, 12)
    served = desk.gateway(desk.upstream(lab.answers()))
    load, starts, torn = desk.load(served.port), [], 0
    for n in range(rounds):
        time.sleep(dice.uniform(0.05, 0.4))
        workers, master = served.workers(), served.master()
        if dice.random() < 0.25 or n == 1:
            kill([served.process.pid, master, *workers] if dice.random() < 0.5 else [master, served.process.pid, *workers])
            torn += served.bawn("log", "repair").stdout.startswith("1 torn")
            starts.append(start_again(served, master))
        else:
            kill(workers if dice.random() < 0.5 else workers[:1])
    time.sleep(0.5)
    load.stop()
    served.spool.forget()
    recorded = {e["id"] for e in served.events()}
    desk.figure("clients that felt it (else it tests nothing)", "> 0", f"{len(load.broken)} of {len(load.broken) + len(load.whole)}", load.broken)
    desk.none(f"answers read whole without a record, {rounds} kills", set(load.whole) - recorded, len(load.whole))
    desk.below(f"the slowest of {len(starts)} starts", max(starts), 2, " s")
    served.stop()
    served.bawn("log", "repair")
    verified = served.bawn("log", "verify")
    desk.figure(f"`bawn log verify` behind it all ({torn} torn tails cut)", "exit 0", f"exit {verified.returncode}", verified.returncode == 0)
