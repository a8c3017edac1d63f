"""F02: the disk under the record fails: no space, no longer readable, short writes, a sync that fails. No answer is whole without
its record; clients get 503 in the dialect's words; and when the disk is well again, so is the gateway. keeps: P3a.8, T23, F02"""
import errno
import time

import client
import lab

FAULTS = [("write", errno.ENOSPC, -1), ("write", errno.EIO, -1), ("write", 0, 40), ("write", errno.EIO, 40), ("sync", errno.EIO, -1),
          ("sync", errno.ENOSPC, -1)]


def code_of(nginx):
    answer = client.ask(nginx, client.chat("hello"))
    return answer.status, answer.status != 200 and answer.code()


def run(desk):
    shim = desk.shim()
    nginx = desk.nginx(desk.upstream(lab.answers()), shim, spool="sync", workers=1)
    worker, whole, slowest, refusals, passed = nginx.workers(), [], 0.0, [], 0
    for call, number, part in FAULTS:
        shim.heal()
        load = desk.load(nginx.port)
        time.sleep(lab.many(1.5, 0.4))
        before = len(load.whole)
        shim.fail(call, number, part=part)
        time.sleep(0.2)                                     # what was acknowledged just before still travels
        during = len(load.whole)
        time.sleep(lab.many(1.5, 0.4))
        passed += len(load.whole) - during
        refusals.append(code_of(nginx))
        failed = shim.failed(call)
        shim.heal()
        began = time.monotonic()
        lab.until(lambda: code_of(nginx)[0] == 200)
        slowest = max(slowest, time.monotonic() - began)
        load.stop()
        whole += load.whole
        if not failed or not before:
            desk.figure(f"{call} fails with {errno.errorcode.get(number, 'a short count')} (else it tests nothing)", "> 0", failed, False)
    recorded = {e["id"] for e in nginx.events()}
    desk.none(f"answers read whole without a record, {len(FAULTS)} faults", set(whole) - recorded, len(whole))
    desk.none("answers that were whole while nothing could be recorded", passed)
    desk.none("refusals that are not 503 record_unavailable", [r for r in refusals if r != (503, "record_unavailable")], len(refusals))
    desk.below("the longest from a disk that is well to an answer", slowest, 2, " s")
    desk.none("workers that died", set(worker) - set(nginx.workers()))
