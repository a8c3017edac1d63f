"""Workers are confined: what the kernel says of them, what an intruder in one of them would meet, and that all of nginx's life
goes on: reloads, logs opened again, records begun anew, files served, upstreams of other kinds.

keeps: T36"""
import ctypes
import ctypes.util
import errno
import os
import pathlib
import re
import shutil
import signal
import socket
import socketserver
import subprocess
import threading
import time

import httpx
import pytest

import gateway
import server
from client import ask, chat, get

LIBC = ctypes.CDLL(None, use_errno=True)
LANDLOCK = max(0, LIBC.syscall(444, None, 0, 1))                    # landlock_create_ruleset(2): the version of its ABI
SECCOMP = pathlib.Path("/proc/self/status").read_text().find("Seccomp:") > 0
RELAXED = bool(server.libasan(server.BUILD / "ngx_http_bawn_module.so"))
PROBE = server.BUILD / "libprobe.so"
needs_all = pytest.mark.skipif(not (LANDLOCK and SECCOMP), reason="this kernel has no Landlock or no seccomp")
strict = pytest.mark.skipif(RELAXED, reason="a build with sanitizers is confined less")


def status(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return {name: int(re.search(rf"^{name}:\s+(\d+)", text, re.M)[1]) for name in ("Seccomp", "NoNewPrivs")}


CONFINED, FREE = {"Seccomp": 2, "NoNewPrivs": 1}, {"Seccomp": 0, "NoNewPrivs": 0}
CALLS = "no new privileges, seccomp"


def until(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.02)
    return condition()


# ---- what the kernel says --------------------------------------------------------------------------------------------
@needs_all
def test_workers_are_confined_and_the_master_is_not(start, upstream):
    nginx = start(workers=2)
    assert [status(w) for w in nginx.workers()] == [CONFINED, CONFINED] and status(nginx.process.pid) == FREE
    assert f"workers are confined: {CALLS}, Landlock {LANDLOCK}: files" in nginx.text()
    if LANDLOCK >= 4:
        assert f"TCP to port {upstream.port}" in nginx.text()
    assert "only in part" not in nginx.text()
    assert ask(nginx, chat("hello")).status == 200


def test_off_is_off_and_said(start):
    nginx = start(http="bawn_confine off;")
    assert status(nginx.workers()[0]) == FREE and "workers are not confined" in nginx.text()


@pytest.mark.parametrize("words,says", [
    ("maybe", "takes on|off|required"), ("on quickly", "takes on|off|required"), ("on read=", "has no path"),
    ("on connect=0", "a port from 1 to 65535"), ("on connect=70000", "a port from 1 to 65535"), ("on connect=ssh", "a port from 1 to 65535"),
    ("on; bawn_confine off", "is duplicate"),
])
def test_mistakes_in_the_directive_are_refused(upstream, words, says):
    done = server.Nginx(upstream, http=f"bawn_confine {words};").test()
    assert done.returncode != 0 and says in done.stderr, done.stderr


def test_the_directive_alone_confines_nobody_and_is_refused(upstream):
    nginx = server.Nginx(upstream)
    (nginx.prefix / "nginx.conf").write_text(f"load_module {nginx.module}; events {{}} error_log stderr; pid nginx.pid;\n"
                                             "http { access_log off; bawn_confine required; }")
    done = nginx.test()
    assert done.returncode != 0 and "only workers that guard are confined" in done.stderr, done.stderr


# ---- what an intruder meets ------------------------------------------------------------------------------------------
class Probed(server.Nginx):
    """With probe.c inside, which tries things from a worker."""

    def __init__(self, upstream, reads, writes, ports, **options):
        super().__init__(upstream, **options)
        self.found = self.prefix / "spool" / "found"
        self.asked = dict(BAWN_PROBE=str(self.found), BAWN_PROBE_READ=":".join(reads(self)), BAWN_PROBE_WRITE=":".join(writes(self)),
                          BAWN_PROBE_CONNECT=":".join(map(str, ports)))

    def environment(self):
        env = {**super().environment(), **self.asked}
        return {**env, "LD_PRELOAD": " ".join(filter(None, (env.get("LD_PRELOAD"), str(PROBE))))}

    def tried(self):
        until(self.found.exists)
        return {tuple(line.split()[:2]): int(line.split()[2]) for line in self.found.read_text().splitlines()}


def outside(nginx):
    """Files that the user of the workers may read and write, were they not confined."""
    secret = nginx.prefix / "secret"
    secret.write_text("x")
    return ["/etc/passwd", "/etc/hosts", "/proc/self/environ", "/usr/bin/env", str(secret), str(nginx.prefix / "bawn.yaml"),
            str(nginx.prefix / "nginx.conf")]


def places_to_write(nginx):
    return [str(nginx.prefix / name) for name in ("secret", "new", "bawn.yaml", "spool/new", "proxy/new")]


@needs_all
@strict
def test_an_intruder_reads_writes_and_reaches_nothing(upstream):
    with socket.create_server(("127.0.0.1", 0)) as other:
        elsewhere = other.getsockname()[1]
        nginx = Probed(upstream, outside, places_to_write, [upstream.port, elsewhere]).start()
        try:
            found = nginx.tried()
            assert {k: v for k, v in found.items() if k[0] == "read"} == {("read", p): errno.EACCES for p in nginx.asked["BAWN_PROBE_READ"].split(":")}
            writes = {pathlib.Path(path).relative_to(nginx.prefix).as_posix(): n for (what, path), n in found.items() if what == "write"}
            assert writes == {"secret": errno.EACCES, "new": errno.EACCES, "bawn.yaml": errno.EACCES, "spool/new": 0, "proxy/new": 0}
            assert found["connect", str(upstream.port)] == 0
            assert found["connect", str(elsewhere)] == (errno.EACCES if LANDLOCK >= 4 else 0)
            assert [found["socket", kind] for kind in ("udp", "unix", "netlink")] == [errno.EPERM] * 3
            assert found["signal", "master"] == errno.EPERM and found["fork", "-"] == errno.EPERM
            assert ask(nginx, chat("hello")).status == 200
        finally:
            nginx.stop()
        nginx.check()


@strict
def test_without_confinement_the_same_intruder_has_all_of_it(upstream):
    """Else the test above would say nothing."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        nginx = Probed(upstream, outside, places_to_write, [upstream.port, other.getsockname()[1]], http="bawn_confine off;").start()
        try:
            assert set(nginx.tried().values()) == {0}
        finally:
            nginx.stop()


@needs_all
@strict
def test_who_executes_a_program_is_ended_and_another_worker_serves(upstream):
    nginx = Probed(upstream, lambda n: [], lambda n: [], []).start()
    try:
        nginx.tried()
        before = nginx.workers()
        (nginx.prefix / "spool/found.run").write_text("")
        try:
            ask(nginx, chat("hello"))                               # its turn of the loop
        except OSError:
            pass
        until(lambda: nginx.workers() and not set(before) & set(nginx.workers()))
        until(lambda: "exited on signal 31" in nginx.text())
        assert ask(nginx, chat("hello")).status == 200 and status(nginx.workers()[0]) == CONFINED
    finally:
        nginx.stop()


# ---- life goes on ----------------------------------------------------------------------------------------------------
@needs_all
def test_logs_are_opened_again_after_usr1(start, upstream):
    nginx = start(main="error_log error.log info;", locations="access_log access.log;")
    log, moved = nginx.prefix / "access.log", nginx.prefix / "access.log.1"
    assert ask(nginx, chat("one")).status == 200
    until(lambda: log.read_text().count("POST") == 1)
    log.rename(moved)
    (nginx.prefix / "error.log").rename(nginx.prefix / "error.log.1")
    nginx.signal(signal.SIGUSR1)
    until(log.exists)
    time.sleep(0.2)                                                 # the workers come after the master
    assert ask(nginx, chat("two")).status == 200
    until(lambda: log.read_text().count("POST") == 1)
    assert moved.read_text().count("POST") == 1
    worker = nginx.workers()[0]
    open_now = {os.readlink(f) for f in pathlib.Path(f"/proc/{worker}/fd").iterdir() if f.is_symlink()}
    assert {str(log), str(nginx.prefix / "error.log")} <= open_now and status(worker) == CONFINED


@needs_all
def test_records_are_begun_anew_and_removed(start, upstream):
    nginx = start(spool="rotate=4k keep=1s")
    first = sorted(p.name for p in (nginx.prefix / "spool").glob("*.spool"))
    for _ in range(20):
        assert ask(nginx, chat("hello")).status == 200
    names = sorted(p.name for p in (nginx.prefix / "spool").glob("*.spool"))
    assert len(names) > 3
    boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    assert {n[:8] for n in names} == {boot}                         # asked before /proc was closed
    time.sleep(1.2)
    for _ in range(10):
        ask(nginx, chat("hello"))
    assert not set(first) & {p.name for p in (nginx.prefix / "spool").glob("*.spool")}


@needs_all
def test_a_reload_may_bring_another_folder_another_port_and_another_mind(start, upstream):
    nginx = start()
    old = nginx.workers()
    conf = (nginx.prefix / "nginx.conf").read_text()
    (nginx.prefix / "other").mkdir()
    (nginx.prefix / "nginx.conf").write_text(conf.replace(f"bawn_spool {nginx.prefix}/spool", f"bawn_confine required connect=1; bawn_spool {nginx.prefix}/other"))
    nginx.signal(signal.SIGHUP)
    server.until_replaced(old, nginx.workers)
    until(nginx.workers)
    assert ask(nginx, chat("hello")).status == 200 and status(nginx.workers()[0]) == CONFINED
    assert len([e for e in server.Spool(nginx.prefix / "other").events() if e["type"] == "decision"]) == 1
    if LANDLOCK >= 4:
        assert re.search(r"TCP to ports 1 and \d+", nginx.text())


@needs_all
@strict
def test_another_nginx_takes_the_place_of_the_one_that_runs(upstream):
    """An upgrade of the program (USR2, then QUIT to the old master): executed by the master, which can, as no worker could."""
    nginx = server.Nginx(upstream, main="env BAWN_TEST_KEY;")
    conf, pid = nginx.prefix / "nginx.conf", nginx.prefix / "nginx.pid"
    conf.write_text(conf.read_text().replace("daemon off", "daemon on").replace("error_log stderr", "error_log log"))
    subprocess.run([shutil.which("nginx"), *nginx.command()[1:]], env=nginx.environment(), check=True, timeout=20)   # it executes the same path
    masters = [int(until(lambda: pid.exists() and pid.read_text().strip()))]
    try:
        until(lambda: server.workers_of(masters[0]))
        os.kill(masters[0], signal.SIGUSR2)
        masters.append(int(until(lambda: pid.exists() and pid.read_text().strip() not in ("", str(masters[0])) and pid.read_text().strip())))
        workers = until(lambda: server.workers_of(masters[1]))
        os.kill(masters[0], signal.SIGQUIT)
        until(lambda: not pathlib.Path(f"/proc/{masters[0]}").exists())
        assert ask(nginx, chat("hello")).status == 200
        assert status(workers[0]) == CONFINED and status(masters[1]) == FREE
    finally:
        for master in masters:
            if pathlib.Path(f"/proc/{master}").exists():
                os.kill(master, signal.SIGTERM)
        until(lambda: not any(pathlib.Path(f"/proc/{m}").exists() for m in masters))


@needs_all
def test_files_are_served_beneath_their_root_and_nowhere_else(upstream):
    nginx = server.Nginx(upstream, locations="location /pages/ { bawn off; root www; }")
    pages = nginx.prefix / "www/pages"
    pages.mkdir(parents=True)
    (pages / "page").write_text("a page")
    (pages / "away").symlink_to("/etc/passwd")
    nginx.start()
    try:
        assert get(f"http://127.0.0.1:{nginx.port}/pages/page").text == "a page"
        assert get(f"http://127.0.0.1:{nginx.port}/pages/away").status_code == 403
        assert "Permission denied" in nginx.text()
    finally:
        nginx.stop()
    nginx.check()


@needs_all
def test_paths_that_only_the_directive_knows(upstream, tmp_path):
    """A file of passwords is read at each request; its place stands in another module's configuration."""
    server.open_to_workers(tmp_path)
    (tmp_path / "users").write_text("me:{PLAIN}secret\n")
    inside = f'location = /in {{ bawn off; auth_basic x; auth_basic_user_file {tmp_path}/users; return 204; }}'
    for words, expected in ((";", False), (f" read={tmp_path}/users;", True)):
        nginx = server.Nginx(upstream, http="bawn_confine on" + words, locations=inside.replace("return 204;", "root www;"))
        (nginx.prefix / "www").mkdir()
        (nginx.prefix / "www/in").write_text("in")
        nginx.start()
        try:
            answer = httpx.get(f"http://127.0.0.1:{nginx.port}/in", auth=("me", "secret"), trust_env=False)
            assert (answer.status_code == 200) == expected, (words, answer.status_code, nginx.text()[-2000:])
        finally:
            nginx.stop()


class OneLine(socketserver.StreamRequestHandler):
    def handle(self):
        self.rfile.readline()
        self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\nContent-Type: text/plain\r\n\r\nunix")


@needs_all
def test_an_upstream_behind_a_unix_socket(upstream):
    nginx = server.Nginx(upstream, locations="location = /u { bawn off; proxy_pass_request_body off; proxy_pass http://unix:{PREFIX}/u.sock; }")
    nginx.options["locations"] = nginx.options["locations"].replace("{PREFIX}", str(nginx.prefix))
    nginx.write()
    with socketserver.ThreadingUnixStreamServer(str(nginx.prefix / "u.sock"), OneLine) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        nginx.start()
        try:
            assert get(f"http://127.0.0.1:{nginx.port}/u").text == "unix"
        finally:
            nginx.stop()
            other.shutdown()
    nginx.check()


@needs_all
def test_with_a_resolver_ports_are_known_only_then(start, upstream):
    """proxy_pass with a variable: the port comes with the request. Without `connect=` any may be, with it only those."""
    away = 'resolver 127.0.0.1:9; location = /v { bawn off; proxy_pass http://127.0.0.1:$arg_port/v1/models; }'
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), OneLine) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        port = other.server_address[1]
        for words, expected in (("on", 200), ("on connect=1", 502 if LANDLOCK >= 4 else 200)):
            nginx = start(http=f"bawn_confine {words};", locations=away)
            assert get(f"http://127.0.0.1:{nginx.port}/v?port={port}").status_code == expected
        other.shutdown()


