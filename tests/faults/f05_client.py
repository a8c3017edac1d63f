"""F05: clients that leave in the midst of a stream: the upstream is let go within a second, and what happened is recorded, with the
characters that were delivered. keeps: P3a.8, F05"""
import random
import time

import client
import lab
import mock


def run(desk):
    dice = random.Random(1)
    up = desk.upstream(mock.stream(mock.events(["a word. "] * 2000), 300, delay=0.01))
    nginx = desk.nginx(up, workers=1)
    seconds, unrecorded, n = [], [], lab.many(100, 10)
    for _ in range(n):
        gone = up.gone
        c = client.Client(nginx.port)
        c.send(client.request(client.chat("hello", stream=True)))
        c.until(b"\r\n\r\n")
        id = c.data.split(b"x-bawn-id: ")[1][:36].decode()
        time.sleep(dice.uniform(0, 0.2))
        began = time.monotonic()
        c.close()
        lab.until(lambda: up.gone > gone)
        seconds.append(time.monotonic() - began)
        event = nginx.event(id)
        if event["end"] != "client_left" or event["verdict"]["delivered_characters"] > event["coverage"]["output"]["guarded"]:
            unrecorded.append(event)
    desk.below(f"the slowest of {n} until the upstream is closed", max(seconds), 1, " s")
    desk.none("of them not recorded as what they were", unrecorded, n)
