"""The hostile world: what must not happen, case by case, and the test that holds it.

Each case here must end in a clear error of the dialect (or the stream's error event), leave exactly one record, no worker dead,
no descriptor open, and an ear for the next request. Tests named without a file stand here; R, A, S, P and C are
test_nginx_requests.py, _answers.py, _streams.py, _pitfalls.py and _record.py.

  malformed, truncated JSON             test_bad_body; R: test_malformed_json_is_400_in_the_dialect
  duplicate keys, escaped ones too      test_bad_body
  too deep                              test_bad_body
  invalid UTF-8, lone surrogates        test_bad_body
  wrong content type                    test_bad_head; R: test_content_type, test_two_content_types_are_refused
  transfer codings, HTTP/9.9             test_what_nginx_itself_does_not_know
  compressed request bodies             test_bad_head; R: test_compressed_request_is_refused
  chunked bodies                        test_bad_body[chunked], test_bad_chunks; R: test_body_reaches_the_model_as_it_was_judged
  Expect: 100-continue                  R: test_expect_100_continue, test_expect_is_not_answered_100_when_the_head_is_refused
  HTTP/2                                test_bad_body[h2], test_broken_upstream[h2]; R: ..[h2], S: test_same_stream_over_http2
  pipelining                            test_pipelined_good_and_bad; R: test_pipelined_requests_are_answered_in_order
  empty bodies                          test_bad_body; R: test_empty_body_is_an_error_of_the_dialect
  bodies of 100 MB                      test_bad_head; R: test_hundred_megabytes_sent_in_full, test_body_over_the_limit_in_chunks_is_413
  clients that leave in mid-stream      test_client_that_leaves; S: test_client_that_leaves_is_recorded_and_the_upstream_let_go
  clients that leave in their body      test_client_that_leaves_in_its_body
  upstreams that stall                  test_broken_upstream; S: test_stream_that_stalls_is_an_error_event
  upstreams that reset                  test_broken_upstream; A: test_broken_answer_is_502_in_the_dialect_and_recorded
  upstreams that send garbage           test_broken_upstream; S: test_rubbish_between_chunks_is_an_error_event
  upstreams that lie about length       test_broken_upstream, test_senseless_length; A: test_length_that_is_too_small_is_not_half_an_answer
  no leak                               test_nothing_is_left_open; LeakSanitizer at the end of each worker (server.Nginx)
"""
import json
import os
import socket
import struct
import time

import pytest

import mock
import server
from client import Client, ask, chat, get, http2, request

MESSAGE = '{"model":"standin","messages":[{"role":"user","content":%s}]}'


@pytest.fixture(scope="module")
def hostile_nginx(upstream_process):
    nginx = server.Nginx(upstream_process, read_timeout="300ms").start()
    yield nginx
    nginx.stop()
    nginx.check()


@pytest.fixture
def nginx(hostile_nginx, upstream):
    """One nginx for all of it: it must live, and answer the next one who asks honestly."""
    workers, hostile_nginx.before = hostile_nginx.workers(), len(hostile_nginx.events())
    yield hostile_nginx
    assert hostile_nginx.workers() == workers, "a worker died:\n" + hostile_nginx.text()[-4000:]
    upstream.script = mock.answer_json(mock.completion("hello"))
    assert ask(hostile_nginx, chat("hello")).text() == "hello"
    hostile_nginx.check()


def send(nginx, body, wrapping="length", **headers):
    """(status, headers, body) of one answer, in one of the ways that a body can come."""
    if wrapping != "h2":
        a = ask(nginx, body, chunked=5 if wrapping == "chunked" else None, **headers)
        assert a.complete
        return a.status, a.headers, a.body
    with http2() as c:
        fields = {"content-type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items() if v}}
        got = c.post(f"http://127.0.0.1:{nginx.h2}/v1/chat/completions", content=body, headers=fields)
        return got.status_code, got.headers, got.content


def records(nginx, n=1, seconds=5):
    """The records since the test began: exactly n, also a moment later."""
    end = time.monotonic() + seconds
    while len(nginx.events()) - nginx.before < n and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.03)
    made = nginx.events()[nginx.before:]
    assert len(made) == n, [e["end"] for e in made]
    return made


def is_error(body, code):
    error = json.loads(body)["error"]
    return error["code"] == code and error["message"] and error["type"] and "param" in error


