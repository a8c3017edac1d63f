"""Upstreams and listeners as `bawn serve` wires them: several servers, retries, keys, lists of models, limits, workers."""
import gzip
import os
import subprocess
import time

import httpx
import pytest

import gateway
import mock
import server
from client import Client, ask, chat, request


class Served(gateway.Gateway):
    """`bawn serve` with a policy and words of the test's own; PORT in the policy is its port."""

    def __init__(self, folder, policy, *words):
        super().__init__(folder, 1)
        self.words = words
        self.write(policy)

    def write(self, policy):
        if "listeners:" not in policy:
            policy = 'listeners: {public: {address: "127.0.0.1:PORT"}}\n' + policy
        self.policy.write_text("version: 1\n" + policy.replace("PORT", str(self.port)))

    def start(self):
        self.log = open(self.folder / "serve.log", "w")
        self.process = subprocess.Popen([str(gateway.BIN), "serve", "-c", str(self.policy), "--state", str(self.state), *self.words],
                                        cwd=self.folder, stdout=self.log, stderr=subprocess.STDOUT, env=dict(os.environ, LLM_KEY="sk-upstream"))
        end = time.monotonic() + 30
        while "listening on" not in self.said():
            assert self.process.poll() is None and time.monotonic() < end, self.said()
            time.sleep(0.02)
        return self

    def metrics(self):
        return httpx.get(f"http://127.0.0.1:{self.port}/metrics").text


@pytest.fixture
def serve(tmp_path):
    made = []

    def make(policy, *words):
        folder = tmp_path / str(len(made))
        folder.mkdir()
        server.open_to_workers(folder)
        made.append(Served(folder, policy, *words).start())
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def second():
    up = mock.Upstream()
    yield up
    up.close()


def url(port, path="/v1"):
    return f'"http://127.0.0.1:{port}{path}"'


def upstreams(*ports, more=""):
    return f"upstreams: {{main: {{dialect: openai, url: [{', '.join(url(p) for p in ports)}]{more}}}}}\n"


# ---- servers of one upstream ----------------------------------------------------------------------------------------------
def test_a_dead_server_is_passed_over(serve, upstream):
    s = serve(upstreams(server.free_port(), upstream.port))
    assert [ask(s, chat("hello")).status for _ in range(4)] == [200] * 4
    assert len(upstream.requests) == 4


@pytest.mark.parametrize("attempts, statuses", [(1, [502, 502, 200]), (2, [502, 200]), (3, [200, 200])])
def test_attempts_are_counted_from_the_first(serve, upstream, attempts, statuses):
    dead = server.free_port(), server.free_port()
    s = serve(upstreams(*dead, upstream.port, more=f", retry: {{attempts: {attempts}, on: [connect]}}"))
    answers = [ask(s, chat("hello")) for _ in statuses]
    assert [a.status for a in answers] == statuses
    assert all(a.code() == "upstream_unreachable" for a in answers if a.status == 502)
    assert len(upstream.requests) == statuses.count(200)


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_post_that_reached_a_server_is_never_sent_to_another(serve, upstream, second, how):
    """A model that was asked has begun to cost; whoever asks again is the client."""
    second.script = mock.raw(b"", how)
    s = serve(upstreams(second.port, upstream.port, more=", retry: {attempts: 5, on: [connect]}"))
    a = ask(s, chat("hello"))
    assert a.status == 502 and len(second.requests) == 1 and upstream.requests == []
    assert ask(s, chat("hello")).status == 200                             # that server is left alone for a while
    assert len(second.requests) == 1 and len(upstream.requests) == 1


def test_no_server_at_all_is_said_and_recorded(serve, upstream):
    s = serve(upstreams(server.free_port(), server.free_port()))
    a = ask(s, chat("hello"))
    assert (a.status, a.code()) == (502, "upstream_unreachable")
    event, = s.events()
    assert event["verdict"]["reason"] == "upstream_unreachable" and event["end"] == "upstream_died"


def test_long_headers_of_an_answer_pass_and_longer_ones_are_an_invalid_answer(serve, upstream):
    """Cookies and a policy for contents are 20 kB now and then."""
    s = serve(upstreams(upstream.port))
    for size, status in ((20_000, 200), (31_000, 200), (40_000, 502)):
        upstream.script = mock.answer_json(mock.completion("hello"), content_security_policy="x" * size)
        a = ask(s, chat("hello"))
        assert a.status == status
    assert a.code() == "upstream_invalid"
    event = s.events()[-1]
    assert (event["verdict"]["reason"], event["end"]) == ("upstream_invalid", "upstream_died")


