"""F09: a thousand clients that send their head or body a byte at a time, ten thousand that say nothing: others are served as fast,
and a connection costs little. keeps: F09"""
import os
import resource
import socket
import time

import client
import lab

HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


def times(port, n):
    out = []
    for _ in range(n):
        began = time.monotonic()
        with client.Client(port) as c:
            assert c.send(client.request(client.chat("hello"))).answer().status == 200
        out.append(time.monotonic() - began)
    return out


def connect(port, n, said):
    out = []
    for i in range(n):
        s = socket.create_connection(("127.0.0.1", port), 5)
        if said:
            s.sendall(said(i))
        out.append(s)
    return out


def drip(sockets, byte):
    left = 0
    for s in sockets:
        try:
            s.send(byte)
        except OSError:
            left += 1
    return left


def run(desk):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    slow, idle = lab.many(1000, 200), min(lab.many(10000, 300), hard - 3000)
    main = f"worker_rlimit_nofile {min(hard, 30000)};"
    nginx = desk.nginx(desk.upstream(lab.answers()), workers=1, main=main, connections=20000)
    worker = nginx.workers()[0]
    times(nginx.port, 100)
    alone = [lab.p99(times(nginx.port, 150)) for _ in range(3)]
    before = lab.anonymous(worker)
    held = connect(nginx.port, slow, lambda i: HEAD[:20 + i % 40] if i % 2 else HEAD + b"content-length: 900\r\n\r\n{\"mod")
    held += connect(nginx.port, idle, None)
    lab.until(lambda: len(os.listdir(f"/proc/{worker}/fd")) > slow + idle)
    there = len(os.listdir(f"/proc/{worker}/fd"))
    beside, end = [], time.monotonic() + 20
    while len(beside) < 3 or (min(beside) > 2 * min(alone) and time.monotonic() < end):
        drip(held[:slow], b"x")
        beside.append(lab.p99(times(nginx.port, 150)))
    each = (lab.anonymous(worker) - before) / (slow + idle)
    for s in held:
        s.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    desk.figure("files that the worker has open (else it tests nothing)", f"> {slow + idle}", there, there > slow + idle)
    # of several the least: other programs on the machine make single ones longer, and none shorter
    desk.below(f"p99 of others beside {slow} slow and {idle} idle, over p99 alone", min(beside) / min(alone), 2)
    desk.below("memory of the worker for each of them", each, 64, " KiB")
    desk.none("workers that died", 0 if nginx.workers() == [worker] else 1)
    answer = client.ask(nginx, client.chat("hello"))
    desk.figure("the next request", "200", answer.status, answer.status == 200)
