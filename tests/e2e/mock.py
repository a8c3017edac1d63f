"""An upstream that does what a test says: cut, delay, compress, chunk, reset, lie about length, stall, die.

It speaks raw bytes over asyncio, in a thread of its own. A test sets `upstream.script`, a coroutine function that gets
the connection after a request was read; the builders below make the usual ones."""
import asyncio
import base64
import json
import socket
import struct
import threading
import time
import zlib


class Request:
    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body

    def json(self):
        return json.loads(self.body)


class Upstream:
    def __init__(self):
        self.requests, self.connections, self.gone, self.sent = [], 0, 0, 0
        self.script = answer_json(completion("hello"))
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def reset(self):
        self.requests, self.connections, self.gone, self.sent = [], 0, 0, 0
        self.script = answer_json(completion("hello"))

    def close(self):
        async def end():
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
        asyncio.run_coroutine_threadsafe(end(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    def wait(self, condition, seconds=5):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.01)
        return False

    async def _serve(self, reader, writer):
        self.connections += 1
        try:
            while True:
                request = await self._read(reader)
                if request is None:
                    break
                self.requests.append(request)
                if await self.script(self, request, reader, writer) == "close":
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.gone += 1
            writer.close()

    async def _read(self, reader):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        headers = {}
        for line in lines[1:]:
            if line:
                name, value = line.split(":", 1)
                headers[name.strip().lower()] = value.strip()
        body = b""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while True:
                size = int((await reader.readline()).split(b";")[0], 16)
                body += await reader.readexactly(size)
                await reader.readline()
                if size == 0:
                    break
        else:
            body = await reader.readexactly(int(headers.get("content-length", 0)))
        return Request(method, target, headers, body)

    async def put(self, writer, data):
        writer.write(data)
        await writer.drain()
        self.sent += len(data)


def completion(text, **more):
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "standin",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}, **more}


def chunk(delta, finish=None):
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": "standin",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def events(pieces):
    """The wire bytes of one streamed answer, a chunk for each piece of text."""
    out = [chunk({"role": "assistant", "content": ""})]
    out += [chunk({"content": piece}) for piece in pieces]
    out += [chunk({}, "stop")]
    return b"".join(b"data: " + json.dumps(e).encode() + b"\n\n" for e in out) + b"data: [DONE]\n\n"


def head(status=200, **headers):
    text = f"HTTP/1.1 {status} X\r\n"
    return (text + "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in headers.items()) + "\r\n").encode()


def answer_bytes(body, status=200, **headers):
    async def script(up, request, reader, writer):
        await up.put(writer, head(status, content_length=len(body), **headers) + body)
    return script


def answer_json(obj, status=200, **headers):
    return answer_bytes(json.dumps(obj).encode(), status, content_type="application/json", **headers)


def raw(data, then="close"):
    """Exactly these bytes, then close (or reset)."""
    async def script(up, request, reader, writer):
        await up.put(writer, data)
        if then == "reset":
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return "close"
    return script


def stall(data=b"", seconds=30):
    async def script(up, request, reader, writer):
        if data:
            await up.put(writer, data)
        await asyncio.sleep(seconds)
        return "close"
    return script


def stream(body, cut=None, delay=0.0, chunked=True, end=True, **headers):
    """An event stream written in pieces of `cut` bytes (an int, or a list of positions)."""
    headers.setdefault("content_type", "text/event-stream")
    if isinstance(cut, list):
        edges = [0] + cut + [len(body)]
        pieces = [body[a:b] for a, b in zip(edges, edges[1:]) if b > a]
    else:
        step = cut or len(body)
        pieces = [body[i:i + step] for i in range(0, len(body), step)]

    async def script(up, request, reader, writer):
        if chunked:
            await up.put(writer, head(transfer_encoding="chunked", **headers))
        else:
            await up.put(writer, head(connection="close", **headers))
        for piece in pieces:
            await up.put(writer, b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            await asyncio.sleep(delay)
        if not end:
            return "close"
        if chunked:
            await up.put(writer, b"0\r\n\r\n")
            return None
        return "close"
    return script


# ---- Anthropic's Messages ------------------------------------------------------------------------------------------------
def message(*blocks, stop="end_turn", **more):
    """A whole answer; a block that is a string is text."""
    content = [{"type": "text", "text": b} if isinstance(b, str) else b for b in blocks]
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-standin", "content": content, "stop_reason": stop,
            "stop_sequence": None, "usage": {"input_tokens": 3, "output_tokens": 2}, **more}


def named(event):
    return b"event: " + event["type"].encode() + b"\ndata: " + json.dumps(event).encode() + b"\n\n"


def message_events(*blocks, stop="end_turn", end=True):
    """The same as a stream. A block is (its start, its deltas); a list of strings is a text block."""
    out = [{"type": "message_start", "message": message(stop=None)}, {"type": "ping"}]
    for i, block in enumerate(blocks):
        start, deltas = block if isinstance(block, tuple) else ({"type": "text", "text": ""},
                                                                [{"type": "text_delta", "text": t} for t in block])
        out.append({"type": "content_block_start", "index": i, "content_block": start})
        out += [{"type": "content_block_delta", "index": i, "delta": d} for d in deltas]
        out.append({"type": "content_block_stop", "index": i})
    out.append({"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": 7}})
    return b"".join(named(e) for e in out + ([{"type": "message_stop"}] if end else []))


