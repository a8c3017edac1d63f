"""The request's side: what comes in, in every wrapping, and what is refused, in the dialect, recorded."""
import json
import subprocess
import time

import pytest

import mock
from client import Client, ask, chat, get, http2, request

SIZES = {"1B": 1, "1kB": 1000, "64kB": 64_000, "1MB": 1_000_000}


def prompt(size):
    return ("the quick brown fox jumps over a lazy dog " * (size // 42 + 1))[:size]


# ---- the matrix: {h1, h2} x {length, chunked} x size, pass, mask, block -------------------------------------------
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("wrapping", ["length", "chunked", "chunked-1", "h2", "h2-no-length"])
def test_body_reaches_the_model_as_it_was_judged(nginx, upstream, wrapping, size):
    if wrapping == "chunked-1" and SIZES[size] > 1000:
        pytest.skip("one chunk a byte is for small bodies")
    body = json.dumps(chat(prompt(SIZES[size]) + " write to secret@x.com")).encode()
    if wrapping.startswith("h2"):
        with http2() as c:
            content = iter([body[:7], body[7:]]) if wrapping == "h2-no-length" else body
            got = c.post(f"http://127.0.0.1:{nginx.h2}/v1/chat/completions", content=content,
                         headers={"content-type": "application/json"})
        status = got.status_code
    else:
        status = ask(nginx, body, chunked={"length": None, "chunked": 4096, "chunked-1": 1}[wrapping]).status
    assert status == 200
    assert upstream.requests[0].body == body.replace(b"secret@x.com", b"<EMAIL>")
    assert upstream.requests[0].headers["authorization"] == "Bearer sk-of-the-upstream"


@pytest.mark.parametrize("wrapping", ["length", "chunked", "h2"])
def test_blocked_body_never_reaches_the_model(nginx, upstream, wrapping):
    body = json.dumps(chat("please blockme now")).encode()
    if wrapping == "h2":
        with http2() as c:
            got = c.post(f"http://127.0.0.1:{nginx.h2}/v1/chat/completions", content=body,
                         headers={"content-type": "application/json"})
            status, id, answer = got.status_code, got.headers["x-bawn-id"], got.json()
    else:
        a = ask(nginx, body, chunked=100 if wrapping == "chunked" else None)
        status, id, answer = a.status, a.id, a.json()
    assert status == 200 and answer["choices"][0]["finish_reason"] == "content_filter"
    assert upstream.requests == []
    event = nginx.event(id)
    assert event["verdict"]["action"] == "block" and event["verdict"]["side"] == "input" and event["end"] == "blocked"


def test_untouched_body_is_passed_byte_for_byte(nginx, upstream):
    body = b'{ "model":"standin",\n\t"messages" : [{"role":"user","content":"caf\\u00e9 1e2"}], "temperature":1.0e0}'
    assert ask(nginx, body).status == 200
    assert upstream.requests[0].body == body


def test_body_in_many_packets(nginx, upstream):
    with Client(nginx.port) as c:
        a = c.send(request(chat("hello secret@x.com " * 40)), step=13, delay=0.0005).answer()
    assert a.status == 200 and b"secret" not in upstream.requests[0].body


# ---- refused by the head --------------------------------------------------------------------------------------------
# keeps: T09, T10, T11, T12
@pytest.mark.parametrize("type, status", [
    ("application/json", 200), ("Application/JSON; charset=UTF-8", 200), ('application/json;charset="utf-8"', 200),
    ("text/plain", 415), ("application/json; charset=utf-16", 415), ("application/jsonx", 415),
    ("application/json; charset=iso-8859-1", 415), ("multipart/form-data; boundary=x", 415), (None, 415)])
def test_content_type(nginx, upstream, type, status):
    a = ask(nginx, chat("hello"), content_type=type)
    assert a.status == status
    if status == 415:
        assert a.code() == "unsupported_media" and upstream.requests == []
        assert nginx.event(a.id)["verdict"]["action"] == "refuse"


# keeps: T12
def test_two_content_types_are_refused(nginx, upstream):
    wire = request(chat("hello")).replace(b"host: bawn", b"host: bawn\r\ncontent-type: text/plain")
    with Client(nginx.port) as c:
        assert c.send(wire).answer().status == 415
    assert upstream.requests == []


# keeps: T13
@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "identity, gzip"])
def test_compressed_request_is_refused(nginx, upstream, coding):
    a = ask(nginx, b"\x1f\x8b" + b"x" * 100, content_encoding=coding)
    assert (a.status, a.code()) == (415, "unsupported_media")
    assert upstream.requests == []


