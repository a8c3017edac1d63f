"""Bawn as a service: the unit that `make install` puts in place, under its own filter of system calls, and without a network."""
import ctypes
import ctypes.util
import errno
import fcntl
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

import pytest

import cli
import server
from client import ask, chat

NOBODY = 65534
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze: apt-get install systemd")
SECCOMP = ctypes.util.find_library("seccomp")


class Unit:
    """The installed unit's settings; a name given twice has both values."""

    def __init__(self, folder):
        self.prefix = folder / "prefix"
        subprocess.run(["cmake", "--install", cli.BUILD, "--prefix", self.prefix], check=True, capture_output=True, timeout=120)
        self.path = self.prefix / "lib/systemd/system/bawn.service"
        self.settings = {}
        for line in self.path.read_text().splitlines():
            if re.match(r"[A-Z]\w*=", line):
                name, value = line.split("=", 1)
                self.settings.setdefault(name, []).append(value)

    def command(self, name, policy, state):
        words = self.settings[name][0].split()
        return [{"/etc/bawn/bawn.yaml": str(policy), "/var/lib/bawn": str(state)}.get(w, w) for w in words]


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unit")
    server.open_to_workers(folder)
    return Unit(folder)


@needs_systemd
@cli.needs_plain_module
def test_systemd_takes_the_unit(unit):
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit.path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "bawn.service" not in done.stderr, done.stderr


@needs_systemd
@pytest.mark.parametrize("path", sorted((cli.ROOT / "deploy/systemd").glob("*.service")), ids=lambda p: p.name)
def test_systemd_finds_each_unit_little_exposed(path):
    """Of 10; a unit without any setting of this kind has 9.6."""
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", path], capture_output=True, text=True, timeout=60)
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert exposure and float(exposure[1]) < 2.0, done.stdout[-2000:] + done.stderr


def calls_of(group):
    """The names of a group of system calls, as systemd has them; groups stand in groups."""
    said = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True, timeout=20).stdout
    for word in (line.strip() for line in said.splitlines()[1:]):
        if word.startswith("@"):
            yield from calls_of(word)
        elif word and not word.startswith("#"):
            yield word


def allowed_calls(unit):
    """Lists are read in order; `~` takes away."""
    out = set()
    for value in unit.settings["SystemCallFilter"]:
        for group in value.lstrip("~").split():
            calls = set(calls_of(group)) if group.startswith("@") else {group}
            out = out - calls if value.startswith("~") else out | calls
    return out


def confine(unit):
    """To be called between fork and exec: no new privileges, another user if we are root, and the unit's filter, under which
    what it does not allow fails as the unit says it does."""
    lib, libc = ctypes.CDLL(SECCOMP), ctypes.CDLL(None)
    lib.seccomp_init.restype, lib.seccomp_init.argtypes = ctypes.c_void_p, [ctypes.c_uint32]
    lib.seccomp_rule_add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint]
    lib.seccomp_load.argtypes = [ctypes.c_void_p]
    assert unit.settings["SystemCallErrorNumber"] == ["EPERM"] and unit.settings["NoNewPrivileges"] == ["yes"]
    rules, allow = lib.seccomp_init(0x00050000 | 1), 0x7fff0000                         # SCMP_ACT_ERRNO(EPERM), SCMP_ACT_ALLOW
    numbers = [lib.seccomp_syscall_resolve_name(name.encode()) for name in sorted(allowed_calls(unit))]
    assert all(lib.seccomp_rule_add(rules, allow, n, 0) == 0 for n in numbers if n >= 0)

    def enter():
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        if libc.prctl(38, 1, 0, 0, 0) != 0 or lib.seccomp_load(rules) != 0:              # PR_SET_NO_NEW_PRIVS
            os._exit(99)

    return enter


