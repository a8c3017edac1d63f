"""Each pitfall of an nginx module that judges, as a test: found working or failing in a spike before Bawn was written.

Numbers are those of that study. Tests named without a file stand here; H, R, A, S, U and C are test_nginx_hostile.py,
_requests.py, _answers.py, _streams.py, _suspend.py and _record.py.

  1  a redirect wipes the ctx and turns POST into GET     test_1_*
  2  a suspended request without a timer dies at reload   U: test_suspended_requests_survive_a_reload
  3  the scorer's idle connection keeps a worker alive    test_3_idle_scorer_does_not_keep_an_old_worker
  4  the last buffer is neither memory nor file           R: test_body_reaches_the_model_as_it_was_judged[chunked, h2]
  5  a body in a temporary file                           test_5_*; R: test_no_body_goes_to_disk
  6  NGX_ERROR from a body filter under HTTP/2            test_6_*; H: test_broken_stream[h2]; S: test_client_that_leaves_over_http2
  7  a head that is held for ever                         test_7_*; S: test_head_does_not_wait_for_a_body; A: test_answer_over_the_limit_is_502
  8  subrequests; last_buf on any link                    test_8_*
  9  Expect: 100-continue                                 R: test_expect_*
  10 a location that a rewrite leads to                   test_10_*
  11 cache, store, slice, range, X-Accel, upgrade         test_11_*; A: test_upgrade_is_refused
  12 streams are silent while a model thinks              test_12_*; S: test_stream_that_stalls_is_an_error_event
  13 the shared zone: reload, full table                  test_13_*
  14 a loaded .so replaced in place                       test_14_module_replaced_by_rename_does_not_disturb
  15 HTTP/2                                               S: test_same_stream_over_http2; H: [h2]; R: [h2]
  16 Debian's own build flags                             the build itself: the module is built and loaded for every test
  17 no mutable statics                                   test_17_no_mutable_state_beside_the_worker

What a developer must not get wrong:

  1  fail closed: no ctx test_1_*; encoded answer A: test_what_cannot_be_inflated_is_502; unknown type A: test_other_types_are_502;
     scorer gone, deadline U: test_scorer_that_fails_is_guard_failed; edit overflow U: test_edit_outside_the_body_fails_closed;
     parser refusal H: test_bad_body; no memory test_no_memory_fails_closed
  2  suspension and resumption    U: test_late_answer_reaches_nobody, test_client_that_leaves_while_it_is_scored_is_recorded
  3  nothing blocks a worker      U: test_continue_lets_others_go_first
  4  references                   H: test_nothing_is_left_open; R: test_keep_alive_after_every_kind_of_refusal
  5  only the gate releases       S: test_upstream_that_dies_in_mid_stream_is_an_error_event_and_never_a_cut; test_flush_is_no_reason_to_release
  6  same bytes for every cut     S: test_same_stream_for_every_cutting; tests/property/cuttings.c
  7  what was judged is what goes R: test_untouched_body_is_passed_byte_for_byte; H: test_bad_body[duplicate_key]
"""
import functools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

import httpx
import pytest

import mock
import server
from client import Client, ask, chat, get, http2, request

LEAK = mock.answer_json(mock.completion("leak to secret@x.com"))


def test_1_redirect_after_an_upstream_error_is_still_guarded(start, upstream):
    """error_page sends the request to another guarded location: r->ctx is gone, POST became GET."""
    nginx = start(locations="""
        location /v1/ { proxy_pass http://127.0.0.1:1; error_page 502 = /other; bawn_dispatch off; }
        location = /other { bawn_dispatch off; proxy_pass http://main/leak; }""")
    upstream.script = mock.answer_json(mock.completion("leak to secret@x.com"))
    a = ask(nginx, chat("hello"))
    assert b"secret@" not in a.body and a.id