@needs_all
def test_threads_that_were_there_before_are_told_of(start, upstream):
    if LANDLOCK >= 8:
        pytest.skip("this kernel's Landlock holds all threads")
    nginx = start(locations="location /t { bawn off; aio threads; }")
    until(lambda: "began before it was confined" in nginx.text())
    assert status(nginx.workers()[0]) == CONFINED and ask(nginx, chat("hello")).status == 200


def test_one_process_that_is_all_is_not_confined(upstream):
    nginx = server.Nginx(upstream)
    conf = nginx.prefix / "nginx.conf"
    conf.write_text(conf.read_text().replace("master_process on", "master_process off"))
    env = nginx.environment()
    process = subprocess.Popen(nginx.command(), env=env, stderr=subprocess.PIPE, text=True)
    try:
        until(lambda: (nginx.prefix / "nginx.pid").exists())
        until(lambda: ask(nginx, chat("hello")).status == 200)
        assert status(process.pid) == FREE
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=10)[1]
    assert "nothing is confined: one process is master and worker" in said
    conf.write_text(conf.read_text().replace("bawn_policy", "bawn_confine required; bawn_policy", 1))
    done = subprocess.run(nginx.command(), env=env, capture_output=True, text=True, timeout=20)
    assert done.returncode != 0 and 'say "master_process on"' in done.stderr