def test_identity_coding_is_none(nginx, upstream):
    assert ask(nginx, chat("hello"), content_encoding="identity").status == 200


# ---- sizes ----------------------------------------------------------------------------------------------------------
def test_body_over_the_limit_by_length_is_413_before_it_is_sent(nginx, upstream):
    with Client(nginx.port) as c:
        c.send(request(b"", content_length=str(100_000_000)))
        a = c.answer()
    assert (a.status, a.code()) == (413, "body_too_large")
    assert nginx.event(a.id)["verdict"]["reason"] == "body_too_large"
    assert upstream.requests == []


def test_body_over_the_limit_in_chunks_is_413(nginx, upstream):
    with Client(nginx.port) as c:
        try:
            c.send(request(b"{" + b"x" * 6_000_000, chunked=65536))
        except ConnectionError:
            pass
        a = c.answer()
    assert (a.status, a.code()) == (413, "body_too_large")
    assert upstream.requests == []


def test_hundred_megabytes_sent_in_full(nginx, upstream):
    with Client(nginx.port, seconds=20) as c:
        try:
            c.send(request(b"", content_length=str(100_000_000)))
            for _ in range(100):
                c.send(b"x" * 1_000_000)
        except ConnectionError:
            pass
        a = c.answer()
    assert a.status == 413 and upstream.requests == []


@pytest.mark.parametrize("chunked", [None, 10])
def test_empty_body_is_an_error_of_the_dialect(nginx, upstream, chunked):
    wire = request(b"") if not chunked else request(b"").replace(b"content-length: 0", b"transfer-encoding: chunked") + b"0\r\n\r\n"
    with Client(nginx.port) as c:
        a = c.send(wire).answer()
    assert a.status in (400, 415) and upstream.requests == []
    assert nginx.event(a.id)["verdict"]["action"] == "refuse"


def test_no_body_goes_to_disk(nginx, upstream):
    ask(nginx, chat(prompt(2_000_000)), chunked=30_000)
    ask(nginx, chat(prompt(2_000_000)))
    assert len(upstream.requests) == 2
    assert not any(p.is_file() for p in (nginx.prefix / "body").rglob("*"))
    assert "temporary file" not in nginx.text()


# ---- malformed --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("body", [
    b'{"model":', b"[1,2", b"hello", b"\xff\xfe{}", b'{"model":"a"} trailing', b"\x00"])
def test_malformed_json_is_400_in_the_dialect(nginx, upstream, body):
    a = ask(nginx, body)
    assert a.status == 400 and a.code() in ("invalid_json", "invalid_utf8")
    assert nginx.event(a.id)["verdict"]["action"] == "refuse"
    assert upstream.requests == []


# keeps: T32
def test_bad_chunk_size_is_a_clear_error(nginx, upstream):
    wire = request(b"", transfer_encoding="chunked", content_length=None)
    with Client(nginx.port) as c:
        a = c.send(wire + b"zz\r\n{}\r\n0\r\n\r\n").answer()
    assert a.status == 400 and a.json()["error"]["code"]
    assert upstream.requests == []


# keeps: T32
def test_length_and_chunked_together_do_not_smuggle(nginx, upstream):
    inner = request(chat("smuggled"))
    wire = request(b"0\r\n\r\n" + inner, transfer_encoding="chunked")
    with Client(nginx.port) as c:
        c.send(wire)
        c.answer()
    time.sleep(0.1)
    assert all(b"smuggled" not in r.body for r in upstream.requests)


