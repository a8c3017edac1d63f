"""Streams: judged as they pass, cut anywhere, over both protocols; what is blocked stops the upstream at once."""
import gzip
import json
import random
import time

import brotli
import pytest

import mock
from client import Client, ask, chat, get, http2, request

PIECES = ["Dear ", "reader", ", write to ", "secret@x.com", " or call. ", "Yours, ", "a machine."]
WHOLE = mock.events(PIECES)


def streamed(nginx, body=None, **more):
    return ask(nginx, body or chat("hello", stream=True, **more))


# keeps: T01, T06
@pytest.mark.parametrize("cut", [1, 7, 37, 1000, None, "random-1", "random-2", "random-3"])
@pytest.mark.parametrize("chunked", [True, False])
def test_same_stream_for_every_cutting(nginx, upstream, cut, chunked):
    if isinstance(cut, str):
        cut = sorted(random.Random(cut).sample(range(1, len(WHOLE)), 25))
    upstream.script = mock.stream(WHOLE, cut, chunked=chunked)
    a = streamed(nginx)
    assert a.complete and a.headers["content-type"].startswith("text/event-stream")
    assert a.text() == "".join(PIECES).replace("secret@x.com", "<EMAIL>")
    assert a.events()[-1] == "[DONE]" and a.finish() == "stop"
    assert nginx.event(a.id)["end"] == "complete"


@pytest.mark.parametrize("cut", [1, 50, None])
def test_same_stream_over_http2(nginx, upstream, cut):
    upstream.script = mock.stream(WHOLE, cut)
    with http2() as c:
        got = c.post(f"http://127.0.0.1:{nginx.h2}/v1/chat/completions", json=chat("hello", stream=True))
    assert got.status_code == 200 and "<EMAIL>" in got.text and "secret@" not in got.text
    assert got.text.rstrip().endswith("[DONE]")


@pytest.mark.parametrize("coding, pack", [("gzip", gzip.compress), ("br", brotli.compress)])
@pytest.mark.parametrize("cut", [1, 64, None])
def test_compressed_stream_is_inflated_and_judged(nginx, upstream, coding, pack, cut):
    upstream.script = mock.stream(pack(WHOLE), cut, content_encoding=coding)
    a = streamed(nginx)
    assert a.complete and "content-encoding" not in a.headers and "<EMAIL>" in a.text()


def test_head_does_not_wait_for_a_body(nginx, upstream):
    upstream.script = mock.stall(mock.head(content_type="text/event-stream", transfer_encoding="chunked"))
    with Client(nginx.port, seconds=2) as c:
        c.send(request(chat("hello", stream=True)))
        assert c.until(b"\r\n\r\n") and b"text/event-stream" in c.data and b"x-bawn-id" in c.data


def test_text_flows_while_the_model_still_speaks(nginx, upstream):
    first = mock.events(["Some words. "] + ["Sentence number %d follows. " % i for i in range(40)])
    first = first[:first.rindex(b"data: ", 0, len(first) - 20)]      # more than any window holds, and no end
    wire = mock.head(content_type="text/event-stream", transfer_encoding="chunked") + b"%x\r\n%s\r\n" % (len(first), first)
    upstream.script = mock.stall(wire)
    with Client(nginx.port, seconds=2) as c:
        c.send(request(chat("hello", stream=True)))
        assert c.until(b"Some words")


# keeps: T01, T07
@pytest.mark.parametrize("cut", [1, 33, None])
def test_block_in_mid_stream_ends_it_natively(nginx, upstream, cut):
    upstream.script = mock.stream(mock.events(["Here it comes. ", "It is ", "blockme", " and more ", "text."]), cut)
    a = streamed(nginx)
    assert a.complete and a.finish() == "content_filter" and a.events()[-1] == "[DONE]"
    assert "blockme" not in a.body.decode() and "more" not in a.body.decode()
    event = nginx.event(a.id)
    assert event["verdict"]["action"] == "block" and event["verdict"]["side"] == "output"


def test_block_closes_the_upstream_at_once(nginx, upstream):
    filler = ["word number %d. " % i for i in range(20_000)]
    upstream.script = mock.stream(mock.events(["Start. ", "blockme. "] + filler), 4000, delay=0.002)
    a = streamed(nginx)
    assert a.finish() == "content_filter"
    assert upstream.wait(lambda: upstream.gone > 0, 3)
    assert upstream.sent < 1_000_000


def test_blocked_request_that_asked_for_a_stream_gets_one(nginx, upstream):
    a = ask(nginx, chat("blockme", stream=True))
    assert a.status == 200 and a.headers["content-type"].startswith("text/event-stream")
    assert a.finish() == "content_filter" and a.events()[-1] == "[DONE]" and upstream.requests == []


# keeps: T07
@pytest.mark.parametrize("end", ["close", "reset"])
def test_upstream_that_dies_in_mid_stream_is_an_error_event_and_never_a_cut(nginx, upstream, end):
    part = WHOLE[:WHOLE.index(b"secret@") + 4]
    upstream.script = mock.raw(mock.head(content_type="text/event-stream", transfer_encoding="chunked")
                               + b"%x\r\n%s\r\n" % (len(part), part), end)
    a = streamed(nginx)
    assert a.complete and "secr" not in a.body.decode()
    assert any("error" in json.loads(e) for e in a.events() if e != "[DONE]")
    assert nginx.event(a.id)["end"] == "upstream_died"


