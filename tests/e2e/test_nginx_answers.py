"""The answer's side, unstreamed: judged whole, and whatever an upstream may do wrong."""
import gzip
import json
import zlib

import brotli
import pytest

import mock
from client import Client, ask, chat, http2, request

TEXT = json.dumps(mock.completion("write to secret@x.com today")).encode()
MASKED = TEXT.replace(b"secret@x.com", b"<EMAIL>")


def wrapped(body, cut=None, chunked=True, **headers):
    return mock.stream(body, cut=cut, chunked=chunked, content_type="application/json", **headers)


# ---- judged -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("buffering", ["on", "off"])
@pytest.mark.parametrize("cut", [1, 7, 37, 100_000])
@pytest.mark.parametrize("chunked", [True, False])
def test_answer_is_masked_for_every_cutting(start, upstream, buffering, cut, chunked):
    if cut == 1 and buffering == "off":
        pytest.skip("once is enough")
    nginx = start(buffering=buffering)
    upstream.script = wrapped(TEXT, cut, chunked)
    a = ask(nginx, chat("hello"))
    assert a.status == 200 and a.body == MASKED and a.headers["content-length"] == str(len(MASKED))
    assert nginx.event(a.id)["end"] == "complete"


def test_answer_without_findings_is_byte_for_byte(nginx, upstream):
    body = b'{ "id":"x","choices":[ {"index":0,"message":{"role":"assistant","content":"caf\\u00e9"},"finish_reason":"stop"}],"usage":{"a":1.50}}'
    upstream.script = mock.answer_bytes(body, content_type="application/json")
    assert ask(nginx, chat("hello")).body == body


def test_blocked_answer_looks_native(nginx, upstream):
    upstream.script = mock.answer_json(mock.completion("the word is blockme, yes"))
    a = ask(nginx, chat("hello"))
    assert a.status == 200 and a.finish() == "content_filter" and b"blockme" not in a.body
    event = nginx.event(a.id)
    assert event["verdict"]["action"] == "block" and event["verdict"]["side"] == "output"