# ---- kernels that have less ------------------------------------------------------------------------------------------
def without_landlock():
    """To be called between fork and exec: as in a container whose own filter does not know Landlock."""
    lib = ctypes.CDLL(ctypes.util.find_library("seccomp"))
    lib.seccomp_init.restype, lib.seccomp_init.argtypes = ctypes.c_void_p, [ctypes.c_uint32]
    lib.seccomp_rule_add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint]
    lib.seccomp_load.argtypes = [ctypes.c_void_p]
    rules = lib.seccomp_init(0x7fff0000)                                                    # SCMP_ACT_ALLOW
    if LIBC.prctl(38, 1, 0, 0, 0) or lib.seccomp_rule_add(rules, 0x00050000 | errno.ENOSYS, 444, 0) or lib.seccomp_load(rules):
        os._exit(99)


class WithoutLandlock(server.Nginx):
    def limit(self):
        without_landlock()


@needs_all
def test_a_kernel_without_landlock_is_told_of_once_and_the_rest_holds(upstream):
    nginx = WithoutLandlock(upstream).start()
    try:
        said = "workers are confined only in part: no Landlock, so which files and ports are used is not limited: this kernel has none"
        assert nginx.text().count(said) == 1 and status(nginx.workers()[0]) == CONFINED
        assert f"workers are confined: {CALLS}" in nginx.text()
        old = nginx.workers()
        nginx.signal(signal.SIGHUP)
        server.until_replaced(old, nginx.workers)
        assert ask(nginx, chat("hello")).status == 200 and nginx.text().count(said) == 1
    finally:
        nginx.stop()
    nginx.check()