def test_1_redirect_to_an_unguarded_location_is_still_guarded(start, upstream):
    nginx = start(locations="""
        location /v1/ { proxy_pass http://127.0.0.1:1; error_page 502 = /other; bawn_dispatch off; }
        location = /other { bawn off; proxy_pass http://main/leak; }""")
    upstream.script = mock.answer_json(mock.completion("leak to secret@x.com"))
    assert b"secret@" not in ask(nginx, chat("hello")).body


def test_1_answer_without_a_ctx_is_refused(start, upstream):
    """A rewrite in a guarded location cannot skip the guard; a location entered by error_page after 413 neither."""
    nginx = start(limit="1k", locations="""
        location /v1/ { error_page 413 = /other; }
        location = /other { bawn_dispatch off; proxy_pass http://main/leak; }""")
    upstream.script = mock.answer_json(mock.completion("leak to secret@x.com"))
    a = ask(nginx, chat("x" * 3000))
    assert b"secret@" not in a.body


def test_3_idle_scorer_does_not_keep_an_old_worker(start, upstream, tmp_path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "s"))
    listener.listen()
    nginx = start(engine="scripted", http=f"bawn_scorer unix:{tmp_path}/s;")
    assert ask(nginx, chat("needscore")).status == 503           # connected, and nobody answers
    old = nginx.workers()
    nginx.signal(signal.SIGHUP)
    server.until_replaced(old, nginx.workers, 6)
    listener.close()


@pytest.mark.parametrize("setting", ["client_body_buffer_size 1k;", "client_body_in_single_buffer off;", "client_body_in_file_only clean;"])
def test_5_no_setting_sends_a_body_past_the_guard(start, upstream, setting):
    """Read whole, in memory, whatever the user's own configuration says."""
    nginx = start(http=setting, location=setting)
    a = ask(nginx, chat("secret@x.com " + "the quick brown fox jumps over a lazy dog " * 700))
    assert a.text() == "hello" and b"<EMAIL>" in upstream.requests[0].body and b"secret@" not in upstream.requests[0].body
    assert not any(p.is_file() for p in (nginx.prefix / "body").rglob("*"))


@pytest.mark.parametrize("cut", [1, 40, None])
def test_6_block_in_mid_stream_over_http2(start, upstream, cut):
    """Ended by the dialect's own events; the connection lives for the next request."""
    nginx = start()
    upstream.script = mock.stream(mock.events(["Here it comes. ", "It is ", "blockme", " and more."]), cut)
    with http2() as c:
        for _ in range(3):
            got = c.post(f"http://127.0.0.1:{nginx.h2}/v1/chat/completions", json=chat("hello", stream=True))
            assert got.text.rstrip().endswith("[DONE]") and "content_filter" in got.text and "blockme" not in got.text


