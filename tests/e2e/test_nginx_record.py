"""The record is written before the answer's end, whatever happens; and nothing is answered that cannot be recorded."""
import json
import os
import signal
import time

import pytest

import mock
from client import Client, Load, ask, chat, get, request


@pytest.mark.parametrize("spool", ["", "sync"])
def test_record_is_there_when_the_answer_is(start, upstream, spool):
    nginx = start(spool=spool)
    for body, stream in ((chat("hello"), False), (chat("blockme"), False), (chat("hello", stream=True), True),
                         (b"rubbish", False), (chat("hello"), False)):
        upstream.script = mock.stream(mock.events(["a ", "b"])) if stream else mock.answer_json(mock.completion("x"))
        a = ask(nginx, body)
        assert a.id in [e["id"] for e in nginx.events()]
    upstream.script = mock.raw(b"")
    a = ask(nginx, chat("hello"))
    assert a.status == 502 and a.id in [e["id"] for e in nginx.events()]


def test_sync_commits_many_at_once(start, upstream):
    nginx = start(spool="sync")
    upstream.script = mock.stream(mock.events(["a ", "b"]))
    clients = [Client(nginx.port).send(request(chat("hello", stream=True))) for _ in range(50)]
    ids = {c.answer().id for c in clients}
    for c in clients:
        c.close()
    assert ids <= {e["id"] for e in nginx.events()}


def test_sync_with_a_client_that_leaves(start, upstream):
    nginx = start(spool="sync")
    for _ in range(20):
        c = Client(nginx.port)
        c.send(request(chat("blockme")))
        c.close()
    assert ask(nginx, chat("hello")).status == 200
    assert upstream.wait(lambda: len(nginx.events()) >= 1)


def test_killed_worker_loses_no_answered_request(start, upstream):
    nginx = start(main="")
    load = Load(nginx.port, streams=False)
    for _ in range(3):
        time.sleep(0.4)
        for pid in nginx.workers():
            os.kill(pid, signal.SIGKILL)
    time.sleep(0.3)
    load.stop()
    recorded = {e["id"] for e in nginx.events()}
    assert len(load.begun) > 50 and set(load.begun) <= recorded
    nginx.log = [line for line in nginx.log if "exited on signal 9" not in line]


def test_terminated_worker_records_what_it_was_doing(start, upstream):
    nginx = start()
    upstream.script = mock.stall(mock.head(content_type="text/event-stream", transfer_encoding="chunked"))
    with Client(nginx.port) as c:
        c.send(request(chat("hello", stream=True)))
        assert c.until(b"x-bawn-id: ")
        id = c.data.split(b"x-bawn-id: ")[1][:36].decode()
        nginx.signal(signal.SIGTERM)
        nginx.process.wait(5)
    assert nginx.event(id)


