"""F06: the clock of the day jumps under a running gateway: an hour back, a day on, beyond 2038. Requests are answered, limits are
held by the clock that does not jump, and the record is in order by its sequence. (Tokens that expire are not built: no identities.)
keeps: T05, F06"""
import email.utils
import time

import client
import lab
import mock

JUMPS = {"an hour back": -3600, "a day on": 86400, "beyond 2038": 20 * 365 * 86400, "to and fro": 0}


def off_by(answer):
    """How far the gateway's clock is from ours."""
    return email.utils.parsedate_to_datetime(answer.headers["date"]).timestamp() - time.time()


def run(desk):
    shim = desk.shim()
    up = desk.upstream(lab.answers())
    nginx = desk.nginx(up, shim, read_timeout="1s", workers=1)
    worker, ids, wrong, slow = nginx.workers(), [], [], []
    for name, seconds in JUMPS.items():
        load = desk.load(nginx.port, 2)
        time.sleep(0.3)
        shim.later(seconds)
        time.sleep(lab.many(2, 0.4))
        load.stop()
        if abs(off_by(client.ask(nginx, client.chat("hello"))) - seconds) > 3:
            wrong.append((name, "the jump was not felt: this tests nothing"))
        wrong += [(name, b) for b in load.broken]
        ids += load.whole
        up.script = mock.stall()
        began = time.monotonic()
        c = client.Client(nginx.port)
        c.send(client.request(client.chat("hello")))
        time.sleep(0.2)
        shim.later(-seconds)                                # while it waits
        answer = c.answer()
        slow.append(abs(time.monotonic() - began - 1))
        wrong += [(name, answer.status)] if answer.status != 504 else []
        c.close()
        up.script = lab.answers()
    recorded = [e["id"] for e in nginx.events()]
    desk.none("answers that failed, or a stalled upstream that was no 504", wrong, len(ids))
    desk.none("answers without a record", set(ids) - set(recorded), len(ids))
    desk.below("how far a limit of 1 s was missed", max(slow), 1, " s")
    desk.none("workers that died", 0 if nginx.workers() == worker else 1)
