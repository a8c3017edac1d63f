#!/usr/bin/env python3
"""A stand-in for a language model, for demonstrations and tests only. It is no model: it echoes, and it obeys.

It speaks the OpenAI dialect (chat completions with streams, tools, n and logprobs; embeddings; models) on loopback
only. It is as gullible as a model can be: it follows instructions that it finds in what it is told, in tool results
and documents too, and gives its system message to whoever asks. So it shows what a wall in front of a model is for.
The same request gets the same answer, byte for byte.

    standin.py --port 8081           # 0: any free port; the first line printed says which

What it obeys: `say X`, `reply with X`, `ignore ... and ...`, `print your system prompt`,
`call the tool NAME with {...}`. Everything else it answers with `You said: ...`.

Directives for tests, in the last user message (they are taken out of what it says; text may hold line breaks):
    [[echo: text]]        answer exactly this           [[chunks: n]]         stream the text in n pieces
    [[refusal: text]]     refuse with this              [[bytes: n]]          write a stream n bytes at a time
    [[reasoning: text]]   think this first              [[lines: crlf]]       end lines of a stream by crlf or cr
    [[call: NAME {...}]]  call a tool                   [[die: after n]]      drop the connection after n pieces
    [[finish: reason]]    another finish_reason         [[delay: ms]]         wait before each piece
    [[status: n]]         answer with this HTTP error   [[gzip]]              compress an unstreamed answer
GET /standin/requests tells how many requests came and what the last one was: tests look there at what passed.
"""
import argparse
import base64
import gzip
import hashlib
import http.server
import json
import re
import struct
import sys
import threading
import time

CREATED = 1700000000
MODEL = "standin"
DIRECTIVE = re.compile(r"\[\[\s*(echo|refusal|reasoning|call|finish|chunks|bytes|lines|die|delay|status|gzip)"
                       r"\s*(?::\s?(.*?))?\]\]", re.S)
SECRET = re.compile(r"\b(?:print|repeat|reveal|show|output|display|recite|tell me|what (?:is|are|was|were))\b"
                    r"[^.?!\n]{0,60}\b(?:system (?:prompt|message)|(?:initial |your )instructions)", re.I)
CALL = re.compile(r"\bcall (?:the )?(?:tool|function) [\"'`]?([\w.-]+)[\"'`]? with (?=\{)", re.I)
IGNORE = re.compile(r"\b(?:ignore|forget|disregard)\b[^\n]{0,80}?\b(?:and|then|instead)\b[,:]?\s+(.+)", re.I | re.S)
SAY = re.compile(r"(?:(?:^|[.!?;:,\n\"(]\s*|\b(?:please|and|then|must|should|now|just|only|always|instead|to|you)\s+)say|"
                 r"\b(?:reply|respond|answer) with)\b:?\s+(?:(?:exactly|only|just)\b:?\s+)*"
                 r"(?:\"([^\"]+)\"|'([^'\n]+)'|“([^”]+)”|([^\n]+))", re.I)


# ---- reading what it was told -----------------------------------------------------------------------------
def text_of(content):
    """A message's text: a string, or the texts of its parts, files included."""
    if isinstance(content, str):
        return content
    texts = []
    for part in content if isinstance(content, list) else []:
        part = part if isinstance(part, dict) else {}
        data = (part.get("file") or {}).get("file_data") or ""
        texts.append(part.get("text") or part.get("refusal") or "")
        if data.startswith("data:text/") and ";base64," in data:
            texts.append(base64.b64decode(data.split(",", 1)[1]).decode("utf-8", "replace"))
    return "\n".join(t for t in texts if t)


def of_role(messages, *roles):
    return [text_of(m.get("content")) for m in messages if m.get("role") in roles]


def news(messages):
    """What came after its own last words, the newest first."""
    last = max((i for i, m in enumerate(messages) if m.get("role") == "assistant"), default=-1)
    return of_role(reversed(messages[last + 1:]), "user", "tool", "function")


