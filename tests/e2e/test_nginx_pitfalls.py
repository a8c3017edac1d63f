"""The research's list of pitfalls, each as a test (numbers as there; those missing are tested elsewhere: 2, 3 suspend;
4, 5, 9 requests; 6, 7, 15 streams)."""
import os
import shutil
import signal
import threading
import time

import pytest

import mock
import server
from client import Client, ask, chat, request


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


def test_13_counters_live_through_a_reload(start, upstream):
    nginx = start()
    ask(nginx, chat("blockme"))
    nginx.signal(signal.SIGHUP)
    time.sleep(0.5)
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
        assert upstream.wait(lambda: not set(old) & set(nginx.workers()))
        assert ask(nginx, chat("hello")).status == 200
    finally:
        nginx.stop()
    nginx.check()


# ---- reload -------------------------------------------------------------------------------------------------------------
def test_bad_policy_is_refused_with_line_and_column(start, upstream):
    nginx = start()
    (nginx.prefix / "bawn.yaml").write_text("version: 1\nno_such_key: 3\n")
    result = nginx.test()
    assert result.returncode != 0 and "bawn.yaml:2:1" in result.stderr
    nginx.signal(signal.SIGHUP)
    time.sleep(0.5)
    assert ask(nginx, chat("blockme")).finish() == "content_filter"
    assert "bawn.yaml:2:1" in nginx.text()
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
