"""A suspended exchange: NEED, the scorer's socket, deadlines; with a scripted engine and a scripted scorer."""
import os
import signal
import socket
import struct
import threading
import time

import pytest

import mock
import server
from client import Client, ask, chat, get, http2, request


class Scorer:
    """Answers frames {u32 len, u32 id, u32 deadline_us, payload} with {u32 len, u32 id, payload}."""

    def __init__(self, path):
        self.path, self.mode, self.seen, self.delay = str(path), "good", [], 0.0
        self.listener = None
        self.connections = []
        self.start()

    def start(self):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(16)
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            try:
                c, _ = listener.accept()
            except OSError:
                return
            self.connections.append(c)
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def serve(self, c):
        data = b""
        try:
            while True:
                more = c.recv(65536)
                if not more:
                    return
                data += more
                while len(data) >= 12:
                    size, id, deadline = struct.unpack_from("<III", data)
                    if len(data) < 12 + size:
                        break
                    self.seen.append((data[12:12 + size], deadline))
                    data = data[12 + size:]
                    self.answer(c, id)
        except OSError:
            pass

    def answer(self, c, id):
        if self.mode == "silent":
            return
        if self.mode == "die":
            c.close()
            return
        if self.mode == "rubbish":
            c.sendall(b"\xff" * 64)
            return
        if self.mode == "late":
            threading.Timer(1.4, lambda: self.put(c, id, b"good")).start()
            return
        if self.mode == "wrong":                       # answers nobody asked for, then the right one
            self.put(c, id ^ 0x40000000, b"bad")
            self.put(c, id ^ 3, b"bad")
        if self.delay:
            time.sleep(self.delay)
        wire = struct.pack("<II", 4, id) + (b"bad!" if self.mode == "bad" else b"good")
        for i in range(len(wire)):
            c.sendall(wire[i:i + 1])

    def put(self, c, id, payload):
        try:
            c.sendall(struct.pack("<II", len(payload), id) + payload)
        except OSError:
            pass

    def stop(self):
        self.listener.close()
        os.unlink(self.path)
        for c in self.connections:
            try:
                c.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            c.close()
        self.connections = []


@pytest.fixture
def scorer(tmp_path):
    s = Scorer(tmp_path / "s")
    yield s
    if s.listener.fileno() >= 0:
        s.stop()


@pytest.fixture
def guarded(start, scorer):
    return start(engine="scripted", http=f"bawn_scorer unix:{scorer.path};")


def test_scored_and_passed(guarded, scorer, upstream):
    a = ask(guarded, chat("needscore"))
    assert a.status == 200 and len(upstream.requests) == 1
    payload, deadline = scorer.seen[0]
    assert payload == b"score this" and 100_000 < deadline <= 1_000_000


def test_scored_over_http2(guarded, upstream):
    with http2() as c:
        got = c.post(f"http://127.0.0.1:{guarded.h2}/v1/chat/completions", json=chat("needscore secret@x.com"))
    assert got.status_code == 200 and b"<EMAIL>" in upstream.requests[0].body


# keeps: T04, T05
@pytest.mark.parametrize("mode", ["bad", "silent", "die", "rubbish", "late"])
def test_scorer_that_fails_is_guard_failed(guarded, scorer, upstream, mode):
    scorer.mode = mode
    began = time.monotonic()
    a = ask(guarded, chat("needscore"))
    assert (a.status, a.code(), a.headers["x-should-retry"]) == (503, "guard_failed", "false")
    assert time.monotonic() - began < 2.5 and upstream.requests == []
    assert guarded.event(a.id)["verdict"]["action"] == "fail"


# keeps: T05
def test_late_answer_reaches_nobody(guarded, scorer, upstream):
    scorer.mode = "late"
    assert ask(guarded, chat("needscore")).status == 503
    scorer.mode = "silent"
    with Client(guarded.port) as c:
        c.send(request(chat("needscore")))
        assert c.answer().status == 503            # the late "good" came meanwhile, for the slot's former owner


def test_answers_nobody_asked_for_are_dropped(guarded, scorer, upstream):
    scorer.mode = "wrong"
    assert ask(guarded, chat("needscore")).status == 200


def test_no_scorer_configured_is_guard_failed(start, upstream):
    nginx = start(engine="scripted")
    a = ask(nginx, chat("needscore"))
    assert (a.status, a.code()) == (503, "guard_failed") and upstream.requests == []


def test_approval_without_its_room_is_no(guarded, upstream):
    assert ask(guarded, chat("needapproval")).status == 503


def test_scorer_that_comes_back_is_used_again(guarded, scorer, upstream):
    assert ask(guarded, chat("needscore")).status == 200
    scorer.stop()
    assert ask(guarded, chat("needscore")).status == 503
    assert get(f"http://127.0.0.1:{guarded.port}/readyz").status_code == 503
    scorer.start()
    assert upstream.wait(lambda: ask(guarded, chat("needscore")).status == 200, 6)
    assert get(f"http://127.0.0.1:{guarded.port}/readyz").status_code == 200


def test_many_at_once(guarded, scorer, upstream):
    clients = [Client(guarded.port).send(request(chat("needscore %d" % i))) for i in range(60)]
    assert all(c.answer().status == 200 for c in clients)
    for c in clients:
        c.close()


