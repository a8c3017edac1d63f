"""A client that can misbehave: raw bytes over a socket, and a reader of what comes back."""
import json
import socket
import threading
import time

import httpx

JSON = {"content-type": "application/json"}


def chat(text, **more):
    return {"model": "standin", "messages": [{"role": "user", "content": text}], **more}


def request(body=b"", path="/v1/chat/completions", method="POST", chunked=None, **headers):
    """The bytes of one HTTP/1.1 request. `chunked`: size of the pieces."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    fields = {"host": "bawn", "content-type": "application/json"}
    fields.update({k.replace("_", "-"): v for k, v in headers.items()})
    if chunked:
        fields["transfer-encoding"] = "chunked"
        pieces = [body[i:i + chunked] for i in range(0, len(body), chunked)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + b"0\r\n\r\n"
    elif body or method == "POST":
        fields.setdefault("content-length", str(len(body)))
    lines = [f"{method} {path} HTTP/1.1"] + [f"{k}: {v}" for k, v in fields.items() if v is not None]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Answer:
    def __init__(self, status, headers, body, complete):
        self.status, self.headers, self.body, self.complete = status, headers, body, complete

    @property
    def id(self):
        return self.headers["x-bawn-id"]

    def json(self):
        return json.loads(self.body)

    def code(self):
        return self.json()["error"]["code"]

    def events(self):
        return [line[6:] for line in self.body.decode().split("\n") if line.startswith("data: ")]

    def text(self):
        """The answer's text, streamed or not."""
        if "event-stream" in self.headers.get("content-type", ""):
            out = ""
            for event in self.events():
                if event != "[DONE]":
                    for choice in json.loads(event).get("choices", []):
                        out += choice["delta"].get("content") or ""
            return out
        return self.json()["choices"][0]["message"]["content"]

    def finish(self):
        if "event-stream" not in self.headers.get("content-type", ""):
            return self.json()["choices"][0]["finish_reason"]
        for event in reversed(self.events()):
            if event != "[DONE]":
                for choice in json.loads(event).get("choices", []):
                    if choice.get("finish_reason"):
                        return choice["finish_reason"]
        return None


class Client:
    def __init__(self, port, seconds=10, window=None):
        self.sock = socket.socket()
        if window:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self.sock.settimeout(seconds)
        self.sock.connect(("127.0.0.1", port))
        self.data, self.timed_out = b"", False

    def send(self, data, step=None, delay=0.0):
        for i in range(0, len(data), step or len(data) or 1):
            self.sock.sendall(data[i:i + (step or len(data))])
            time.sleep(delay)
        return self

    def more(self):
        data = b""
        try:
            data = self.sock.recv(65536)
        except socket.timeout:
            self.timed_out = True
        except ConnectionError:
            pass
        self.data += data
        return bool(data)

    def until(self, mark):
        while mark not in self.data:
            if not self.more():
                return False
        return True

    def answer(self):
        """One answer; `complete` says whether it came to its proper end."""
        while True:
            if not self.until(b"\r\n\r\n"):
                raise ConnectionError(f"no answer{' in time' if self.timed_out else ''}, only {self.data!r}")
            top, self.data = self.data.split(b"\r\n\r\n", 1)
            lines = top.decode("latin-1").split("\r\n")
            status = int(lines[0].split()[1])
            if status != 100:
                break
        headers = {}
        for line in lines[1:]:
            name, value = line.split(":", 1)
            assert name.lower() not in headers, f"two headers {name}"
            headers[name.lower()] = value.strip()
        body, complete = bytearray(), True
        if headers.get("transfer-encoding") == "chunked":
            while True:
                if not self.until(b"\r\n"):
                    complete = False
                    break
                size, self.data = self.data.split(b"\r\n", 1)
                size = int(size, 16)
                while len(self.data) < size + 2 and self.more():
                    pass
                body += self.data[:size]
                if len(self.data) < size + 2:
                    complete = False
                    break
                self.data = self.data[size + 2:]
                if size == 0:
                    break
        elif status not in (204, 304):
            size = int(headers["content-length"])
            while len(self.data) < size and self.more():
                pass
            complete = len(self.data) >= size
            body, self.data = self.data[:size], self.data[size:]
        return Answer(status, headers, bytes(body), complete)

    def closed(self):
        return not self.more() and not self.timed_out

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# Nothing here is TLS, and reading the authorities that a client of httpx would trust takes it a tenth of a second.
def http2(**options):
    return httpx.Client(http1=False, http2=True, verify=False, **options)


def get(url):
    return httpx.get(url, verify=False)


def ask(nginx, body, **how):
    """One request on a connection of its own."""
    with Client(nginx.port) as c:
        return c.send(request(body, **how)).answer()


class Load:
    """Clients that ask and ask, every second one for a stream if `streams`. `begun`: the id of each answer that came, whole or
    not; `whole`: of those that came whole; `broken`: the rest, and what failed before an answer."""

    def __init__(self, port, clients=4, streams=True):
        self.port, self.begun, self.whole, self.broken, self.over = port, [], [], [], threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(streams and i % 2 == 1,)) for i in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self, stream):
        while not self.over.is_set():
            try:
                with Client(self.port, seconds=10) as c:
                    a = c.send(request(chat("hello there", stream=stream))).answer()
                id = a.headers.get("x-bawn-id")
                self.begun.append(id)
                good = a.status == 200 and a.complete and a.finish() == "stop" and (not stream or a.events()[-1] == "[DONE]")
                (self.whole if good else self.broken).append(id)
            except (OSError, KeyError, ValueError, IndexError) as error:       # nobody listens, or half an answer
                self.broken.append(repr(error))
                time.sleep(0.02)

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()