@needs_all
def test_required_refuses_a_kernel_without_landlock(upstream):
    nginx = WithoutLandlock(upstream, http="bawn_confine required;")
    done = subprocess.run(nginx.command(), env=nginx.environment(), preexec_fn=without_landlock, capture_output=True, text=True, timeout=20)
    assert done.returncode != 0 and "workers cannot be confined" in done.stderr and "CONFIG_SECURITY_LANDLOCK" in done.stderr
    done = subprocess.run(nginx.command("-t"), env=nginx.environment(), preexec_fn=without_landlock, capture_output=True, text=True, timeout=20)
    assert done.returncode != 0 and "workers cannot be confined" in done.stderr
    assert nginx.test().returncode == 0                             # here it can be kept


# ---- as it is delivered ----------------------------------------------------------------------------------------------
@needs_all
@pytest.mark.skipif(RELAXED, reason="bawn serve starts a plain nginx")
def test_serve_confines_its_workers_and_says_so(tmp_path, upstream):
    g = gateway.Gateway(tmp_path, upstream.port).start()
    try:
        until(lambda: f"workers are confined: {CALLS}, Landlock {LANDLOCK}: files" in g.said())
        assert status(g.workers()[0]) == CONFINED and status(g.master()) == FREE
        assert ask(g, chat("hello")).status == 200
        text, old = g.policy.read_text(), g.workers()
        g.policy.write_text(text + "record: {spool: {folder: elsewhere}}\n")
        done = g.bawn("reload", "-c", str(g.policy))
        assert done.returncode == 0, done.stderr
        server.until_replaced(old, g.workers)
        assert ask(g, chat("hello")).status == 200 and status(g.workers()[0]) == CONFINED
        assert [e["type"] for e in server.Spool(g.state / "elsewhere").events()] == ["decision"]
    finally:
        g.stop()
    assert g.process.returncode == 0