@pytest.mark.parametrize("size", [64_000, 1_000_000])
def test_large_answers(nginx, upstream, size):
    upstream.script = mock.answer_json(mock.completion("word " * (size // 5) + "secret@x.com"))
    a = ask(nginx, chat("hello"))
    assert a.status == 200 and a.text().endswith("<EMAIL>")


def test_over_http2(nginx, upstream):
    upstream.script = wrapped(TEXT, 11)
    with http2() as c:
        got = c.post(f"http://127.0.0.1:{nginx.h2}/v1/chat/completions", json=chat("hello"))
    assert got.status_code == 200 and got.content == MASKED


# ---- compressed although asked for identity -----------------------------------------------------------------------------
@pytest.mark.parametrize("cut", [1, 13, None])
@pytest.mark.parametrize("coding, pack", [("gzip", gzip.compress), ("br", brotli.compress), ("x-gzip", gzip.compress)])
def test_compressed_answer_is_inflated_and_judged(nginx, upstream, coding, pack, cut):
    upstream.script = wrapped(pack(TEXT), cut, content_encoding=coding)
    a = ask(nginx, chat("hello"), accept_encoding="gzip, br")
    assert upstream.requests[0].headers["accept-encoding"] == "identity"
    assert a.status == 200 and a.body == MASKED and "content-encoding" not in a.headers


@pytest.mark.parametrize("body, coding", [
    (zlib.compress(TEXT), "deflate"), (gzip.compress(TEXT), "gzip, gzip"), (TEXT, "zstd"),
    (gzip.compress(TEXT)[:-9], "gzip"), (gzip.compress(TEXT) + b"more", "gzip"),
    (gzip.compress(TEXT) + gzip.compress(TEXT), "gzip"), (b"not gzip at all", "gzip"), (brotli.compress(TEXT)[:-3], "br"),
    (gzip.compress(b" " * 30_000_000), "gzip"), (brotli.compress(b" " * 30_000_000), "br")],
    ids=["deflate", "twice", "zstd", "cut", "trailing", "members", "lie", "cut-br", "bomb", "bomb-br"])
def test_what_cannot_be_inflated_is_502(nginx, upstream, body, coding):
    upstream.script = mock.answer_bytes(body, content_type="application/json", content_encoding=coding)
    a = ask(nginx, chat("hello"))
    assert a.status == 502 and a.json()["error"]["code"].startswith("upstream_")
    assert nginx.event(a.id)["verdict"]["action"] in ("refuse", "fail")


# ---- kinds of answers that are not let in ----------------------------------------------------------------------------------
@pytest.mark.parametrize("headers", [
    {"content_type": "text/html"}, {"content_type": "text/event-streamx"}, {"content_type": "application/jsonp"},
    {"content_type": "application/octet-stream"}, {}], ids=str)
def test_other_types_are_502(nginx, upstream, headers):
    upstream.script = mock.answer_bytes(b"secret words blockme", **headers)
    a = ask(nginx, chat("hello"))
    assert a.status == 502 and b"secret words" not in a.body and a.json()["error"]["code"].startswith("upstream_")
    assert nginx.event(a.id)["verdict"]["action"] in ("refuse", "fail")


@pytest.mark.parametrize("status", [204, 206, 301, 302, 307])
def test_statuses_without_a_place_in_the_api_are_502(nginx, upstream, status):
    body = b"" if status == 204 else b"{}"
    upstream.script = mock.raw(mock.head(status, content_type="application/json", location="http://elsewhere/",
                                         content_length=len(body)) + body)
    a = ask(nginx, chat("hello"))
    assert a.status == 502 and "location" not in a.headers


def test_upgrade_is_refused(nginx, upstream):
    upstream.script = mock.raw(b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nblockme")
    with Client(nginx.port) as c:
        a = c.send(request(chat("hello"), connection="upgrade", upgrade="websocket")).answer()
    assert a.status == 502 and b"blockme" not in a.body


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_upstreams_own_error_passes_unaltered_and_recorded(nginx, upstream, status):
    body = json.dumps({"error": {"message": "no such thing", "type": "x", "code": None}}).encode()
    upstream.script = mock.answer_bytes(body, status, content_type="application/json", retry_after="7")
    a = ask(nginx, chat("hello"))
    assert a.status == status and a.body == body and a.headers["retry-after"] == "7"
    event = nginx.event(a.id)
    assert event["http"]["response.status_code"] == status
    assert event["coverage"]["unguarded"] == [{"path": None, "characters": len(body), "reason": "upstream_error"}]


def test_answer_that_is_not_json_is_502(nginx, upstream):
    upstream.script = mock.answer_bytes(b'{"choices": [', content_type="application/json")
    a = ask(nginx, chat("hello"))
    assert (a.status, a.code()) == (502, "upstream_invalid")


def test_answer_over_the_limit_is_502(nginx, upstream):
    upstream.script = mock.answer_json(mock.completion("word " * 600_000))
    a = ask(nginx, chat("hello"))
    assert a.status == 502 and nginx.event(a.id)["verdict"]["action"] in ("refuse", "fail")


# ---- broken upstreams ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("data", [
    b"", b"HTTP/1.1 200 OK\r\n", b"\x16\x03\x01 rubbish\r\n\r\n", b"HTTP/9.9 xx\r\n\r\n",
    mock.head(content_type="application/json", content_length=len(TEXT)) + TEXT[:50],
    mock.head(content_type="application/json", transfer_encoding="chunked") + b"20\r\n" + TEXT[:32] + b"\r\n",
    mock.head(content_type="application/json", transfer_encoding="chunked") + b"zz\r\nrubbish\r\n",
    mock.head(content_type="application/json", transfer_encoding="chunked") + b"20\r\n" + TEXT[:32] + b"\r\nQQ\r\n"],
    ids=["nothing", "half-head", "rubbish", "bad-version", "short", "no-last-chunk", "bad-chunk", "bad-second-chunk"])
@pytest.mark.parametrize("end", ["close", "reset"])
def test_broken_answer_is_502_in_the_dialect_and_recorded(nginx, upstream, data, end):
    upstream.script = mock.raw(data, end)
    a = ask(nginx, chat("hello"))
    assert a.status == 502 and a.complete and a.json()["error"]["code"].startswith("upstream_")
    assert nginx.event(a.id)["verdict"]["action"] in ("refuse", "fail")


def test_length_that_is_too_small_is_not_half_an_answer(nginx, upstream):
    upstream.script = mock.raw(mock.head(content_type="application/json", content_length=len(TEXT) - 30) + TEXT)
    a = ask(nginx, chat("hello"))
    assert a.status == 502 and a.complete


def test_upstream_that_is_not_there_is_502(start, upstream):
    nginx = start()
    nginx.stop()
    conf = nginx.prefix / "nginx.conf"
    conf.write_text(conf.read_text().replace(f"server 127.0.0.1:{upstream.port}", "server 127.0.0.1:1"))
    nginx.start()
    a = ask(nginx, chat("hello"))
    assert (a.status, a.code()) == (502, "upstream_unreachable")
    assert nginx.event(a.id)["verdict"]["action"] in ("refuse", "fail")


def test_upstream_that_stalls_before_its_head_is_504(start, upstream):
    nginx = start(read_timeout="300ms")
    upstream.script = mock.stall()
    a = ask(nginx, chat("hello"))
    assert (a.status, a.code()) == (504, "upstream_timeout")
    assert nginx.event(a.id)["verdict"]["action"] in ("refuse", "fail")


@pytest.mark.parametrize("status", [200, 500])
def test_upstream_that_stalls_in_its_body_is_504(start, upstream, status):
    nginx = start(read_timeout="300ms")
    upstream.script = mock.stall(mock.head(status, content_type="application/json", content_length=500) + b'{"a":')
    a = ask(nginx, chat("hello"))
    assert (a.status, a.code()) == (504, "upstream_timeout") and a.complete
    event = nginx.event(a.id)
    assert (event["end"], event["verdict"]["reason"]) == ("upstream_timeout", "upstream_timeout")


@pytest.mark.parametrize("buffering", ["on", "off"])
@pytest.mark.parametrize("how, end", [("stall", "upstream_timeout"), ("close", "upstream_died")])
def test_unguarded_answer_that_breaks_off_is_recorded_as_that(start, upstream, how, end, buffering):
    nginx = start(read_timeout="300ms", buffering=buffering)
    wire = mock.head(content_type="application/json", content_length=500) + b'{"a":'
    upstream.script = mock.stall(wire) if how == "stall" else mock.raw(wire)
    a = ask(nginx, {"input": "hello"}, path="/v1/embeddings")
    assert a.status == 200 and not a.complete and nginx.event(a.id)["end"] == end


def test_client_that_leaves_while_the_answer_comes_is_recorded(nginx, upstream):
    upstream.script = mock.stall(mock.head(content_type="application/json", content_length=500) + b'{"a":')
    seen = len(nginx.events())
    c = Client(nginx.port)
    c.send(request(chat("hello")))
    assert upstream.wait(lambda: upstream.sent)
    c.close()
    assert upstream.wait(lambda: len(nginx.events()) > seen)
    assert nginx.events()[-1]["end"] == "client_left"


def test_upstream_connections_are_kept_alive(nginx, upstream):
    for _ in range(5):
        assert ask(nginx, chat("hello")).status == 200
    assert upstream.connections <= 2


@pytest.mark.parametrize("stream", [False, True])
def test_an_upstreams_own_id_is_not_passed_on(nginx, upstream, stream):
    upstream.script = (mock.stream(mock.events(["hello"]), x_bawn_id="fake", X_Bawn_Id="fake2") if stream
                       else mock.answer_json(mock.completion("hello"), x_bawn_id="fake", X_Bawn_Id="fake2"))
    with Client(nginx.port) as c:
        a = c.send(request(chat("hello", stream=stream))).answer()
    assert a.text() == "hello" and nginx.event(a.headers["x-bawn-id"])["id"] == a.id and "fake" not in str(a.headers)


@pytest.mark.parametrize("status", [204, 304])
def test_answer_without_a_body_is_whole(nginx, upstream, status):
    """Over HTTP/2 a filter below us finds out that nothing follows the head."""
    upstream.script = mock.raw(mock.head(status))
    with http2() as c:
        a = c.post(f"http://127.0.0.1:{nginx.h2}/v1/embeddings", content=b'{"model": "standin", "input": "x"}')
    assert a.status_code == status and nginx.event(a.headers["x-bawn-id"])["end"] == "complete"


@pytest.mark.parametrize("path", ["/v1/embeddings", "/v1/chat/completions"])
def test_upstreams_own_504_that_breaks_off_is_no_time_out(start, upstream, path):
    nginx = start()
    upstream.script = mock.raw(mock.head(504, content_length=100) + b"abc")
    a = ask(nginx, chat("hello") if "chat" in path else b'{"model": "standin", "input": "x"}', path=path)
    assert (a.status, a.code()) == (502, "upstream_invalid") if "chat" in path else not a.complete
    assert nginx.events()[0]["end"] == "upstream_died"


@pytest.mark.parametrize("kind", ["length", "chunked", "collected", "stream"])
def test_a_filter_below_that_adds_its_own_last_buffer(start, upstream, kind):
    nginx = start(http="add_after_body /more; addition_types *;", locations="location = /more { bawn off; return 200 MORE; }")
    path, body = "/v1/embeddings", b'{"model": "standin", "input": "x"}'
    if kind == "length":
        upstream.script = mock.answer_bytes(b"x" * 9000, content_type="application/json")
    elif kind == "chunked":
        upstream.script = mock.stream(b"x" * 9000, 3000, content_type="application/json")
    else:
        path, body = "/v1/chat/completions", chat("hello", stream=kind == "stream")
        if kind == "stream":
            upstream.script = mock.stream(mock.events(["a ", "b"]), 100)
    with Client(nginx.port, seconds=4) as c:
        for _ in range(2):
            a = c.send(request(body, path=path)).answer()
            assert a.complete and a.body.endswith(b"MORE")
