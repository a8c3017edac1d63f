"""Bawn's parsers behind a pipe (parsers.c): one text in, one answer out."""
import json
import os
import pathlib
import struct
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BAWN_BUILD", ROOT / "build" / "release"))


class Parser:
    def __init__(self, *words):
        self.process = subprocess.Popen([str(BUILD / "parsers"), *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, frame):
        self.process.stdin.write(struct.pack("<I", len(frame)) + frame)
        self.process.stdin.flush()
        head = self.process.stdout.read(4)
        assert len(head) == 4, f"parsers ended with {self.process.wait()} at {frame[:200]!r}"
        return self.process.stdout.read(struct.unpack("<I", head)[0])

    def close(self):
        self.process.stdin.close()
        status = self.process.wait(10)
        self.process.stdout.close()
        assert status == 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Json(Parser):
    """text -> (its code when it was refused, else None; the text as Bawn read it, or the error's message)."""

    def __init__(self, depth=64):
        super().__init__("json", depth)

    def read(self, text):
        answer = self.ask(text)
        if answer[:1] == b"+":
            return None, answer[1:]
        code, message = answer[1:].decode().split(" ", 1)
        return code, message


class Sse(Parser):
    """pieces of a stream -> [(name, data)]."""

    def __init__(self):
        super().__init__("sse")

    def read(self, pieces):
        frame = struct.pack("<I", len(pieces)) + b"".join(struct.pack("<I", len(p)) for p in pieces) + b"".join(pieces)
        return [tuple(event) for event in json.loads(self.ask(frame))]
