"""The command `bawn` as a stranger calls it, and a record as docs/event.md describes it, written without Bawn."""
import json
import os
import pathlib
import pty
import select
import struct
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ.get("BAWN_BIN") or str(
    pathlib.Path(os.environ["BAWN_BUILD"]) / "bawn" if "BAWN_BUILD" in os.environ else ROOT / "build/release/bawn"
)
BUILD = pathlib.Path(BIN).resolve().parent
MODULE = BUILD / "ngx_http_bawn_module.so"
# A sanitised module cannot be loaded into Debian's nginx as a stranger would; the connector's own tests preload for it.
needs_plain_module = pytest.mark.skipif(not MODULE.exists() or b"libasan" in MODULE.read_bytes(),
                                        reason="no plain nginx module beside bawn")


class Result:
    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout.decode(), done.stderr.decode()

    @property
    def rows(self):
        return [json.loads(line) for line in self.out.splitlines()]


def run(*words, cwd=None, stdin=b"", env=None, timeout=60):
    clean = {k: v for k, v in os.environ.items() if k not in ("LLM_KEY", "NO_COLOR")}
    clean.update(env or {})
    data = stdin.encode() if isinstance(stdin, str) else stdin
    return Result(subprocess.run([BIN, *map(str, words)], cwd=cwd, input=data, capture_output=True, env=clean, timeout=timeout))


def on_terminal(*words, typed=(), cwd=None, env=None, timeout=20):
    """Runs bawn on a terminal of its own, types the lines when it waits, returns all that it shows."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(cwd or "/")
        os.environ.update({"TERM": "xterm", **(env or {})})
        os.execv(BIN, [BIN, *map(str, words)])
    shown, lines, deadline = b"", list(typed), time.monotonic() + timeout
    while time.monotonic() < deadline:
        ready = select.select([fd], [], [], 0.4)[0]
        if ready:
            try:
                piece = os.read(fd, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        elif lines:
            os.write(fd, lines.pop(0).encode() + b"\n")
        else:
            os.write(fd, b"\x04")
    os.close(fd)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), shown.decode(errors="replace").replace("\r\n", "\n")


# ---- a record ----------------------------------------------------------------------------------------------------
def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def frame(payload, sequence):
    head = b"BWN1" + struct.pack("<IIQ", len(payload), crc32c(payload), sequence)
    whole = head + payload
    return whole + b"\0" * (-len(whole) % 8)


def finding(guard="pii", kind="pii.EMAIL", action="block", side="input", score=0.95, hash="k:00000000000000aa", text=None,
            path="/messages/0/content", origin="caller"):
    return {"side": side, "path": path, "origin": origin, "guard": guard, "kind": kind, "begin": 5, "end": 25, "score": score,
            "confidence": "HIGH", "view": "raw", "action": action, "owasp": ["LLM02"], "atlas": ["AML.T0057"],
            "match": {"hash": hash, "text": text}}


def event(number, findings=(), action=None, at=None, enforced=True, guardrail="default", policy="sha256:00"):
    action = action or (findings[0]["action"] if findings else "allow")
    at = time.time() - 1000 + number if at is None else at
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + ".000000Z"
    return {
        "schema": 1, "id": "0193576c-5d3e-7c41-9a60-%012x" % number, "time": stamp, "type": "decision", "node": "n", "worker": 0,
        "route": {"listener": "public", "dialect": "openai", "operation": "chat", "upstream": "main", "stream": False},
        "http": {"request.method": "POST", "url.path": "/v1/chat/completions", "response.status_code": 200},
        "gen_ai": {"request.model": "standin", "usage.input_tokens": 10, "usage.output_tokens": 5},
        "policy": {"hash": policy, "guardrail": guardrail, "mode": "enforce" if enforced else "observe"},
        "verdict": {"action": action, "reason": findings[0]["guard"] if findings else None, "enforced": enforced,
                    "side": findings[0]["side"] if findings else None, "delivered_characters": 0},
        "coverage": {"input": {"guarded": 30, "total": 30}, "output": {"guarded": 0, "total": 0}, "unguarded": []},
        "findings": list(findings), "findings_dropped": 0, "guards": {"ran": ["pii"], "failed": [], "skipped": []},
        "latency_us": {"total": 1000 * (number + 1), "held_max": 0}, "end": "blocked" if action == "block" else "complete",
    }


def record(folder, events, tail=b"", name="0123abcd-0-20261123T150405.123456789.spool"):
    folder.mkdir(parents=True, exist_ok=True)
    frames = b"".join(frame(json.dumps(e, separators=(",", ":")).encode(), i) for i, e in enumerate(events))
    (folder / name).write_bytes(frames + tail)
    return folder / name
