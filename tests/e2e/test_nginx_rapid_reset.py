"""HTTP/2 streams that are opened and reset as fast as a client can (CVE-2023-44487): other clients are served, what was reset costs
the model next to nothing, and no worker dies or grows. keeps: T33"""
import pathlib
import socket
import threading
import time

import h2.config
import h2.connection
import h2.errors

import server
from client import ask, chat

HEAD = [(":method", "POST"), (":path", "/v1/chat/completions"), (":scheme", "http"), (":authority", "bawn"),
        ("content-type", "application/json"), ("content-length", "100")]


def one_connection(port, over):
    """Opens and resets streams until the server has enough of it (1000 requests a connection, of nginx) or the test is over."""
    conn, n = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding=None)), 0
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        s.settimeout(5)
        conn.initiate_connection()
        try:
            while not over.is_set() and n < 1000:
                for _ in range(50):
                    stream = conn.get_next_available_stream_id()
                    conn.send_headers(stream, HEAD)
                    conn.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
                    n += 1
                s.sendall(conn.data_to_send())
        except OSError:
            pass
    return n


class Attack:
    def __init__(self, port, clients=3):
        self.port, self.over, self.reset = port, threading.Event(), 0
        self.threads = [threading.Thread(target=self.run) for _ in range(clients)]
        for t in self.threads:
            t.start()

    def run(self):
        while not self.over.is_set():
            self.reset += one_connection(self.port, self.over)

    def stop(self):
        self.over.set()
        for t in self.threads:
            t.join()


def anonymous(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:"))


def test_streams_reset_at_once_do_not_keep_others_from_being_served(start, upstream):
    nginx = start(log="warn")
    worker = nginx.workers()
    ask(nginx, chat("hello"))
    before = anonymous(worker[0])
    attack = Attack(nginx.h2)
    try:
        answers, end = [], time.monotonic() + 3
        while time.monotonic() < end:
            answers.append(ask(nginx, chat("hello")))
    finally:
        attack.stop()
    assert attack.reset > 2000, "hardly an attack: this tests nothing"
    assert len(answers) > 10 and all(a.status == 200 and a.complete for a in answers)
    assert len(upstream.requests) <= len(answers) + 1        # none of them reached the model
    assert nginx.workers() == worker
    time.sleep(0.5)
    kept = 512 << 10 if server.libasan(nginx.module) else 0      # what was freed waits in the sanitizer's quarantine
    assert anonymous(worker[0]) - before < kept + (16 << 10)
    assert {a.id for a in answers} <= {e["id"] for e in nginx.events()}