# ---- requests ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("wrapping", ["length", "chunked", "h2"])
@pytest.mark.parametrize("body, code", [
    (b"", "invalid_json"), (b" ", "invalid_json"), (b'{"model":', "invalid_json"), (MESSAGE[:-3].encode() % b'"hello"', "invalid_json"),
    ((MESSAGE % '"hello"' + "{}").encode(), "invalid_json"), ((MESSAGE % "'hello'").encode(), "invalid_json"),
    ((MESSAGE % '"a\nb"').encode(), "invalid_json"), ((MESSAGE % "NaN").encode(), "invalid_json"), (b"\xef\xbb\xbf{}", "invalid_json"),
    (b"[]", "invalid_request"), (b"null", "invalid_request"), (b"{}", "invalid_request"), (b'{"model":"standin","messages":7}', "invalid_request"),
    (b'{"model":"standin","messages":[],"model":"other"}', "duplicate_key"),
    ((MESSAGE % '"hello","content":"blockme"').encode(), "duplicate_key"),
    ((MESSAGE % '"hello","c\\u006fntent":"blockme"').encode(), "duplicate_key"),
    (b"[" * 100_000, "too_deep"), ((MESSAGE % ("[" * 2000 + "]" * 2000)).encode(), "too_deep"), (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "too_deep"),
    (MESSAGE.encode() % b'"\xff"', "invalid_utf8"), (MESSAGE.encode() % b'"\xc0\xaf"', "invalid_utf8"),
    (MESSAGE.encode() % b'"\xed\xa0\x80"', "invalid_utf8"), (MESSAGE.encode() % b'"\xf4\x90\x80\x80"', "invalid_utf8"),
    (MESSAGE.encode() % b'"\xe2\x82"', "invalid_utf8"), ((MESSAGE % '"\\ud800"').encode(), "invalid_json"),
], ids=lambda v: v if isinstance(v, str) else repr(v[:24]))
def test_bad_body(nginx, upstream, wrapping, body, code):
    if wrapping == "chunked" and len(body) > 10_000:
        wrapping = "length"                                # one chunk of five bytes each is for small ones
    status, headers, answer = send(nginx, body, wrapping)
    assert status == 400 and is_error(answer, code), answer
    event, = records(nginx)
    assert (event["id"], event["verdict"]["action"], event["verdict"]["reason"]) == (headers["x-bawn-id"], "refuse", code)
    assert upstream.requests == []


@pytest.mark.parametrize("wrapping", ["length", "chunked", "h2"])
@pytest.mark.parametrize("headers, status, code", [
    ({"content_type": "text/plain"}, 415, "unsupported_media"), ({"content_type": "application/json; charset=utf-7"}, 415, "unsupported_media"),
    ({"content_encoding": "gzip"}, 415, "unsupported_media"), ({"content_encoding": "br"}, 415, "unsupported_media")], ids=str)
def test_bad_head(nginx, upstream, wrapping, headers, status, code):
    got, fields, answer = send(nginx, json.dumps(chat("hello")).encode(), wrapping, **headers)
    assert got == status and is_error(answer, code)
    event, = records(nginx)
    assert (event["id"], event["verdict"]["reason"]) == (fields["x-bawn-id"], code) and upstream.requests == []


@pytest.mark.parametrize("wire, status, code", [
    (request(chat("hello"), transfer_encoding="gzip, chunked", content_length=None), 415, "unsupported_media"),
    (request(chat("hello")).replace(b"HTTP/1.1", b"HTTP/9.9"), 400, "invalid_request")], ids=["transfer_coding", "version"])
def test_what_nginx_itself_does_not_know(nginx, upstream, wire, status, code):
    """Its 501 and 505: the client's mistake, not a guard that failed."""
    with Client(nginx.port) as c:
        a = c.send(wire).answer()
    assert a.status == status and is_error(a.body, code)
    event, = records(nginx)
    assert (event["verdict"]["action"], event["verdict"]["reason"]) == ("refuse", code) and upstream.requests == []