def test_rubbish_between_chunks_is_an_error_event(nginx, upstream):
    upstream.script = mock.raw(mock.head(content_type="text/event-stream", transfer_encoding="chunked")
                               + b"%x\r\n%s\r\nnot a size\r\n" % (len(WHOLE[:300]), WHOLE[:300]))
    a = streamed(nginx)
    assert a.complete and any("error" in json.loads(e) for e in a.events() if e != "[DONE]")
    assert nginx.event(a.id)["end"] == "upstream_died"


def test_stream_that_stalls_is_an_error_event(start, upstream):
    nginx = start(read_timeout="300ms")
    wire = mock.head(content_type="text/event-stream", transfer_encoding="chunked") + b"%x\r\n%s\r\n" % (200, WHOLE[:200])
    upstream.script = mock.stall(wire)
    a = streamed(nginx)
    assert a.complete and [json.loads(e)["error"]["code"] for e in a.events() if '"error"' in e] == ["upstream_timeout"]
    event = nginx.event(a.id)
    assert (event["end"], event["verdict"]["reason"]) == ("upstream_timeout", "upstream_timeout")


def test_stream_that_ends_early_with_its_length_is_an_error_event(nginx, upstream):
    upstream.script = mock.raw(mock.head(content_type="text/event-stream", content_length=len(WHOLE) + 99) + WHOLE[:250])
    a = streamed(nginx)
    assert a.complete and any("error" in json.loads(e) for e in a.events() if e != "[DONE]")


@pytest.mark.parametrize("after", [0, 200, 700, 5000])
def test_client_that_leaves_is_recorded_and_the_upstream_let_go(nginx, upstream, after):
    upstream.script = mock.stream(mock.events(["word %d. " % i for i in range(3000)]), 500, delay=0.005)
    seen, gone = len(nginx.events()), upstream.gone
    c = Client(nginx.port)
    c.send(request(chat("hello", stream=True)))
    while len(c.data) < after:
        assert c.more()
    if after == 0:
        assert upstream.wait(lambda: upstream.requests)
    c.close()
    assert upstream.wait(lambda: len(nginx.events()) > seen and upstream.gone > gone)
    event = nginx.events()[-1]
    assert event["end"] == "client_left"
    if after > 1000:                                       # what he was shown, and what was seen of it, is recorded
        covered = event["coverage"]["output"]
        assert 0 < event["verdict"]["delivered_characters"] <= covered["total"] == covered["guarded"]


def test_client_that_leaves_over_http2(nginx, upstream):
    upstream.script = mock.stream(mock.events(["word %d. " % i for i in range(3000)]), 500, delay=0.005)
    seen = len(nginx.events())
    with http2() as c:
        with c.stream("POST", f"http://127.0.0.1:{nginx.h2}/v1/chat/completions", json=chat("hello", stream=True)) as r:
            next(r.iter_raw())
    assert upstream.wait(lambda: len(nginx.events()) > seen)
    assert nginx.events()[-1]["end"] == "client_left"


def test_slow_client_holds_the_upstream_back(nginx, upstream):
    big = mock.events(["a rather long piece of text, number %d. " % i for i in range(100_000)])   # 22 MB
    upstream.script = mock.stream(big, 65_536)
    with Client(nginx.port, window=65_536, seconds=20) as c:
        c.send(request(chat("hello", stream=True)))
        assert c.until(b"number 1.")
        time.sleep(0.7)
        assert upstream.sent < len(big) * 0.9, "all of it was read while the client read nothing"
        a = c.answer()
    assert a.complete and a.text().endswith("number 99999. ")
    assert nginx.event(a.id)["end"] == "complete"


def test_many_streams_at_once(nginx, upstream):
    upstream.script = mock.stream(WHOLE, 40, delay=0.005)
    clients = [Client(nginx.port).send(request(chat("hello", stream=True))) for _ in range(40)]
    for c in clients:
        a = c.answer()
        assert a.complete and a.finish() == "stop" and "<EMAIL>" in a.text()
        c.close()


def test_keep_alive_after_a_stream(nginx, upstream):
    upstream.script = mock.stream(WHOLE, 50)
    with Client(nginx.port) as c:
        for _ in range(3):
            assert c.send(request(chat("hello", stream=True))).answer().complete
    assert upstream.connections <= 1


def test_error_of_the_upstream_to_a_stream_passes(nginx, upstream):
    upstream.script = mock.answer_json({"error": {"message": "slow down", "code": "x"}}, 429)
    a = streamed(nginx)
    assert a.status == 429 and a.json()["error"]["message"] == "slow down"


def test_open_streams_are_counted(nginx, upstream):
    upstream.script = mock.stall(mock.head(content_type="text/event-stream", transfer_encoding="chunked"))
    with Client(nginx.port) as c:
        c.send(request(chat("hello", stream=True)))
        assert c.until(b"\r\n\r\n")
        assert "bawn_streams_open 1" in get(f"http://127.0.0.1:{nginx.port}/metrics").text
    assert upstream.wait(lambda: "bawn_streams_open 0" in get(f"http://127.0.0.1:{nginx.port}/metrics").text)


# keeps: T23
def test_long_stream_does_not_grow_the_worker(nginx, upstream):
    def resident():
        with open(f"/proc/{nginx.workers()[0]}/statm") as f:
            return int(f.read().split()[1]) * 4096
    body = mock.events(["a piece of text, number %d. " % i for i in range(40_000)])
    upstream.script = mock.stream(body[:400_000], 8000)
    streamed(nginx)
    before = resident()
    upstream.script = mock.stream(body, 8000)
    streamed(nginx)
    if "libasan" not in nginx.environment().get("LD_PRELOAD", ""):
        assert resident() - before < 1_000_000