def json_at(text, begin):
    """The JSON object that stands at `begin`, as it is written there, or None."""
    try:
        _, end = json.JSONDecoder().raw_decode(text, begin)
    except ValueError:
        return None
    return text[begin:end]


class Plan:
    """What it is going to answer."""

    def __init__(self):
        self.content = self.refusal = self.reasoning = None
        self.calls = []                                  # (name, arguments)
        self.finish = None

    def reason(self):
        return self.finish or ("tool_calls" if self.calls else "stop")


def obey(text, system):
    """What an instruction in the text makes it do, or None."""
    plan, call = Plan(), CALL.search(text)
    arguments = json_at(text, call.end()) if call else None
    if arguments:
        plan.calls.append((call.group(1), arguments))
        return plan
    if SECRET.search(text):
        plan.content = "\n".join(system) or "I have no system prompt."
        return plan
    ignore, say = IGNORE.search(text), SAY.search(text)
    if ignore and not (say and say.start() < ignore.start()):
        inner = obey(ignore.group(1), system)
        plan.content = "OK, I will " + ignore.group(1).strip()
        return inner or plan
    if say:
        plan.content = next(g for g in say.groups() if g).strip()
        return plan
    return None


def forced_tool(request):
    choice = request.get("tool_choice")
    tools = [t.get(t.get("type") or "function") or {} for t in request.get("tools") or []]
    if isinstance(choice, dict):
        return (choice.get("function") or choice.get("custom") or {}).get("name")
    return tools[0].get("name") if choice == "required" and tools else None


def directed(plan, directives):
    plan.content = directives.get("echo", plan.content)
    plan.reasoning = directives.get("reasoning")
    plan.finish = directives.get("finish")
    if "refusal" in directives:
        plan.content, plan.refusal = None, directives["refusal"]
    if "call" in directives:
        name, _, arguments = directives["call"].strip().partition(" ")
        plan.content, plan.calls = directives.get("echo"), [(name, arguments or "{}")]
    return plan


def think(request, directives):
    messages = request["messages"]
    system = of_role(messages, "system", "developer")
    users = of_role(messages, "user")
    told = DIRECTIVE.sub("", users[-1]).strip() if users else ""
    if {"echo", "refusal", "call"} & directives.keys() and messages[-1].get("role") == "user":
        return directed(Plan(), directives)
    for text in news(messages):
        plan = obey(DIRECTIVE.sub("", text), system)
        if plan:
            return directed(plan, {k: v for k, v in directives.items() if k in ("reasoning", "finish")})
    plan = Plan()
    tool = forced_tool(request)
    if messages[-1].get("role") in ("tool", "function"):
        plan.content = "The tool says: " + text_of(messages[-1].get("content"))
    elif tool:
        plan.calls.append((tool, "{}"))
    else:
        plan.content = "You said: " + told
    if plan.content is not None and (request.get("response_format") or {}).get("type", "text") != "text":
        plan.content = json.dumps({"answer": plan.content}, ensure_ascii=False)
    return directed(plan, {k: v for k, v in directives.items() if k in ("reasoning", "finish")})


# ---- writing the answer -----------------------------------------------------------------------------------
def tokens(text):
    return re.findall(r"\s*\S+|\s+$", text)