def test_scorer_dies_with_many_waiting(guarded, scorer, upstream):
    scorer.mode = "silent"
    clients = [Client(guarded.port).send(request(chat("needscore"))) for _ in range(30)]
    assert upstream.wait(lambda: len(scorer.seen) == 30)
    scorer.stop()
    assert all(c.answer().status == 503 for c in clients)
    for c in clients:
        c.close()


def test_client_that_leaves_while_it_is_scored_is_recorded(guarded, scorer, upstream):
    scorer.mode = "late"
    seen = len(guarded.events())
    for _ in range(10):
        c = Client(guarded.port)
        c.send(request(chat("needscore")))
        time.sleep(0.02)
        c.close()
    assert upstream.wait(lambda: len(guarded.events()) >= seen + 10)
    assert all(e["end"] == "client_left" for e in guarded.events()[seen:])
    time.sleep(1)
    scorer.mode = "good"
    assert ask(guarded, chat("needscore")).status == 200


def test_pipelined_behind_a_suspended_request(guarded, scorer, upstream):
    scorer.delay = 0.1
    with Client(guarded.port) as c:
        c.send(request(chat("needscore")) + request(chat("hello")))
        assert [c.answer().status, c.answer().status] == [200, 200]


def test_continue_lets_others_go_first(guarded, upstream):
    a = ask(guarded, chat("needcontinue secret@x.com"))
    assert a.status == 200 and b"<EMAIL>" in upstream.requests[0].body


def test_engine_without_a_verdict_fails_closed(guarded, upstream):
    a = ask(guarded, chat("noverdict"))
    assert (a.status, a.code()) == (503, "guard_failed") and upstream.requests == []


def test_edit_outside_the_body_fails_closed(start, upstream):
    nginx = start(engine="scripted")
    a = ask(nginx, chat("wildedit"))
    assert a.status == 503 and upstream.requests == []
    nginx.stop()
    assert any("an edit lies outside" in line for line in nginx.log)
    nginx.log = []


# ---- answers and streams ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode, status", [("good", 200), ("bad", 503), ("silent", 503), ("die", 503)])
def test_answer_is_scored_before_a_byte_leaves(guarded, scorer, upstream, mode, status):
    scorer.mode = mode
    upstream.script = mock.answer_json(mock.completion("answerscore and secret@x.com"))
    a = ask(guarded, chat("hello"))
    assert a.status == status and b"secret@" not in a.body and guarded.event(a.id)


@pytest.mark.parametrize("cut", [11, None])
@pytest.mark.parametrize("delay", [0, 0.2])
def test_stream_goes_on_after_a_score(guarded, scorer, upstream, cut, delay):
    scorer.delay = delay
    upstream.script = mock.stream(mock.events(["One. ", "streamscore. ", "Three to secret@x.com. ", "Four."]), cut)
    a = ask(guarded, chat("hello", stream=True))
    assert a.complete and a.text() == "One. streamscore. Three to <EMAIL>. Four." and guarded.event(a.id)["end"] == "complete"


@pytest.mark.parametrize("mode", ["bad", "silent", "die"])
def test_stream_ends_as_guard_failed_and_the_upstream_is_closed(guarded, scorer, upstream, mode):
    scorer.mode = mode
    upstream.script = mock.stream(mock.events(["streamscore. "] + ["word %d. " % i for i in range(5000)]), 3000, delay=0.02)
    a = ask(guarded, chat("hello", stream=True))
    assert a.complete and "guard_failed" in a.events()[-1] and "word 4000" not in a.body.decode()
    assert upstream.wait(lambda: upstream.gone > 0)
    assert guarded.event(a.id)["verdict"]["action"] == "fail"


def test_stream_whose_upstream_ended_waits_for_its_score(guarded, scorer, upstream):
    scorer.delay = 0.3
    upstream.script = mock.stream(mock.events(["streamscore. ", "The end."]))
    with http2() as c:
        got = c.post(f"http://127.0.0.1:{guarded.h2}/v1/chat/completions", json=chat("hello", stream=True))
    assert "The end." in got.text and got.text.rstrip().endswith("[DONE]")


def test_client_leaves_while_its_stream_is_scored(guarded, scorer, upstream):
    scorer.mode = "silent"
    upstream.script = mock.stream(mock.events(["streamscore. ", "The end."]))
    seen = len(guarded.events())
    c = Client(guarded.port)
    c.send(request(chat("hello", stream=True)))
    assert upstream.wait(lambda: scorer.seen)
    c.close()
    assert upstream.wait(lambda: len(guarded.events()) > seen)


# ---- reload with requests in suspension (pitfalls 2 and 3) -------------------------------------------------------------------
def test_suspended_requests_survive_a_reload(guarded, scorer, upstream):
    scorer.delay = 0.02
    old = guarded.workers()
    clients = [Client(guarded.port).send(request(chat("needscore"))) for _ in range(15)]
    guarded.signal(signal.SIGHUP)
    assert [c.answer().status for c in clients] == [200] * 15
    for c in clients:
        c.close()
    server.until_replaced(old, guarded.workers, 6)
    assert "open socket" not in guarded.text()
    assert ask(guarded, chat("needscore")).status == 200