@pytest.mark.parametrize("hint", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: <secret@x.com>\r\n\r\n"])
def test_7_interim_answers_let_nothing_by(start, upstream, hint):
    """Where nginx would pass early hints on, they are dropped, and the answer behind them is judged."""
    passes = server.nginx_version() >= server.PASSES_HINTS
    nginx = start(http="early_hints 1;" if passes else "")
    body = json.dumps(mock.completion("secret@x.com")).encode()
    upstream.script = mock.raw(hint + mock.head(content_type="application/json", content_length=len(body)) + body)
    a = ask(nginx, chat("hello"))
    assert a.complete and b"secret@" not in a.body and "secret@" not in str(a.headers)
    if b"103" in hint and passes:
        assert a.status == 200 and a.text() == "<EMAIL>" and nginx.event(a.id)
    else:
        assert (a.status, a.code()) == (502, "upstream_invalid") and nginx.event(a.id)


def test_7_head_requests_have_no_body_and_do_not_hang(start, upstream):
    nginx = start()
    got = [httpx.head(f"http://127.0.0.1:{nginx.port}{path}", timeout=3, verify=False) for path in ("/v1/models", "/v1/chat/completions", "/")]
    assert [(g.status_code, g.content) for g in got] == [(404, b"")] * 3 and upstream.requests == []
    assert all(nginx.event(g.headers["x-bawn-id"]) for g in got)


def test_8_subrequest_to_a_guarded_location_is_refused(start, upstream):
    nginx = start(locations="location /v1/ { auth_request /auth; } location = /auth { internal; proxy_pass http://main/auth; }")
    a = ask(nginx, chat("hello"))
    assert a.status == 403 and upstream.requests == []


def test_8_subrequests_of_the_users_own_work(start, upstream):
    nginx = start(locations="location /v1/ { auth_request /auth; } location = /auth { internal; bawn off; return 204; }")
    assert ask(nginx, chat("hello secret@x.com")).status == 200
    assert b"<EMAIL>" in upstream.requests[0].body


def test_8_mirror_sees_the_masked_body(start, upstream):
    nginx = start(location="mirror /mirror;", locations="""location = /mirror { internal; bawn off; proxy_pass http://main/mirror; }
        location /v1/ { bawn_dispatch off; mirror /mirror; proxy_pass http://main; }""")
    ask(nginx, chat("hello secret@x.com"))
    assert upstream.wait(lambda: len(upstream.requests) == 2)
    assert all(b"secret@" not in r.body and b"<EMAIL>" in r.body for r in upstream.requests)


@pytest.mark.parametrize("phase", ["last", "break"])
def test_10_rewrite_leads_to_where_the_guard_runs(start, upstream, phase):
    """What the client asked for decides which operation it is, wherever a rewrite carries it."""
    nginx = start(locations=f"""
        location /v1/ {{ rewrite ^ /other {phase}; bawn_dispatch off; proxy_pass http://main; }}
        location = /other {{ bawn_dispatch off; proxy_pass http://main/else; }}""")
    upstream.script = LEAK
    a = ask(nginx, chat("hello me@x.com"))
    assert a.text() == "leak to <EMAIL>" and b"me@" not in upstream.requests[0].body and nginx.event(a.id)


def test_11_store_is_refused(start, upstream):
    nginx = start(locations="location /v1/ { bawn_dispatch off; proxy_store kept; proxy_pass http://main; }")
    upstream.script = LEAK
    a = ask(nginx, chat("hello"))
    assert a.status == 502 and b"secret@" not in a.body
    assert not any(b"secret@" in p.read_bytes() for p in nginx.prefix.rglob("*") if p.is_file() and p.suffix != ".so")


def test_11_slice_cannot_cut_an_answer_out_of_the_guard(start, upstream):
    nginx = start(locations="location /v1/ { bawn_dispatch off; slice 16; proxy_set_header Range $slice_range; proxy_pass http://main; }")
    upstream.script = LEAK
    a = ask(nginx, chat("hello"))
    assert b"secret@" not in a.body and b"\"secret" not in a.body


def test_11_cache_is_refused(start, upstream, tmp_path):
    nginx = start(http=f"proxy_cache_path {tmp_path}/cache keys_zone=c:1m;",
                  locations="location /v1/ { bawn_dispatch off; proxy_cache c; proxy_cache_methods POST; "
                            "proxy_cache_valid any 1m; proxy_pass http://main; }")
    upstream.script = mock.answer_json(mock.completion("secret@x.com"))
    a = ask(nginx, chat("hello"))
    assert a.status == 502 and b"secret@" not in a.body


def test_11_x_accel_redirect_cannot_leave_the_guard(start, upstream):
    nginx = start(locations="location = /hidden { internal; bawn off; proxy_pass http://main/hidden; }")

    async def script(up, req, reader, writer):
        if req.target == "/hidden":
            await mock.answer_json(mock.completion("secret@x.com"))(up, req, reader, writer)
        else:
            await mock.answer_json({}, x_accel_redirect="/hidden")(up, req, reader, writer)
    upstream.script = script
    assert b"secret@" not in ask(nginx, chat("hello")).body


def test_11_range_is_not_served_from_a_judged_answer(start, upstream):
    nginx = start()
    a = ask(nginx, chat("hello"), range="bytes=5-9")
    assert a.status == 200 and a.text() == "hello"


def test_12_comment_keeps_a_held_stream_alive(start, upstream):
    """Text may be held for long; the client hears that somebody is there, and not what."""
    nginx = start(policy=server.POLICY.replace("guardrail: test}}", "guardrail: test, hold: {{time: 9s}}}}"), read_timeout="9s")
    part = b"data: " + json.dumps(mock.chunk({"role": "assistant", "content": "write to secret@"})).encode() + b"\n\n"
    upstream.script = mock.stall(mock.head(content_type="text/event-stream", transfer_encoding="chunked") + b"%x\r\n%s\r\n" % (len(part), part))
    with Client(nginx.port, seconds=8) as c:
        c.send(request(chat("hello", stream=True)))
        assert c.until(b": hold"), c.data
        assert b"secret" not in c.data


def test_13_full_table_counts_what_it_cannot_name(start, upstream):
    """Names of models come from outside: their number is bounded, and nothing is lost without being counted."""
    nginx = start()

    async def script(up, req, reader, writer):
        await mock.answer_json(mock.completion("hello", model="m-%d" % len(up.requests)))(up, req, reader, writer)
    upstream.script = script
    for i in range(0, 1400, 100):
        with Client(nginx.port) as c:
            for n in range(i, i + 100):
                assert c.send(request({**chat("hello"), "model": "m-%d" % n})).answer().status == 200
    text = get(f"http://127.0.0.1:{nginx.port}/metrics").text
    assert int(re.search(r"bawn_series_overflow_total (\d+)", text)[1]) > 0
    assert text.count("bawn_tokens_total{") < 1400 and ask(nginx, chat("hello")).status == 200


def test_13_counters_live_through_a_reload(start, upstream):
    nginx = start()
    ask(nginx, chat("blockme"))
    old = nginx.workers()
    nginx.signal(signal.SIGHUP)
    server.until_replaced(old, nginx.workers)
    ask(nginx, chat("blockme"))
    with Client(nginx.port) as c:
        c.send(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n")
        assert 'action="block",side="input"} 2' in c.answer().body.decode()


def test_14_module_replaced_by_rename_does_not_disturb(start, upstream, tmp_path, monkeypatch):
    for f in server.BUILD.glob("*.so*"):
        shutil.copy2(f, tmp_path / f.name, follow_symlinks=False)
    nginx = server.Nginx(upstream)
    nginx.module = tmp_path / "ngx_http_bawn_module.so"
    nginx.write()
    nginx.start()
    try:
        old = nginx.workers()
        new = tmp_path / "new.so"
        shutil.copy(nginx.module, new)
        os.replace(new, nginx.module)
        assert ask(nginx, chat("hello")).status == 200 and nginx.workers() == old
        nginx.signal(signal.SIGHUP)
        server.until_replaced(old, nginx.workers)
        assert ask(nginx, chat("hello")).status == 200
    finally:
        nginx.stop()
    nginx.check()


def test_17_no_mutable_state_beside_the_worker():
    """What can be written in the module is nginx's: its tables of it, the filters' chain. bawn_malloc_fail_at is for tests."""
    table = subprocess.run(["objdump", "-t", str(server.BUILD / "ngx_http_bawn_module.so")], capture_output=True, text=True).stdout
    names = {re.sub(r"\.\d+$", "", line.split()[-1]) for line in table.splitlines() if re.search(r" O \.(data|bss)\t", line)}
    nginxs = {"ngx_http_bawn_module", "ngx_http_bawn_commands", "ngx_http_bawn_module_ctx", "ngx_http_next_early_hints_filter", "ngx_http_next_header_filter",
              "ngx_http_next_body_filter", "ngx_http_kept_header_filter", "ngx_http_kept_body_filter", "ngx_modules", "ngx_module_names", "ngx_module_order"}
    words = {"name", "copy", "identity"}                                       # of type ngx_str_t, which nginx takes without const
    rest = {n for n in names - nginxs - words - {"bawn_malloc_fail_at", "bawn_malloc_fail_more", "completed"} if not n.startswith("__")}
    assert "ngx_http_bawn_module" in names and rest == set()


# ---- what a developer must not get wrong ------------------------------------------------------------------------------
def test_flush_is_no_reason_to_release(start, upstream):
    """Every piece of the upstream is flushed through nginx; what is open stays, until its end is known."""
    nginx = start(read_timeout="2s")
    part = b"".join(b"data: " + json.dumps(mock.chunk({"content": t})).encode() + b"\n\n" for t in ("Some words. ", "write to sec", "ret@"))
    upstream.script = mock.stall(mock.head(content_type="text/event-stream", transfer_encoding="chunked")
                                 + b"".join(b"1\r\n%c\r\n" % byte for byte in part))
    a = ask(nginx, chat("hello", stream=True))
    assert a.complete and "sec" not in a.text() and any("error" in json.loads(e) for e in a.events() if e != "[DONE]")


class Memory:
    """Writes the counter of libbawn in a running worker: its Nth allocation from now fails, once (src/base/alloc.c)."""

    def __init__(self, pid):
        self.pid = pid
        base = next(line for line in open(f"/proc/{pid}/maps") if "libbawn.so" in line)
        self.at = int(base.split("-")[0], 16) + self.offset()

    @staticmethod
    @functools.cache
    def offset():
        symbols = subprocess.run(["nm", str(server.BUILD / "libbawn.so")], capture_output=True, text=True).stdout
        return int(next(line for line in symbols.splitlines() if line.endswith(" bawn_malloc_fail_at")).split()[0], 16)

    def fail_at(self, n):
        with open(f"/proc/{self.pid}/mem", "r+b", buffering=0) as memory:
            memory.seek(self.at)
            left = int.from_bytes(memory.read(8), "little")
            memory.seek(self.at)
            memory.write(n.to_bytes(8, "little"))
        return left


def fresh_worker(nginx, upstream):
    old = nginx.workers()
    nginx.signal(signal.SIGHUP)
    assert upstream.wait(lambda: len(nginx.workers()) == 1 and not set(nginx.workers()) & set(old), 10)
    return Memory(nginx.workers()[0])


def failed_allocations(nginx, upstream, body):
    """The answers when each allocation of a worker's first exchange fails in turn (a dozen of them); the next one is right."""
    upstream.script = (mock.stream(mock.events(["write to ", "secret@x.com", " now."]), 50) if body["stream"]
                       else mock.answer_json(mock.completion("write to secret@x.com now.")))
    memory = fresh_worker(nginx, upstream)
    memory.fail_at(1_000_000)
    good = ask(nginx, body).text()
    allocations = 1_000_000 - memory.fail_at(0)
    assert allocations > 3
    for n in range(1, allocations + 1, 1 + allocations // 12):
        memory = fresh_worker(nginx, upstream)
        upstream.requests.clear()
        memory.fail_at(n)
        yield ask(nginx, body)
        memory.fail_at(0)
        assert ask(nginx, body).text() == good


# keeps: T04
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("text", ["hello me@x.com", "please blockme"])
def test_no_memory_fails_closed(start, upstream, text, stream):
    """Nothing passes unjudged, in either direction, and the worker lives."""
    nginx, failed = start(), 0
    for a in failed_allocations(nginx, upstream, chat(text, stream=stream)):
        assert b"secret@" not in a.body and all(b"me@x" not in r.body and b"blockme" not in r.body for r in upstream.requests)
        assert a.complete and (a.status == 200 or a.code() in ("guard_failed", "record_unavailable"))
        failed += b"guard_failed" in a.body or b"record_unavailable" in a.body
    assert failed > 1


@pytest.mark.parametrize("text", ["hello me@x.com", "please blockme"])
def test_no_memory_is_recorded(start, upstream, text):
    """What cannot be opened is opened from the worker's reserve, refused and recorded."""
    nginx, recorded = start(), 0
    for a in failed_allocations(nginx, upstream, chat(text, stream=False)):
        assert nginx.event(a.id, 1)
        recorded += 1
    assert recorded > 1 and nginx.text().count("no memory for an exchange: the request is refused") >= 1
    nginx.log = []


# ---- reload -------------------------------------------------------------------------------------------------------------
def test_bad_policy_is_refused_with_line_and_column(start, upstream):
    nginx = start()
    (nginx.prefix / "bawn.yaml").write_text("version: 1\nno_such_key: 3\n")
    result = nginx.test()
    assert result.returncode != 0 and "bawn.yaml:2:1" in result.stderr
    nginx.signal(signal.SIGHUP)
    assert upstream.wait(lambda: "bawn.yaml:2:1" in nginx.text())
    assert ask(nginx, chat("blockme")).finish() == "content_filter"
    nginx.log = []


def kill_worker(nginx):
    """One worker is killed, as the kernel does when memory is short; returns when the master has made another."""
    old = nginx.workers()
    os.kill(old[0], signal.SIGKILL)
    server.until_replaced(old, nginx.workers)
    end = time.monotonic() + 5
    while len(nginx.workers()) < len(old):
        assert time.monotonic() < end, nginx.text()
        time.sleep(0.02)


@pytest.mark.parametrize("bad", ["policy", "syntax", "port"])
def test_a_worker_born_after_a_refused_reload_still_guards(start, upstream, bad):
    """nginx makes its chain of filters anew for each configuration, also for one that it refuses in the end."""
    nginx = start()
    conf = nginx.prefix / "nginx.conf"
    if bad == "policy":
        (nginx.prefix / "bawn.yaml").write_text("version: 1\nno_such_key: 3\n")
    elif bad == "syntax":
        conf.write_text(conf.read_text() + "bogus on;\n")
    else:                                   # all is read, nothing of it is ours, and then the port is taken
        conf.write_text(f"load_module {nginx.module}; daemon off; pid nginx.pid; error_log stderr; events {{}}\n"
                        f"http {{ server {{ listen 127.0.0.1:{upstream.port}; }} }}\n")
    nginx.signal(signal.SIGHUP)
    assert upstream.wait(lambda: "[emerg]" in nginx.text(), 10), nginx.text()
    kill_worker(nginx)
    upstream.script = mock.answer_json(mock.completion("say blockme"))
    a = ask(nginx, chat("hello"))
    assert a.finish() == "content_filter" and "x-bawn-id" in a.headers, a.body
    upstream.script = mock.stream(mock.events(["say ", "blockme"]))
    assert ask(nginx, chat("hello", stream=True)).finish() == "content_filter"
    nginx.log = []


def test_bawn_on_needs_policy_and_limit(upstream):
    nginx = server.Nginx(upstream, limit="0")
    result = nginx.test()
    assert result.returncode != 0 and "client_max_body_size" in result.stderr


def test_no_request_fails_during_reloads(start, upstream):
    nginx = start(workers=2)
    upstream.script = mock.stream(mock.events(["a ", "b. "] * 20), 300, delay=0.01)
    failed, done, stop = [], [], threading.Event()

    def load():
        while not stop.is_set():
            try:
                a = ask(nginx, chat("hello", stream=True))
                (done if a.complete and a.finish() == "stop" else failed).append(a)
            except Exception as e:
                failed.append(e)

    threads = [threading.Thread(target=load) for _ in range(8)]
    for t in threads:
        t.start()
    for _ in range(5):
        time.sleep(0.4)
        nginx.signal(signal.SIGHUP)
    time.sleep(0.5)
    stop.set()
    for t in threads:
        t.join()
    assert failed == [] and len(done) > 20
    assert len({e["id"] for e in nginx.events()}) >= len(done)