def test_who_is_blocked_reads_it_in_a_language_of_his(serve, upstream):
    s = serve(upstreams(upstream.port) + "guardrails: {default: {word_filters: {custom: [{words: [blockme], action: block}]}, "
              "blocked_input_message: {en: No., zh: 不行。, zh-TW: 不可以。, pt-BR: Não.}}}\n")
    for accept, want in ((None, "No."), ("zh-TW,zh;q=0.9,en;q=0.8", "不可以。"), ("zh-CN, en;q=0.5", "不行。"),
                         ("fr, en;q=0.2, pt;q=0.3", "Não."), ("en;q=0.5, *;q=0.1", "No.")):
        assert ask(s, chat("blockme"), accept_language=accept).text() == want


# ---- keys -------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("key, sent, got", [
    ("", "Bearer sk-client", None), (', key: "env:LLM_KEY"', "Bearer sk-client", "Bearer sk-upstream"),
    (", forward_key: true", "Bearer sk-client", "Bearer sk-client"), (", forward_key: true", None, None),
    (', forward_key: true, key: "env:LLM_KEY"', "Bearer sk-client", "Bearer sk-client")])
def test_whose_key_the_upstream_gets(serve, upstream, key, sent, got):
    s = serve(upstreams(upstream.port, more=key))
    assert ask(s, chat("hello"), authorization=sent, cookie="a=b", x_api_key="sk-other").status == 200
    headers = upstream.requests[0].headers
    assert headers.get("authorization") == got and "cookie" not in headers and "x-api-key" not in headers
    assert "sk-client" not in str(s.events())


# ---- models -----------------------------------------------------------------------------------------------------------------
def test_models_of_several_upstreams(serve, upstream, second):
    s = serve(f"upstreams:\n  big: {{dialect: openai, url: {url(upstream.port, '/big')}, models: [org/large, \"gpt-*\"]}}\n"
              f"  small: {{dialect: openai, url: {url(second.port)}, models: [small]}}\nroutes: [{{operations: [chat, models]}}]\n")
    a = ask(s, b"", path="/v1/models", method="GET")
    assert a.status == 200 and [(m["id"], m["owned_by"]) for m in a.json()["data"]] == [("org/large", "big"), ("small", "small")]
    second.script = upstream.script = mock.answer_json({"id": "x", "object": "model", "created": 1, "owned_by": "y"})
    for path in ("org/large", "org%2Flarge", "gpt-5"):
        assert ask(s, b"", path=f"/v1/models/{path}", method="GET").status == 200
    assert [r.target for r in upstream.requests] == ["/big/models/org/large", "/big/models/org%2Flarge", "/big/models/gpt-5"]
    assert ask(s, b"", path="/v1/models/small", method="GET").status == 200 and second.requests[0].target == "/v1/models/small"
    assert ask(s, b"", path="/v1/models/none", method="GET").code() == "unknown_model"
    assert ask(s, b"", path="/v1/models/a/../b", method="GET").code() == "unknown_route"
    assert {e["route"]["operation"] for e in s.events() if e["verdict"]["action"] == "allow"} == {"models"}


# ---- listeners --------------------------------------------------------------------------------------------------------------
def test_more_requests_than_may_be_under_way_are_told_to_wait(serve, upstream):
    s = serve('listeners: {public: {address: "127.0.0.1:PORT", limits: {connections: 1}}}\n' + upstreams(upstream.port))
    upstream.script = mock.stall(seconds=5)
    with Client(s.port) as first, Client(s.port):                          # the second is open and asks for nothing
        first.send(request(chat("hello")))
        assert upstream.wait(lambda: upstream.requests)
        a = ask(s, chat("hello"))
    assert (a.status, a.code(), a.headers["retry-after"]) == (429, "rate_limited", "1")
    assert "limits.connections" in a.json()["error"]["message"]
    event = next(e for e in s.events() if e["id"] == a.id)
    assert (event["verdict"]["action"], event["verdict"]["reason"]) == ("refuse", "rate_limited")


def test_a_listener_for_http2(serve, upstream):
    port = server.free_port()
    s = serve(f'listeners:\n  public: {{address: "127.0.0.1:PORT"}}\n  two: {{address: "127.0.0.1:{port}", http2: true}}\n' + upstreams(upstream.port))
    with httpx.Client(http1=False, http2=True) as c:
        got = c.post(f"http://127.0.0.1:{port}/v1/chat/completions", json=chat("hello"))
    assert (got.status_code, got.http_version) == (200, "HTTP/2")
    assert ask(s, chat("hello")).status == 200
    assert [e["route"]["listener"] for e in s.events()] == ["two", "public"]


