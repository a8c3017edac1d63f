"""F04: an upstream that is slow, half closed, reset, talks rubbish, breaks a chunk off, never ends or sends a line of 8 MiB. The
client gets the dialect's error in time (or the text that came, and the error's event), no worker dies, and it does not grow. Case
by case in e2e/test_nginx_hostile.py; here all of them at once, many times. keeps: T05, T07, T23, T32, F04"""
import threading
import time

import client
import lab
import mock

STREAM = mock.head(content_type="text/event-stream", transfer_encoding="chunked")
JSON = mock.head(content_type="application/json", transfer_encoding="chunked")
LINE = b"data: " + b"x" * (8 << 20)


def endless(head, piece):
    async def script(up, request, reader, writer):
        await up.put(writer, head)
        while True:
            await up.put(writer, b"%x\r\n%s\r\n" % (len(piece), piece))
    return script


def piece(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


CASES = {
    "slow": lambda s: mock.stall(),
    "slow in its midst": lambda s: mock.stall((STREAM if s else JSON) + piece(mock.events(["a "])[:90])),
    "half closed": lambda s: mock.raw((STREAM if s else JSON) + piece(b"data: {")),
    "reset": lambda s: mock.raw((STREAM if s else JSON) + piece(b"data: {"), "reset"),
    "rubbish": lambda s: mock.raw(b"\x16\x03\x01\x02" * 500),
    "rubbish in its body": lambda s: mock.stream(b"\xff\xfe\x00" * 3000, content_type="text/event-stream" if s else "application/json"),
    "a broken chunk": lambda s: mock.raw((STREAM if s else JSON) + b"ffff\r\nshort"),
    "a senseless chunk": lambda s: mock.raw((STREAM if s else JSON) + b"xyz\r\n\r\n"),
    "without end": lambda s: endless(STREAM, b": x" * 5000) if s else endless(JSON, b" " * 15000),
    "a line of 8 MiB": lambda s: mock.stream(LINE, content_type="text/event-stream") if s else mock.answer_bytes(LINE, content_type="application/json"),
}


def judge(answer, stream):
    """None, or what is wrong with it."""
    if answer.status in (502, 504):
        return None if answer.complete and answer.json()["error"]["code"].startswith("upstream") else "an error of another kind"
    if not stream or answer.status != 200:
        return f"status {answer.status}"
    return None if answer.complete and "error" in answer.events()[-1 if answer.events()[-1] != "[DONE]" else -2] else "a stream that was only cut"


def ask(port, stream, wrong, seconds, name):
    began = time.monotonic()
    try:
        with client.Client(port, seconds=20) as c:
            said = judge(c.send(client.request(client.chat("hello", stream=stream))).answer(), stream)
    except Exception as error:                              # whatever it is, the client got no answer
        said = repr(error)
    seconds.append(time.monotonic() - began)
    if said:
        wrong.append((name, "stream" if stream else "whole", said))


def run(desk):
    up = desk.upstream()
    nginx = desk.nginx(up, read_timeout="1s", workers=1)
    worker, wrong, seconds, before, n = nginx.workers()[0], [], [], None, 0
    for turn in range(lab.many(6, 2)):
        for name, make in CASES.items():
            for stream in (False, True):
                up.script = make(stream)
                threads = [threading.Thread(target=ask, args=(nginx.port, stream, wrong, seconds, name)) for _ in range(lab.many(8, 3))]
                for t in threads:
                    t.start()
                for t in threads:
                    t.join()
                n += len(threads)
        if turn == 0:
            time.sleep(1.5)
            before = lab.anonymous(worker)
    time.sleep(1.5)
    desk.none("answers that are no error of the dialect", wrong, n)
    desk.below("the slowest of them (read_timeout 1 s)", max(seconds), 5, " s")
    desk.none("workers that died", 0 if nginx.workers() == [worker] else 1)
    desk.below("growth of the worker behind the first turn", (lab.anonymous(worker) - before) / 1024, 16, " MiB")
    up.script = mock.answer_json(mock.completion("well"))
    answer = client.ask(nginx, client.chat("hello"))
    desk.figure("the next request", "200", answer.status, answer.status == 200 and answer.text() == "well")