@pytest.mark.parametrize("wrapping", ["length", "chunked", "h2"])
def test_hundred_megabytes(nginx, upstream, wrapping):
    """Refused by its length, or at the first byte over the limit; either way nothing of it is kept."""
    if wrapping == "h2":
        with http2(timeout=20) as c:
            got = c.post(f"http://127.0.0.1:{nginx.h2}/v1/chat/completions", content=(b"x" * 65536 for _ in range(1600)),
                         headers={"content-type": "application/json"})
        assert got.status_code == 413 and is_error(got.content, "body_too_large")
    else:
        with Client(nginx.port, seconds=20) as c:
            try:
                c.send(request(b"", content_length="100000000") if wrapping == "length" else
                       request(b"", content_length=None, transfer_encoding="chunked"))
                for _ in range(1600):
                    c.send(b"x" * 65536 if wrapping == "length" else b"10000\r\n" + b"x" * 65536 + b"\r\n")
            except ConnectionError:
                pass
            a = c.answer()
        assert a.status == 413 and is_error(a.body, "body_too_large")
    event, = records(nginx)
    assert event["verdict"]["reason"] == "body_too_large" and upstream.requests == []


def test_pipelined_good_and_bad(nginx, upstream):
    """Each of them is answered in its turn, whatever its neighbours are."""
    wire = [request(chat("hello")), request(b"{"), request(chat("blockme"), chunked=3), request(chat("hi"), content_type="text/plain"),
            request(b"", path="/v1/files", method="GET"), request(chat("hello", stream=True)), request(chat("last"))]
    upstream.script = mock.answer_json(mock.completion("fine"))
    with Client(nginx.port) as c:
        c.send(b"".join(wire))
        answers = [c.answer() for _ in wire]
    assert [a.status for a in answers] == [200, 400, 200, 415, 404, answers[5].status, 200]
    assert {e["id"] for e in records(nginx, len(wire))} == {a.id for a in answers}


@pytest.mark.parametrize("cut", [0.3, 0.9])
@pytest.mark.parametrize("chunked", [None, 16])
@pytest.mark.parametrize("end", ["close", "reset"])
def test_client_that_leaves_in_its_body(nginx, upstream, cut, chunked, end):
    """Nothing was decided and the model was not asked: there is nothing to record, or half requests could fill the disk."""
    wire = request(chat("hello " * 30), chunked=chunked)
    body = wire.index(b"\r\n\r\n") + 4
    c = Client(nginx.port).send(wire[:body + int((len(wire) - body) * cut)])
    time.sleep(0.05)
    leave(c, end)
    records(nginx, 0)
    assert upstream.requests == [] and ask(nginx, chat("hello")).id == records(nginx)[0]["id"]


@pytest.mark.parametrize("rest", [b"zz\r\n{}\r\n0\r\n\r\n", b"-1\r\n{}\r\n", b"ffffffffffffffffff\r\n", b"2\r\n{}xx\r\n0\r\n\r\n", b"\0\r\n"])
def test_bad_chunks(nginx, upstream, rest):
    with Client(nginx.port) as c:
        a = c.send(request(b"", transfer_encoding="chunked", content_length=None) + rest).answer()
        assert a.status in (400, 413) and is_error(a.body, a.code()) and c.closed()
    event, = records(nginx)
    assert event["id"] == a.id and event["verdict"]["action"] == "refuse" and upstream.requests == []


def leave(c, end):
    if end == "reset":
        c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    c.close()


@pytest.mark.parametrize("end", ["close", "reset"])
@pytest.mark.parametrize("after", [1, 400, 3000])
def test_client_that_leaves(nginx, upstream, after, end):
    upstream.script = mock.stream(mock.events(["word %d. " % i for i in range(3000)]), 500, delay=0.005)
    c = Client(nginx.port).send(request(chat("hello", stream=True)))
    while len(c.data) < after:
        assert c.more()
    leave(c, end)
    event, = records(nginx)
    assert event["end"] == "client_left" and upstream.wait(lambda: upstream.gone > 0)


# ---- upstreams -------------------------------------------------------------------------------------------------------------
WHOLE = json.dumps(mock.completion("hello there, dear reader")).encode()
EVENTS = mock.events(["hello ", "there, ", "dear reader. "])
JSON = {"content_type": "application/json"}
SSE = {"content_type": "text/event-stream"}