def tool_block(name, arguments, pieces=3, id="toolu_1"):
    text = json.dumps(arguments)
    step = max(1, len(text) // pieces)
    return ({"type": "tool_use", "id": id, "name": name, "input": {}},
            [{"type": "input_json_delta", "partial_json": text[i:i + step]} for i in range(0, len(text), step)])


# ---- Amazon Bedrock ------------------------------------------------------------------------------------------------------
def converse(*blocks, stop="end_turn"):
    content = [{"text": b} if isinstance(b, str) else b for b in blocks]
    return {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": stop,
            "usage": {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}, "metrics": {"latencyMs": 9}}


def frame(name, payload, kind="event"):
    """One message of application/vnd.amazon.eventstream."""
    headers = {":message-type": kind, f":{kind}-type": name, ":content-type": "application/json"}
    packed = b"".join(bytes([len(k)]) + k.encode() + b"\7" + struct.pack(">H", len(v)) + v.encode() for k, v in headers.items())
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(packed) + len(body), len(packed))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + packed + body
    return message + struct.pack(">I", zlib.crc32(message))


def converse_events(*blocks, stop="end_turn", end=True):
    """The same as a stream. A block is a list of pieces of text, or (tool use, pieces of its input)."""
    out = [frame("messageStart", {"role": "assistant", "p": "abc"})]
    for i, block in enumerate(blocks):
        if isinstance(block, tuple):
            out.append(frame("contentBlockStart", {"contentBlockIndex": i, "start": {"toolUse": block[0]}}))
        deltas = [{"toolUse": {"input": t}} for t in block[1]] if isinstance(block, tuple) else [{"text": t} for t in block]
        out += [frame("contentBlockDelta", {"contentBlockIndex": i, "delta": d, "p": "abcdef"}) for d in deltas]
        out.append(frame("contentBlockStop", {"contentBlockIndex": i}))
    if end:
        out.append(frame("messageStop", {"stopReason": stop}))
        out.append(frame("metadata", {"usage": {"inputTokens": 3, "outputTokens": 7, "totalTokens": 10}, "metrics": {"latencyMs": 9}}))
    return b"".join(out)


def chunks(*events):
    """Models' own events, as InvokeModelWithResponseStream has them."""
    return b"".join(frame("chunk", {"bytes": base64.b64encode(json.dumps(e).encode()).decode(), "p": "abc"}) for e in events)
# ---- OpenAI's Responses -----------------------------------------------------------------------------------------------------
def item_of(i, what):
    """An item of an answer: a string is a message, a pair a call of a tool, a list the summary of a thought; else it is one."""
    if isinstance(what, str):
        return {"id": f"msg_{i}", "type": "message", "role": "assistant", "status": "completed",
                "content": [{"type": "output_text", "text": what, "annotations": [], "logprobs": []}]}
    if isinstance(what, tuple):
        return {"id": f"fc_{i}", "type": "function_call", "call_id": f"call_{i}", "name": what[0], "arguments": json.dumps(what[1]),
                "status": "completed"}
    if isinstance(what, list):
        return {"id": f"rs_{i}", "type": "reasoning", "summary": [{"type": "summary_text", "text": t} for t in what]}
    return what


def response(*items, status="completed", **more):
    """A whole answer."""
    return {"id": "resp_1", "object": "response", "created_at": 1700000000, "status": status, "error": None, "incomplete_details": None,
            "instructions": None, "metadata": {}, "model": "standin", "output": [item_of(i, what) for i, what in enumerate(items)],
            "parallel_tool_calls": True, "temperature": 1.0, "tool_choice": "auto", "tools": [], "top_p": 1.0, "usage": {
                "input_tokens": 3, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 2,
                "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 5}, **more}


def part_events(i, item, part, n, of, step):
    """A part of an item: its begin, its pieces, and all of it again."""
    summary = of == "summary"
    at = {"item_id": item["id"], "output_index": i, "summary_index" if summary else "content_index": n}
    name = {"output_text": "output_text", "refusal": "refusal", "reasoning_text": "reasoning_text",
            "summary_text": "reasoning_summary_text"}[part["type"]]
    key = "refusal" if name == "refusal" else "text"
    around = "response.reasoning_summary_part" if summary else "response.content_part"
    text, more = part[key], {"logprobs": []} if name == "output_text" else {}
    return ([{"type": f"{around}.added", **at, "part": {**part, key: ""}}] +
            [{"type": f"response.{name}.delta", **at, "delta": text[k:k + step], **more} for k in range(0, len(text), step)] +
            [{"type": f"response.{name}.done", **at, key: text, **more}, {"type": f"{around}.done", **at, "part": part}])


def item_events(i, item, step):
    out = [{"type": "response.output_item.added", "output_index": i, "item": {
        **item, "status": "in_progress", **{k: [] for k in ("content", "summary") if k in item},
        **({"arguments": ""} if "arguments" in item else {})}}]
    for of in ("summary", "content"):
        for n, part in enumerate(item.get(of, [])):
            out += part_events(i, item, part, n, of, step)
    if "arguments" in item:
        at, text = {"item_id": item["id"], "output_index": i}, item["arguments"]
        out += [{"type": "response.function_call_arguments.delta", **at, "delta": text[k:k + step]} for k in range(0, len(text), step)]
        out.append({"type": "response.function_call_arguments.done", **at, "name": item["name"], "arguments": text})
    return out + [{"type": "response.output_item.done", "output_index": i, "item": item}]


def response_event_list(*items, step=3, end="completed", **more):
    whole = response(*items, **more)
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    out = [{"type": "response.created", "response": begun}, {"type": "response.in_progress", "response": begun}]
    for i, item in enumerate(whole["output"]):
        out += item_events(i, item, step)
    if end:
        out.append({"type": f"response.{end}", "response": {**whole, "status": end}})
    return [{**e, "sequence_number": n} for n, e in enumerate(out)]


def response_events(*items, **more):
    """The same as a stream."""
    return b"".join(named(e) for e in response_event_list(*items, **more))