def pieces(text, n=None):
    """Words, or n pieces of nearly one length."""
    if n is None:
        return tokens(text)
    n = max(1, min(n, len(text) or 1))
    return [text[len(text) * i // n:len(text) * (i + 1) // n] for i in range(n)]


def count(value):
    if isinstance(value, str):
        return len(tokens(value))
    if isinstance(value, dict):
        return sum(count(v) for v in value.values())
    return sum(count(v) for v in value) if isinstance(value, list) else 0


def logprobs_of(text, request):
    if not request.get("logprobs") or text is None:
        return None

    def entry(token, logprob):
        return {"token": token, "logprob": logprob, "bytes": list(token.encode())}

    top = int(request.get("top_logprobs") or 0)
    return {"content": [dict(entry(t, -0.1), top_logprobs=[entry(t, -0.1), entry(t.upper(), -2.5)][:top])
                        for t in tokens(text)], "refusal": None}


def call_of(i, name, arguments, request_id):
    return {"id": "call_%s_%d" % (request_id[:8], i), "type": "function",
            "function": {"name": name, "arguments": arguments}}


def usage_of(request, plan):
    n = int(request.get("n") or 1)
    said = n * (count(plan.content or "") + count(plan.refusal or "") + count(plan.reasoning or "") +
                sum(count(c) for _, c in plan.calls))
    heard = count(request["messages"])
    return {"prompt_tokens": heard, "completion_tokens": said, "total_tokens": heard + said}


def whole(request, plan, request_id):
    message = {"role": "assistant", "content": plan.content, "refusal": plan.refusal}
    if plan.reasoning:
        message["reasoning_content"] = plan.reasoning
    if plan.calls:
        message["tool_calls"] = [call_of(i, n, a, request_id) for i, (n, a) in enumerate(plan.calls)]
    return {"id": "chatcmpl-" + request_id, "object": "chat.completion", "created": CREATED, "model": MODEL,
            "choices": [{"index": i, "message": message, "logprobs": logprobs_of(plan.content, request),
                         "finish_reason": plan.reason()} for i in range(int(request.get("n") or 1))],
            "usage": usage_of(request, plan)}


def deltas(plan, request_id, n):
    """(delta, text) pairs of one choice."""
    yield {"role": "assistant", "content": "" if plan.content is not None else None}, None
    for piece in pieces(plan.reasoning or ""):
        yield {"reasoning_content": piece}, None
    for piece in pieces(plan.content, n) if plan.content else []:
        yield {"content": piece}, piece
    for piece in pieces(plan.refusal or ""):
        yield {"refusal": piece}, None
    for i, (name, arguments) in enumerate(plan.calls):
        yield {"tool_calls": [dict(call_of(i, name, "", request_id), index=i)]}, None
        for piece in pieces(arguments, n or len(arguments) // 5 + 1):
            yield {"tool_calls": [{"index": i, "function": {"arguments": piece}}]}, None


def chunks(request, plan, request_id, directives):
    """The chunks of a stream; the pieces of n choices take turns."""
    options = request.get("stream_options") or {}
    head = {"id": "chatcmpl-" + request_id, "object": "chat.completion.chunk", "created": CREATED, "model": MODEL}
    tail = {"usage": None} if options.get("include_usage") else {}
    if options.get("include_obfuscation"):
        tail["obfuscation"] = hashlib.sha256(request_id.encode()).hexdigest()[:12]
    size = int(directives["chunks"]) if "chunks" in directives else None
    for delta, text in deltas(plan, request_id, size):
        for i in range(int(request.get("n") or 1)):
            yield dict(head, choices=[{"index": i, "delta": delta, "logprobs": logprobs_of(text, request),
                                       "finish_reason": None}], **tail)
    for i in range(int(request.get("n") or 1)):
        yield dict(head, choices=[{"index": i, "delta": {}, "logprobs": None, "finish_reason": plan.reason()}], **tail)
    if options.get("include_usage"):
        yield dict(head, choices=[], usage=usage_of(request, plan))


def vector(text, dimensions):
    """Unit length, from hashes of the text's words: alike texts have alike vectors."""
    v = [0.0] * dimensions
    for word in tokens(str(text).lower()) or [""]:
        for i, byte in enumerate(hashlib.shake_128(word.strip().encode()).digest(dimensions)):
            v[i] += byte / 127.5 - 1
    norm = sum(x * x for x in v) ** 0.5 or 1.0
    return [x / norm for x in v]


def embeddings(request):
    inputs = request["input"]
    if isinstance(inputs, str) or (inputs and isinstance(inputs[0], int)):
        inputs = [inputs]
    vectors = [vector(t, int(request.get("dimensions") or 64)) for t in inputs]
    if request.get("encoding_format") == "base64":
        vectors = [base64.b64encode(struct.pack("<%df" % len(v), *v)).decode() for v in vectors]
    used = count([str(t) for t in inputs])
    return {"object": "list", "model": MODEL,
            "data": [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)],
            "usage": {"prompt_tokens": used, "total_tokens": used}}


# ---- the server -------------------------------------------------------------------------------------------
class Died(Exception):
    """The connection is dropped on purpose."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.lock, self.seen, self.last = threading.Lock(), 0, None

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (Died, ConnectionError)):
            super().handle_error(request, client_address)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    verbose = False

    def log_message(self, format, *arguments):
        if self.verbose:
            super().log_message(format, *arguments)

    def send(self, value, status=200, compress=False):
        body = json.dumps(value, ensure_ascii=False).encode()
        body = gzip.compress(body, mtime=0) if compress else body
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if compress:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, message, code=None):
        kind = "api_error" if status >= 500 else "invalid_request_error"
        self.send({"error": {"message": message, "type": kind, "param": None, "code": code}}, status)

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def write_chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def die(self):
        self.close_connection = True
        raise Died

    def stream(self, request, plan, request_id, directives):
        newline = {"crlf": "\r\n", "cr": "\r"}.get(directives.get("lines", "").strip(), "\n")
        size, delay = int(directives.get("bytes") or 0), int(directives.get("delay") or 0) / 1000
        left = int(re.sub(r"\D", "", directives.get("die", "")) or -1)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        events = [json.dumps(c, ensure_ascii=False) for c in chunks(request, plan, request_id, directives)]
        for event in events + ["[DONE]"]:
            if left == 0:
                self.die()
            time.sleep(delay)
            data = ("data: " + event + newline * 2).encode()
            for i in range(0, len(data), size or len(data)):
                self.write_chunk(data[i:i + (size or len(data))])
            left -= 1
        self.wfile.write(b"0\r\n\r\n")

    def chat(self, request, raw):
        users = of_role(request["messages"], "user")
        directives = {k: v or "" for k, v in DIRECTIVE.findall(users[-1])} if users else {}
        request_id = hashlib.sha256(raw).hexdigest()[:24]
        if "status" in directives:
            return self.refuse(int(directives["status"]), "The stand-in was told to answer so.", "told_so")
        plan = think(request, directives)
        if request.get("stream"):
            return self.stream(request, plan, request_id, directives)
        time.sleep(int(directives.get("delay") or 0) / 1000)
        if "die" in directives:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(json.dumps(whole(request, plan, request_id)).encode()[:40])
            self.die()
        return self.send(whole(request, plan, request_id), compress="gzip" in directives)

    def do_POST(self):
        raw = self.body()
        with self.server.lock:
            self.server.seen += 1
            self.server.last = {"path": self.path, "headers": dict(self.headers), "body": raw.decode("utf-8", "replace")}
        try:
            request = json.loads(raw)
            if self.path.split("?")[0] == "/v1/chat/completions":
                return self.chat(request, raw)
            if self.path.split("?")[0] == "/v1/embeddings":
                return self.send(embeddings(request))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            return self.refuse(400, "The stand-in cannot read this request: %r" % error)
        return self.refuse(404, "The stand-in has no POST " + self.path)

    def do_GET(self):
        model = {"id": MODEL, "object": "model", "created": CREATED, "owned_by": "bawn"}
        if self.path == "/v1/models":
            return self.send({"object": "list", "data": [model]})
        if self.path == "/v1/models/" + MODEL:
            return self.send(model)
        if self.path == "/standin/requests":
            with self.server.lock:
                return self.send({"seen": self.server.seen, "last": self.server.last})
        return self.refuse(404, "The stand-in has no GET " + self.path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8081, help="port on 127.0.0.1 (default 8081; 0: any free one)")
    parser.add_argument("--verbose", action="store_true", help="print a line for each request")
    arguments = parser.parse_args()
    Handler.verbose = arguments.verbose
    try:
        server = Server(("127.0.0.1", arguments.port), Handler)
    except OSError as error:
        sys.exit("standin: port %d: %s; choose another with --port" % (arguments.port, error.strerror))
    print("standin: http://127.0.0.1:%d/v1 (no model: for demonstrations and tests)" % server.server_port, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