# keeps: T23
def test_full_disk_answers_503_before_an_upstream_is_asked(start, upstream):
    nginx = start(file_limit=6000)
    statuses = []
    for _ in range(40):
        a = ask(nginx, chat("hello"))
        statuses.append(a.status)
        if a.status == 503:
            assert a.code() == "record_unavailable"
            break
    assert statuses[0] == 200 and statuses[-1] == 503
    asked = len(upstream.requests)
    assert ask(nginx, chat("hello")).status == 503 and ask(nginx, chat("blockme")).status == 503
    assert len(upstream.requests) == asked
    recorded = nginx.events()
    assert len(recorded) >= statuses.count(200)
    with Client(nginx.port) as c:
        c.send(b"GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert c.answer().status == 503
    assert upstream.wait(lambda: "record" in nginx.text())                 # its log is read beside us


@pytest.mark.parametrize("spool", ["", "sync"])
@pytest.mark.parametrize("end", [True, False], ids=["ends", "stays"])
def test_full_disk_in_a_stream_is_an_error_event(start, upstream, end, spool):
    """Whether or not the upstream closes behind its [DONE]: that leaves only once the record is written."""
    nginx = start(file_limit=3000, spool=spool)
    said = mock.events(["a ", "b"])
    upstream.script = mock.stream(said) if end else mock.stall(
        mock.head(content_type="text/event-stream", transfer_encoding="chunked") + b"%x\r\n%s\r\n" % (len(said), said), 1)
    for _ in range(40):
        with Client(nginx.port) as c:
            c.send(request(chat("hello", stream=True)))
            while b"[DONE]" not in c.data and b"record_unavailable" not in c.data:
                assert c.more()
        if b"record_unavailable" in c.data:
            assert b"[DONE]" not in c.data
            break
    else:
        raise AssertionError("the disk never filled")


@pytest.mark.parametrize("path", ["/v1/embeddings", "/v1/chat/completions"], ids=["unguarded", "error"])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_full_disk_cuts_an_answer_that_is_not_judged(start, upstream, chunked, path):
    """It is recorded before its last byte, too: what has no record does not look complete."""
    nginx, complete, status = start(file_limit=3000), 0, 200 if "embed" in path else 400
    body = b'{"data": ["%s"]}' % (b"x" * 5000)
    upstream.script = mock.stream(body, content_type="application/json", status=status) if chunked else mock.answer_bytes(body, status)
    for _ in range(40):
        try:
            a = ask(nginx, chat("hello") if status == 400 else b'{"model": "standin", "input": "x"}', path=path)
        except ConnectionError:
            break
        if a.status == 503 or not a.complete:
            break
        complete += 1
    else:
        raise AssertionError("the disk never filled")
    assert 0 < complete <= len(nginx.events())


def test_full_disk_is_remembered_until_something_is_written(start, upstream):
    """An upstream that does not answer: its refusal is recorded at once, and the turn's commit has nothing left to write."""
    nginx = start(file_limit=6000)
    upstream.script = mock.raw(b"")
    codes = [ask(nginx, chat("hello")).code() for _ in range(20)]
    assert "record_unavailable" in codes and len(upstream.requests) <= codes.index("record_unavailable") + 1
    assert get(f"http://127.0.0.1:{nginx.port}/readyz").status_code == 503


def test_full_disk_counts_each_record_once_as_written_or_lost(start, upstream):
    nginx = start(file_limit=3000)
    upstream.script = mock.stall(mock.head(content_type="text/event-stream", transfer_encoding="chunked"))
    for _ in range(12):
        with Client(nginx.port) as c:
            assert c.send(request(chat("hello", stream=True))).until(b"\r\n\r\n")
    assert upstream.wait(lambda: nginx.text().count("append to the spool") > 0)
    lines = get(f"http://127.0.0.1:{nginx.port}/metrics").text.splitlines()
    count = {name: sum(int(x.split()[-1]) for x in lines if x.startswith(name)) for name in ("bawn_decisions_total", "bawn_unrecorded_total")}
    assert count["bawn_decisions_total"] == len(nginx.events())
    assert 0 < count["bawn_unrecorded_total"] <= 12 - len(nginx.events())


def test_terminated_worker_says_what_it_could_not_record(start, upstream):
    nginx = start(file_limit=100)
    upstream.script = mock.stall(mock.head(content_type="text/event-stream", transfer_encoding="chunked"))
    with Client(nginx.port) as c:
        assert c.send(request(chat("hello", stream=True))).until(b"\r\n\r\n")
        nginx.signal(signal.SIGTERM)
        nginx.process.wait(5)
    assert upstream.wait(lambda: "append to the spool" in nginx.text())


def test_full_disk_with_on_full_observe_goes_on_and_counts(start, upstream):
    nginx = start(file_limit=6000, spool="on_full=observe")
    upstream.script = mock.answer_json(mock.completion("x"))
    assert all(ask(nginx, chat("blockme")).status == 200 for _ in range(40))
    with Client(nginx.port) as c:
        c.send(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n")
        text = c.answer().body.decode()
    lost = int(text.split("bawn_unrecorded_total ")[-1].split()[0])
    assert lost > 0


@pytest.mark.parametrize("text, answer, stream", [
    ("blockme", None, False), ("blockme", None, True), ("hello", "hello you", False), ("hello", "secret@x.com it is", False),
    ("hello", "it is blockme", False), ("hello", "hello you", True), ("hello", "it is blockme ", True)])
def test_an_event_counts_the_bytes_that_the_client_was_sent(nginx, upstream, text, answer, stream):
    upstream.script = mock.stream(mock.events((answer or "").split(" "))) if stream else mock.answer_json(mock.completion(answer))
    a = ask(nginx, chat(text, stream=stream))
    body = json.dumps(chat(text, stream=stream))
    assert a.complete and nginx.event(a.id)["bytes"] == {"request": len(body), "response": len(a.body)}


def test_refusals_by_nginx_itself_are_recorded(start, upstream):
    nginx = start(location="deny all;")
    a = ask(nginx, chat("hello"))
    assert (a.status, a.code()) == (403, "forbidden")
    assert a.json()["error"]["message"] == "This server refused the request before it was judged."      # it could be read well
    assert nginx.event(a.id)["verdict"]["reason"] == "forbidden"