def chunks(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


BROKEN = {
    "silence": mock.stall(), "half a head": mock.stall(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "half a head, closes": mock.raw(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "closes": mock.raw(b""), "resets": mock.raw(b"", "reset"),
    "TLS": mock.raw(b"\x15\x03\x01\x00\x02\x02\x28"), "letters": mock.raw(b"220 mail.example ESMTP\r\n"), "zeros": mock.raw(b"\0" * 5000),
    "no status": mock.raw(b"HTTP/1.1 \r\n\r\n"), "status 99": mock.raw(b"HTTP/1.1 99 X\r\nContent-Length: 0\r\n\r\n"),
    "header of 100 kB": mock.raw(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n"),
    "NUL in a header": mock.raw(b"HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\nContent-Length: 2\r\n\r\n{}"),
    "length too large, closes": mock.raw(mock.head(**JSON, content_length=len(WHOLE) + 50) + WHOLE),
    "length too large, resets": mock.raw(mock.head(**JSON, content_length=len(WHOLE) + 50) + WHOLE, "reset"),
    "length too large, stalls": mock.stall(mock.head(**JSON, content_length=len(WHOLE) + 50) + WHOLE),
    "length too small": mock.raw(mock.head(**JSON, content_length=len(WHOLE) - 9) + WHOLE),
    "chunk of letters": mock.raw(mock.head(**JSON, transfer_encoding="chunked") + b"xyz\r\n" + WHOLE),
    "huge chunk": mock.raw(mock.head(**JSON, transfer_encoding="chunked") + b"ffffffffffffffffff\r\n" + WHOLE),
    "no last chunk": mock.raw(mock.head(**JSON, transfer_encoding="chunked") + chunks(WHOLE)),
    "half JSON": mock.answer_bytes(WHOLE[:-20], **JSON), "HTML": mock.answer_bytes(b"<h1>It works!</h1>", content_type="text/html"),
    "JSON of bad UTF-8": mock.answer_bytes(WHOLE.replace(b"dear", b"d\xffar"), **JSON),
    "JSON with a key twice": mock.answer_bytes(WHOLE[:-1] + b',"choices":[]}', **JSON),
    "deep JSON": mock.answer_bytes(b"[" * 100_000, **JSON), "nothing": mock.answer_bytes(b"", **JSON),
    "interim 100": mock.raw(b"HTTP/1.1 100 Continue\r\n\r\n" + mock.head(**JSON, content_length=len(WHOLE)) + WHOLE),
    "interim 103": mock.raw(b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + mock.head(**JSON, content_length=len(WHOLE)) + WHOLE),
    "not modified": mock.raw(mock.head(304)), "elsewhere": mock.raw(mock.head(302, location="http://127.0.0.1:1/", content_length=0)),
    "binary": mock.answer_bytes(os.urandom(3000), content_type="application/octet-stream"),
}
if server.nginx_version() >= server.PASSES_HINTS:
    del BROKEN["interim 103"]                              # nothing is broken there: test_7_interim_answers_let_nothing_by
NO_HEAD = {"closes", "resets"}
LATE = {"silence", "half a head", "length too large, stalls"}
# nginx takes no notice of such a length and reads to the end (of two lengths it takes the last).
SENSELESS = {
    "below zero": mock.head(**JSON, content_length=-1), "letters": mock.head(**JSON, content_length="many"),
    "larger than any": mock.head(**JSON, content_length="9" * 30),
    "two": mock.head(**JSON, content_length=5)[:-2] + b"Content-Length: %d\r\n\r\n" % len(WHOLE),
    "and chunked": mock.head(**JSON, content_length=5, transfer_encoding="chunked"),
}
BROKEN_STREAMS = {
    "stalls": mock.stall(mock.head(**SSE, transfer_encoding="chunked") + chunks(EVENTS[:200])),
    "closes": mock.raw(mock.head(**SSE, transfer_encoding="chunked") + chunks(EVENTS[:200])),
    "resets": mock.raw(mock.head(**SSE, transfer_encoding="chunked") + chunks(EVENTS[:200]), "reset"),
    "closes without a chunk": mock.raw(mock.head(**SSE, transfer_encoding="chunked")),
    "ends without [DONE] in the middle of an event": mock.stream(EVENTS[:250]),
    "length too large": mock.raw(mock.head(**SSE, content_length=len(EVENTS) + 9) + EVENTS[:200]),
    "rubbish between chunks": mock.raw(mock.head(**SSE, transfer_encoding="chunked") + chunks(EVENTS[:200]) + b"rubbish\r\n"),
    "zeros": mock.stream(b"\0" * 3000), "random bytes": mock.stream(b"data: " + bytes(range(128, 256)) * 20 + b"\n\n"),
    "JSON that is none": mock.stream(EVENTS[:200] + b"data: {nonsense}\n\ndata: [DONE]\n\n"),
    "JSON with a key twice": mock.stream(b'data: {"choices":[],"choices":[]}\n\ndata: [DONE]\n\n'),
    "a line without end": mock.stream(b"data: " + b"x" * 3_000_000),
    "bad gzip": mock.stream(b"\x1f\x8b\x08" + b"x" * 500, content_encoding="gzip"),
}


@pytest.mark.parametrize("wrapping", ["length", "h2"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("case", BROKEN)
def test_broken_upstream(nginx, upstream, case, stream, wrapping):
    """Whoever asked for a stream and has seen nothing of one gets the error as an answer."""
    upstream.script = BROKEN[case]
    status, headers, answer = send(nginx, json.dumps(chat("hello", stream=stream)).encode(), wrapping)
    code = "upstream_unreachable" if case in NO_HEAD else "upstream_timeout" if case in LATE else "upstream_invalid"
    assert status == (504 if case in LATE else 502) and is_error(answer, code) and b"dear" not in answer, (status, answer)
    event, = records(nginx)
    assert event["id"] == headers["x-bawn-id"] and event["verdict"]["action"] in ("refuse", "fail")
    assert event["verdict"]["reason"] == code and (event["end"] == "upstream_timeout") == (case in LATE)


@pytest.mark.parametrize("script", [
    mock.answer_bytes(b"<h1>no</h1>", content_type="text/html", set_cookie="a=secret@x.com", x_mark="secret@x.com", location="http://secret/"),
    mock.raw(b"HTTP/1.1 103 Early Hints\r\nLink: <secret@x.com>\r\n\r\n")], ids=["html", "103"])
def test_headers_of_a_refused_answer_do_not_pass(nginx, upstream, script):
    upstream.script = script
    a = ask(nginx, chat("hello"))
    assert (a.status, a.code()) == (502, "upstream_invalid") and "secret" not in str(a.headers)


@pytest.mark.parametrize("case", SENSELESS)
def test_senseless_length(nginx, upstream, case):
    """What is read is judged whole, or it is an error; no byte comes unjudged."""
    body = WHOLE.replace(b"hello there", b"secret@x.com")
    data = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if case == "and chunked" else body
    upstream.script = mock.raw(SENSELESS[case].replace(b"%d" % len(WHOLE), b"%d" % len(body)) + data)
    a = ask(nginx, chat("hello"))
    assert a.complete and b"secret@" not in a.body and records(nginx)[0]["id"] == a.id
    assert a.text() == "<EMAIL>, dear reader" if a.status == 200 else is_error(a.body, "upstream_invalid")


@pytest.mark.parametrize("wrapping", ["length", "h2"])
@pytest.mark.parametrize("case", BROKEN_STREAMS)
def test_broken_stream(nginx, upstream, case, wrapping):
    """Never a silent cut: an error before anything has gone, else the error event, which both SDKs raise."""
    upstream.script = BROKEN_STREAMS[case]
    status, headers, answer = send(nginx, json.dumps(chat("hello", stream=True)).encode(), wrapping)
    if status == 200:
        last = [line for line in answer.decode().split("\n") if line.startswith("data: ")][-2:]
        assert last[1] == "data: [DONE]" and is_error(last[0][6:], json.loads(last[0][6:])["error"]["code"]), answer
        code = json.loads(last[0][6:])["error"]["code"]
    else:
        code = json.loads(answer)["error"]["code"]
        assert status in (502, 504)
    event, = records(nginx)
    assert code.startswith("upstream_") and event["id"] == headers["x-bawn-id"] and event["verdict"]["reason"] == code
    assert (code == "upstream_timeout") == (event["end"] == "upstream_timeout") == (case == "stalls")


def test_nothing_is_left_open(nginx, upstream):
    """After all of the above in all orders: as many descriptors as before, no stream counted open."""
    def descriptors():
        return len(os.listdir(f"/proc/{nginx.workers()[0]}/fd"))
    upstream.script = mock.answer_json(mock.completion("hello"))
    ask(nginx, chat("hello"))
    before = descriptors()
    for script in [*BROKEN.values(), *BROKEN_STREAMS.values()]:
        upstream.script = script
        c = Client(nginx.port).send(request(chat("hello", stream=True)))
        time.sleep(0.01)
        leave(c, "reset")
        ask(nginx, b'{"model":')
    upstream.script = mock.answer_json(mock.completion("hello"))
    assert upstream.wait(lambda: ask(nginx, chat("hello")).status == 200 and descriptors() <= before + 1), descriptors()
    assert "bawn_streams_open 0" in get(f"http://127.0.0.1:{nginx.port}/metrics").text