def test_workers_as_many_as_are_said(serve, upstream):
    def has(*counts):                           # it listens when one of them has begun
        return upstream.wait(lambda: len(s.workers()) in counts, 20)

    s = serve(upstreams(upstream.port), "--workers", "3")
    assert has(3)
    old = s.workers()
    assert s.bawn("reload", "-c", str(s.policy)).returncode == 0           # says nothing of workers: they stay
    server.until_replaced(old, s.workers, 20)
    assert has(3) and ask(s, chat("hello")).status == 200
    s.stop()
    s.words = ("--workers", "auto")
    s.start()
    assert has(len(os.sched_getaffinity(0)), os.cpu_count())
    s.stop()
    s.words = ()
    s.start()
    assert has(1)


@pytest.mark.parametrize("workers", ["0", "257", "many", "-1", "2x", ""])
def test_workers_that_cannot_be(tmp_path, workers):
    done = subprocess.run([str(gateway.BIN), "serve", f"--workers={workers}"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and "--workers" in done.stderr and "auto" in done.stderr


# ---- guards that cannot run ------------------------------------------------------------------------------------------------------
NO_SCORER = "scorer: {socket: /nonexistent/bawn-scorer}\n"


@pytest.mark.parametrize("more, passes", [
    ("", False), ("defaults: {on_error: allow}\n", True),
    ("defaults: {on_error: allow}\nguardrails: {default: {on_error: {content_filters: block}}}\n", False),
    ("guardrails: {default: {on_error: {content_filters: allow}}}\n", True)])
def test_a_scorer_that_is_gone(serve, upstream, more, passes):
    """What is let through without its guard is recorded and counted; what the policy does not let through is not."""
    s = serve(upstreams(upstream.port) + NO_SCORER + more)
    a = ask(s, chat("hello"))
    assert a.status == (200 if passes else 503) and len(upstream.requests) == passes
    event, = s.events()
    assert event["verdict"]["action"] == ("allow" if passes else "fail")
    assert event["guards"]["failed"] == [{"guard": "prompt_attack", "code": "crashed"}]
    assert "prompt_attack" not in event["guards"]["ran"] and event["coverage"]["input"] == {"guarded": 0, "total": 5}
    assert 'bawn_guard_failures_total{guard="prompt_attack",code="crashed"} 1\n' in s.metrics()
    assert "prompt_attack could not run (crashed)" in s.bawn("log", "show", event["id"], "-c", str(s.policy)).stdout


@pytest.mark.parametrize("stream", [False, True])
def test_what_was_seen_is_shown_where_the_policy_records_it(serve, upstream, stream):
    s = serve(upstreams(upstream.port) + "record: {text: findings}\n")
    text = "Write to ada@example.com about it. "
    upstream.script = mock.stream(mock.events([text[:14], text[14:], "Bye. " * 2000])) if stream else mock.answer_json(mock.completion(text))
    a = ask(s, chat("hello", stream=stream))
    assert "ada@example.com" not in a.text()
    assert "ada@example.com" in s.bawn("log", "show", a.id, "-c", str(s.policy)).stdout


def test_metrics_of_stages_and_of_what_is_not_guarded(serve, upstream):
    s = serve(upstreams(upstream.port) + "guardrails: {default: {stages: [output]}}\n")
    assert ask(s, chat("hello you")).status == 200
    image = {"model": "m", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,aGVsbG8="}}]}]}
    assert ask(s, image).status == 200
    text = s.metrics()
    assert 'bawn_unguarded_characters_total{reason="policy_off"} 9\n' in text
    assert 'bawn_unguarded_characters_total{reason="unsupported_media"} ' in text
    for stage in ("total", "parse", "bytes", "upstream_first_byte"):
        assert f'bawn_stage_seconds_count{{stage="{stage}"}} 2\n' in text
        assert f'bawn_stage_seconds_bucket{{stage="{stage}",le="+Inf"}} 2\n' in text
        assert float(text.split(f'bawn_stage_seconds_sum{{stage="{stage}"}} ')[1].split()[0]) >= 0
    assert 'stage="held_max"' not in text                                  # no stream, nothing was held


def test_compression_towards_the_client_is_nginxs_own(start, upstream):
    """The upstream is asked for identity; the client's Accept-Encoding is back when nginx's gzip looks."""
    nginx = start(http="gzip on; gzip_types application/json; gzip_min_length 1; gzip_proxied any;")
    for encoding, answer in (("gzip", "gzip"), (None, None), ("br", None)):
        a = ask(nginx, chat("hello"), accept_encoding=encoding)
        assert a.status == 200 and a.headers.get("content-encoding") == answer
        assert upstream.requests[-1].headers["accept-encoding"] == "identity"
        if answer:
            assert b"hello" in gzip.decompress(a.body)
