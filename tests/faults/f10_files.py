"""F10: no more files can be opened. Who comes in is refused cleanly or waits, the worker does not spin, and when files are free again
all is well. keeps: F10"""
import socket
import time

import client
import lab

LIMIT = 64


def flood(port, n):
    out = []
    for _ in range(n):
        s = socket.socket()
        s.settimeout(2)
        try:
            s.connect(("127.0.0.1", port))
            s.sendall(client.request(client.chat("hello", stream=True)))
        except OSError:
            pass
        out.append(s)
    return out


def said(sockets):
    """The statuses that came; None for nothing."""
    out = []
    for s in sockets:
        s.settimeout(0.05)
        try:
            data = s.recv(65536)
        except OSError:
            data = b""
        out.append(int(data.split()[1]) if data.startswith(b"HTTP/") else None)
        s.close()
    return out


def run(desk):
    nginx = desk.nginx(desk.upstream(lab.answers(400, 0.02)), workers=1, main=f"worker_rlimit_nofile {LIMIT};")
    worker, strange, spent, slow = nginx.workers()[0], [], 0.0, []
    for _ in range(lab.many(5, 1)):
        sockets = flood(nginx.port, 3 * LIMIT)
        time.sleep(0.5)
        before = lab.processor_seconds(worker)
        time.sleep(2)
        spent = max(spent, (lab.processor_seconds(worker) - before) / 2)
        strange += [s for s in said(sockets) if s not in (None, 200, 502, 503)]
        began = time.monotonic()

        def well():
            try:
                return client.ask(nginx, client.chat("hello")).status == 200
            except OSError:
                return False
        lab.until(well, 10)
        slow.append(time.monotonic() - began)
    told = any("Too many open files" in line or "worker_connections are not enough" in line for line in nginx.log)
    nginx.log = [line for line in nginx.log if "open files" not in line and "not enough" not in line]
    desk.figure("that files ran out (else it tests nothing)", "in the log", told, told)
    desk.none("answers that are neither 200 nor a clean 502 or 503", strange, 3 * LIMIT)
    desk.below("processor time of the worker meanwhile", spent, 0.6, " s/s")
    desk.below("the longest from free files to an answer", max(slow), 5, " s")
    desk.none("workers that died", 0 if nginx.workers() == [worker] else 1)