# keeps: T02, T14
def test_unknown_route_is_404_in_the_dialect(nginx, upstream):
    for method, path in (("GET", "/"), ("POST", "/v1/files"), ("DELETE", "/v1/chat/completions")):
        with Client(nginx.port) as c:
            a = c.send(request(chat("hello") if method == "POST" else b"", method=method, path=path)).answer()
        assert (a.status, a.code()) == (404, "unknown_route")
        assert nginx.event(a.id)["verdict"]["action"] == "refuse"
    assert upstream.requests == []


# ---- connections ---------------------------------------------------------------------------------------------------------
# keeps: T18
@pytest.mark.parametrize("path, headers", [
    ("http://169.254.169.254/v1/chat/completions", {}),
    ("/v1/chat/completions", {"host": "169.254.169.254"}),
    ("/v1/chat/completions", {"x-forwarded-host": "169.254.169.254", "forwarded": "host=169.254.169.254", "x-original-url": "http://169.254.169.254/"}),
    ("/v1/chat/completions", {"x-portkey-custom-host": "http://169.254.169.254/v1", "api-base": "http://169.254.169.254/"}),
    ("/v1/chat/completions?api_base=http://169.254.169.254/", {}),
    ("/v1/chat/completions", {"body": "api_base"})], ids=["absolute", "host", "forwarded", "of others", "query", "body"])
def test_a_caller_does_not_choose_the_upstream(nginx, upstream, path, headers):
    """Refused, or asked of the upstream that the policy names; nobody else hears of it (it would take longer than this waits)."""
    more = {"api_base": "http://169.254.169.254/v1"} if "body" in headers else {}
    a = ask(nginx, chat("hello", **more), path=path, **{k.replace("-", "_"): v for k, v in headers.items() if k != "body"})
    assert a.status == 200 and len(upstream.requests) == 1 or a.status in (400, 404) and upstream.requests == []
    assert all(r.target == "/v1/chat/completions" and r.headers["host"] == "main" for r in upstream.requests)


def test_expect_100_continue(nginx, upstream):
    wire = request(chat("hello"), expect="100-continue")
    top, body = wire.split(b"\r\n\r\n", 1)
    with Client(nginx.port) as c:
        c.send(top + b"\r\n\r\n")
        assert c.until(b"100 Continue")
        assert c.send(body).answer().status == 200


def test_expect_is_not_answered_100_when_the_head_is_refused(nginx, upstream):
    with Client(nginx.port) as c:
        c.send(request(b"", expect="100-continue", content_length="99999999"))
        c.until(b"\r\n\r\n")
        assert c.data.startswith(b"HTTP/1.1 413")
    with Client(nginx.port) as c:
        c.send(request(b"", expect="100-continue", content_length="10", content_type="text/plain"))
        c.until(b"\r\n\r\n")
        assert c.data.startswith(b"HTTP/1.1 415")


def test_pipelined_requests_are_answered_in_order(nginx, upstream):
    wire = b"".join(request(chat(t), chunked=k) for t, k in (("one", None), ("blockme", 7), ("three", 9), ("four", None)))
    with Client(nginx.port) as c:
        c.send(wire)
        answers = [c.answer() for _ in range(4)]
    assert [a.finish() for a in answers] == ["stop", "content_filter", "stop", "stop"]
    assert len({a.id for a in answers}) == 4
    assert len(upstream.requests) == 3


def test_keep_alive_after_every_kind_of_refusal(nginx, upstream):
    with Client(nginx.port) as c:
        assert c.send(request(chat("blockme"))).answer().status == 200
        assert c.send(request(b"nope")).answer().status == 400
        assert c.send(request(chat("hello"), content_type="text/plain")).answer().status == 415
        assert c.send(request(chat("hello"))).answer().status == 200


def test_client_that_hangs_up_in_its_body_costs_nothing(nginx, upstream):
    for cut in (60, 150, 190):
        with Client(nginx.port) as c:
            c.send(request(chat("hello " * 30))[:cut])
        with Client(nginx.port) as c:
            c.send(request(chat("hello " * 30), chunked=16)[:cut + 40])
    assert ask(nginx, chat("hello")).status == 200
    assert len(upstream.requests) == 1


