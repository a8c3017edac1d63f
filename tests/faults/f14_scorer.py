"""F14: the process that scores is killed, silent, slow, wrong. Learned guards are not built, but what asks them is: the socket, its
deadline and its failure. Everything is blocked, and recorded. keeps: T04, T05, F14"""
import threading
import time

import client
import lab
import test_nginx_suspend


def ask(nginx, stream, wrong, seconds):
    began = time.monotonic()
    answer = client.ask(nginx, client.chat("needscore", stream=stream))
    seconds.append(time.monotonic() - began)
    if (answer.status, answer.status != 200 and answer.code()) != (503, "guard_failed"):
        wrong.append((answer.status, answer.body))
    elif nginx.event(answer.id)["verdict"]["action"] != "fail":
        wrong.append("recorded as another thing")


def run(desk):
    up = desk.upstream()
    scorer = desk.keep(test_nginx_suspend.Scorer(desk.folder / "s"), lambda s: s.listener.fileno() >= 0 and s.stop())
    nginx = desk.nginx(up, engine="scripted", http=f"bawn_scorer unix:{scorer.path};")
    wrong, seconds, n = [], [], 0
    for mode in ("bad", "silent", "die", "rubbish", "late", "killed"):
        scorer.mode = mode
        if mode == "killed":
            scorer.stop()
        threads = [threading.Thread(target=ask, args=(nginx, i % 2 == 1, wrong, seconds)) for i in range(lab.many(60, 10))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        n += len(threads)
    desk.none("requests that were not refused as guard_failed, with a record", wrong, n)
    desk.none("requests that reached the model", len(up.requests), n)
    desk.below("the slowest refusal (deadline 1 s)", max(seconds), 3, " s")
    scorer.start()
    scorer.mode = "good"
    desk.figure("when it is back", "200", "", lab.until(lambda: client.ask(nginx, client.chat("needscore")).status == 200, 6))
