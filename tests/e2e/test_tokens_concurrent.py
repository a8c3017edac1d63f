"""Many conversations at once, each with a value of its own behind the same placeholder: nobody gets another's.
BAWN_REQUESTS says how many (10,000). keeps: R14, P3a.4"""
import asyncio
import json
import os

import mock

REQUESTS, AT_ONCE = int(os.environ.get("BAWN_REQUESTS", 10000)), 50


def echo(dialect, stream, text):
    """An upstream that says what it was told."""
    if dialect == "openai":
        body = mock.events([text[:3], text[3:]]) if stream else json.dumps(mock.completion(text)).encode()
    else:
        body = mock.message_events([text[:3], text[3:]]) if stream else json.dumps(mock.message(text)).encode()
    kind = "text/event-stream" if stream else "application/json"
    return mock.head(content_type=kind, content_length=len(body)) + body


async def repeat(up, request, reader, writer):
    asked = request.json()
    dialect = "anthropic" if request.target == "/v1/messages" else "openai"
    await up.put(writer, echo(dialect, asked.get("stream", False), asked["messages"][0]["content"]))


def said(body, stream):
    if not stream:
        answer = json.loads(body)
        return answer["choices"][0]["message"]["content"] if "choices" in answer else answer["content"][0]["text"]
    events = [json.loads(line[6:]) for line in body.decode().split("\n") if line.startswith("data: {")]
    return "".join(c["delta"].get("content") or "" for e in events for c in e.get("choices", [])) or "".join(
        e["delta"].get("text", "") for e in events if "delta" in e)


async def one(port, number):
    path, stream = ("/v1/chat/completions", "/v1/messages")[number % 2], number // 2 % 2 == 1
    text = f"I am p{number}x@shop{number * 7919 % 100003}.example today"
    body = json.dumps({"model": "m", "max_tokens": 9, "stream": stream, "messages": [{"role": "user", "content": text}]}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                 % (path.encode(), len(body)) + body)
    answer = await reader.read()
    writer.close()
    head, _, rest = answer.partition(b"\r\n\r\n")
    if b"chunked" in head.lower():
        whole = b""
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            whole, rest = whole + rest[:int(size, 16)], rest[int(size, 16) + 2:]
        rest = whole
    return text == said(rest, stream), text, rest[:300]


async def all_of_them(port):
    gate = asyncio.Semaphore(AT_ONCE)

    async def guarded(number):
        async with gate:
            return await one(port, number)

    return await asyncio.gather(*(guarded(n) for n in range(REQUESTS)))


def test_nobody_gets_anothers_value(at_mock, upstream):
    upstream.script = repeat
    got = asyncio.run(all_of_them(at_mock.port))
    wrong = [g for g in got if not g[0]]
    assert not wrong, (len(wrong), wrong[:3])
    assert len(upstream.requests) == REQUESTS
    assert all(b"<EMAIL_1>" in r.body and b".example" not in r.body for r in upstream.requests)