def test_client_that_hangs_up_while_the_model_thinks_is_recorded(nginx, upstream):
    upstream.script = mock.stall()
    seen = len(nginx.events())
    c = Client(nginx.port)
    c.send(request(chat("hello")))
    assert upstream.wait(lambda: upstream.requests)
    c.close()
    assert upstream.wait(lambda: len(nginx.events()) > seen)
    assert nginx.events()[-1]["end"] == "client_left"


def test_client_that_stalls_in_its_body_is_let_go(nginx, upstream):
    with Client(nginx.port) as c:
        c.send(request(chat("hello"))[:-5])
        assert c.closed()
    assert upstream.requests == []


def test_curl_h2_prior_knowledge(nginx, upstream):
    got = subprocess.run(["curl", "-s", "-i", "-m", "5", "--http2-prior-knowledge", "-H", "content-type: application/json",
                          "-d", json.dumps(chat("hi secret@x.com")), f"http://127.0.0.1:{nginx.h2}/v1/chat/completions"],
                         capture_output=True, text=True).stdout
    assert got.startswith("HTTP/2 200") and "x-bawn-id" in got
    assert b"<EMAIL>" in upstream.requests[0].body


def test_ids_are_on_every_answer_and_unlike(nginx, upstream):
    ids = [ask(nginx, chat(t)).id for t in ("hello", "blockme", "hello")] + [ask(nginx, b"x").id]
    assert len(set(ids)) == 4 and all(len(i) == 36 for i in ids)


# ---- operations ------------------------------------------------------------------------------------------------------------
def test_health_ready_metrics(nginx, upstream):
    ask(nginx, chat("blockme"))
    base = f"http://127.0.0.1:{nginx.port}"
    assert get(base + "/healthz").json() == {"status": "ok"}
    assert get(base + "/readyz").json() == {"status": "ready"}
    text = get(base + "/metrics").text
    assert 'bawn_decisions_total{guardrail="test",action="block",side="input"}' in text
    assert "bawn_spool_bytes" in text and "bawn_policy_info{hash=\"sha256:" in text
    for line in text.splitlines():
        assert line.startswith("#") or len(line.rsplit(" ", 1)) == 2 and float(line.rsplit(" ", 1)[1]) >= 0


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz"])
def test_operations_take_get_alone(nginx, path, method):
    a = ask(nginx, b"{}", path=path, method=method)
    assert (a.status, a.headers["allow"], a.headers["content-type"]) == (405, "GET, HEAD", "application/json")
    assert a.json()["error"]["message"] == f"Here is only GET {path}."


def test_unguarded_route_is_recorded_and_not_read(nginx, upstream):
    body = json.dumps({"model": "standin", "input": "blockme secret@x.com"}).encode()
    upstream.script = mock.answer_json({"data": ["blockme secret@x.com"]})
    a = ask(nginx, body, path="/v1/embeddings", content_encoding="gzip", content_type="x/y")
    assert a.status == 200 and a.json() == {"data": ["blockme secret@x.com"]}
    assert upstream.requests[0].body == body
    assert nginx.event(a.id)["end"] == "complete"


def test_what_nginx_refuses_on_an_unguarded_route_is_said_and_recorded(nginx, upstream):
    a = ask(nginx, b"x", path="/v1/embeddings", content_length="5000000")
    assert (a.status, a.code()) == (413, "body_too_large") and upstream.requests == []
    event = nginx.event(a.id)
    assert event["verdict"]["reason"] == "body_too_large" and event["coverage"]["unguarded"][0]["reason"] == "policy_off"


def test_a_name_is_no_part_of_what_its_message_says(nginx, upstream):
    """R40 joins the parts of a message's content; a participant's name is judged, alone."""
    body = {"model": "m", "messages": [{"role": "user", "content": "Please help", "name": "bob@corp.example"}]}
    assert ask(nginx, body).status == 200
    message, = upstream.requests[-1].json()["messages"]
    assert message["content"] == "Please help" and "@" not in message["name"]