def sets_affinity(enter):
    """0, or the error of a call that anybody may make and that the unit forbids (@resources)."""
    allowed = os.sched_getaffinity(0)
    child = os.fork()
    if child == 0:
        try:
            enter()
            os.sched_setaffinity(0, allowed)
            os._exit(0)
        except OSError as error:
            os._exit(error.errno)
        finally:
            os._exit(98)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@needs_systemd
@pytest.mark.skipif(not SECCOMP, reason="no libseccomp")
@cli.needs_plain_module
def test_the_units_commands_work_under_its_filter(unit, upstream, tmp_path):
    server.open_to_workers(tmp_path)
    port, policy, state, log = server.free_port(), tmp_path / "bawn.yaml", tmp_path / "state", tmp_path / "log"
    text = (f"version: 1\nlisteners: {{public: {{address: '127.0.0.1:{port}'}}}}\n"
            f"upstreams: {{main: {{dialect: openai, url: 'http://127.0.0.1:{upstream.port}/v1'}}}}\n"
            "guardrails: {default: {word_filters: {custom: [{words: [blockme], action: block}]}}}\n")
    policy.write_text(text)
    state.mkdir()
    if os.geteuid() == 0:
        os.chown(state, NOBODY, NOBODY)
    enter = confine(unit)
    assert sets_affinity(lambda: None) == 0 and sets_affinity(enter) == errno.EPERM                     # it is a filter

    def run(name):
        return subprocess.run(unit.command(name, policy, state), preexec_fn=enter, capture_output=True, text=True, timeout=60)

    done = run("ExecStartPre")
    assert done.returncode == 0, done.stderr
    with open(log, "w") as out:
        service = subprocess.Popen(unit.command("ExecStart", policy, state), preexec_fn=enter, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + 30
        while "listening on" not in log.read_text():
            assert service.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        assert "only in part" not in log.read_text()                                     # the unit lets workers confine themselves
        while "workers are confined: no new privileges, seccomp" not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
        s = type("Service", (), {"port": port})
        assert ask(s, chat("hello")).text() == "hello" and ask(s, chat("blockme")).finish() == "content_filter"
        policy.write_text(text.replace("blockme", "other"))
        done = run("ExecReload")
        assert done.returncode == 0, done.stderr
        while ask(s, chat("other")).finish() != "content_filter":                        # the old worker takes leave
            assert time.monotonic() < deadline
        assert ask(s, chat("blockme")).text() == "hello"
        assert len([e for e in server.Spool(state / "spool").events() if "verdict" in e]) >= 4
        service.send_signal(getattr(signal, unit.settings["KillSignal"][0]))
        assert service.wait(30) == 0, log.read_text()
    finally:
        service.kill()
        service.wait()


# ---- without a network ---------------------------------------------------------------------------------------------------------
ALONE = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "--keep-caps", "-cn"]
can_be_alone = shutil.which("unshare") and subprocess.run([*ALONE, "true"], capture_output=True).returncode == 0


def bring_up_loopback():
    """As `ip link set lo up` does."""
    with socket.socket() as s:
        flags, = struct.unpack_from("16xh", fcntl.ioctl(s, 0x8913, struct.pack("16sh14x", b"lo", 0)))       # SIOCGIFFLAGS
        fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))                                    # SIOCSIFFLAGS, IFF_UP


@pytest.mark.skipif(not can_be_alone, reason="no namespace without a network may be made here")
@cli.needs_plain_module
def test_serving_needs_no_network():
    """The first test of test_serve.py again, where there is nothing but loopback: what would be fetched would fail."""
    here = pathlib.Path(__file__)
    done = subprocess.run([*ALONE, sys.executable, here, str(here.with_name("test_serve.py")) + "::test_serves_guards_and_stops"],
                          env={k: v for k, v in os.environ.items() if k != "PYTEST_DEBUG_TEMPROOT"}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr


if __name__ == "__main__":
    bring_up_loopback()
    assert [name for _, name in socket.if_nameindex()] == ["lo"]
    sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "--import-mode=importlib", sys.argv[1]]))