@needs_all
@pytest.mark.skipif(RELAXED, reason="bawn serve starts a plain nginx")
def test_serve_may_be_told_how(tmp_path, upstream):
    g = gateway.Gateway(tmp_path, upstream.port)
    for how, expected in (("off", FREE), ("required", CONFINED)):
        process = subprocess.Popen([str(gateway.BIN), "serve", "-c", str(g.policy), "--state", str(g.state), "--confine", how],
                                   env=dict(os.environ, LLM_KEY="x", **gateway.AWS), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            said = next(line for line in process.stdout if line.startswith("workers are"))
            assert ("--confine off" in said) == (how == "off")
            assert status(g.workers()[0]) == expected
            old = g.workers()
            assert g.bawn("reload", "-c", str(g.policy)).returncode == 0            # and stays what it was
            server.until_replaced(old, g.workers)
            assert status(g.workers()[0]) == expected
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
    done = g.bawn("serve", "-c", str(g.policy), "--confine", "perhaps")
    assert done.returncode == 2 and "on|off|required" in done.stderr
    done = subprocess.run([str(gateway.BIN), "serve", "-c", str(g.policy), "--state", str(g.state), "--confine", "required"], preexec_fn=without_landlock,
                          env=dict(os.environ, LLM_KEY="x", **gateway.AWS), capture_output=True, text=True, timeout=30)
    assert done.returncode != 0 and "workers cannot be confined" in done.stdout + done.stderr
