"""Killed and reloaded under load: what a client has seen whole is in the record, and no request fails by a reload.

Short forms; `make soak` has the long ones. keeps: P3a.8, RULINGS R16"""
import os
import signal
import time

import pytest

import gateway
import mock
from client import Load


@pytest.fixture
def served(tmp_path, upstream):
    async def script(up, asked, reader, writer):
        if asked.json().get("stream"):
            return await mock.stream(mock.events(["a word. "] * 12), 300, delay=0.004)(up, asked, reader, writer)
        return await mock.answer_json(mock.completion("hello"))(up, asked, reader, writer)
    upstream.script = script
    made = gateway.Gateway(tmp_path, upstream.port).start()
    yield made
    made.stop()


def recorded(served):
    return {e["id"] for e in served.events()}


def test_killed_workers_lose_nothing_that_was_answered(served):
    load = Load(served.port)
    for _ in range(3):
        time.sleep(0.5)
        for pid in served.workers():
            os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    load.stop()
    assert len(load.whole) > 50 and load.broken, "a kill was not felt: the test tests nothing"
    assert set(load.whole) <= recorded(served)


def test_killed_master_and_workers_lose_nothing_and_it_starts_again(served, upstream):
    """kill -9 of everything at once, in the middle of a load; a torn frame at the end is reported and cut."""
    load = Load(served.port)
    time.sleep(1)
    master = served.master()
    for pid in [served.process.pid, master, *served.workers()]:
        os.kill(pid, signal.SIGKILL)
    served.process.wait(5)
    load.stop()
    assert upstream.wait(lambda: not os.path.exists(f"/proc/{master}"))      # init has buried it
    assert len(load.whole) > 50 and set(load.whole) <= recorded(served)
    assert served.bawn("log", "verify").returncode == 0

    spool = max((served.state / "spool").glob("*.spool"), key=lambda p: p.stat().st_size)
    whole = spool.read_bytes()
    spool.write_bytes(whole[:-40])                              # as if the machine had gone down in mid-write
    served.spool.forget()
    assert served.bawn("log", "verify").returncode != 0
    repaired = served.bawn("log", "repair")
    assert repaired.returncode == 0 and repaired.stdout.startswith("1 torn tail cut")
    assert served.bawn("log", "verify").returncode == 0
    assert len(recorded(served)) >= len(load.whole) - 1 and "spool.repaired" in "".join(p.read_bytes().decode("latin-1")
                                                                                     for p in spool.parent.glob("*.spool"))
    served.log.close()
    served.start()
    again = Load(served.port, 2)
    time.sleep(0.3)
    again.stop()
    assert again.whole and not again.broken and set(again.whole) <= recorded(served)


def test_no_request_fails_by_reloads(served):
    load = Load(served.port)
    for _ in range(4):
        time.sleep(0.5)
        assert served.bawn("reload", "-c", str(served.policy)).returncode == 0
    time.sleep(0.5)
    load.stop()
    assert load.broken == [] and len(load.whole) > 50 and set(load.whole) <= recorded(served)
