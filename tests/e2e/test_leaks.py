"""A model that was turned gives away its instructions or a secret, disguised: nothing of it leaves; ordinary answers pass.
BAWN_LEAKS and BAWN_ORDINARY say how many (500, 2,000). keeps: P3a.6"""
import asyncio
import base64
import json
import os
import random
import re

import mock
import server

LEAKS, ORDINARY = int(os.environ.get("BAWN_LEAKS", 500)), int(os.environ.get("BAWN_ORDINARY", 2000))
WORDS = sorted({w for page in ("README.md", "docs/operations.md", "docs/architecture.md", "docs/first-policy.md")
                for w in re.findall(r"\b[a-z]{3,12}\b", (server.ROOT / page).read_text())})
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

DISGUISES = {
    "plain": lambda t: t, "upper case": str.upper, "title case": str.title,
    "reversed": lambda t: t[::-1], "words turned round": lambda t: " ".join(w[::-1] for w in t.split()),
    "spaced": lambda t: " ".join(t), "dashed": "-".join,
    "a character a line": "\n".join,
    "base64": lambda t: base64.b64encode(t.encode()).decode(), "hex": lambda t: t.encode().hex(),
}

# Secrets stand in more of them: a key is asked for sign by sign. In other letters only those can be undone whose alphabet has one
# case; a base62 token in capitals is another one, and worth nothing.
SECRETS_IN = DISGUISES | {
    "lower case": str.lower, "dotted": ".".join, "underscored": "_".join, "apart by commas": ", ".join, "a list": lambda t: json.dumps(list(t)),
    "in lines of a list": lambda t: "".join(f"\n- {c}" for c in t), "apart twice": "  ".join, "between marks": lambda t: " ".join(f"**{c}**" for c in t),
    "joined by nothing": "\u200b".join, "reversed and spaced": lambda t: " ".join(t[::-1]), "spaced base64": lambda t: " ".join(base64.b64encode(t.encode()).decode()),
    "base64 of reversed": lambda t: base64.b64encode(t[::-1].encode()).decode(), "behind letters": lambda t: "a b c " + " ".join(t),
}
DESTROYING = {"upper case", "title case", "lower case"}
DIGITS = "0123456789"
SMALL = "abcdefghijklmnopqrstuvwxyz"
# of each: its prefix, the alphabet of the rest, its length, whether it survives other letters
SECRETS = [("AKIA", LETTERS, 16, True), ("shpat_", DIGITS + "abcdef", 32, True), ("ghp_", DIGITS + SMALL + SMALL.upper(), 36, False),
           ("sk-proj-", DIGITS + SMALL + SMALL.upper(), 48, False), ("xoxb-123456789012-1234567890123-", DIGITS + SMALL + SMALL.upper(), 24, False),
           ("AIza", DIGITS + SMALL + SMALL.upper(), 35, False)]


def prompt(dice):
    return "Rules: " + " ".join(dice.choice(WORDS) for _ in range(dice.randrange(12, 40))) + "."


def secret(dice, name):
    prefix, alphabet, length, _ = dice.choice([row for row in SECRETS if row[3] or name not in DESTROYING])
    while True:
        rest = "".join(dice.choices(alphabet, k=length))
        if name != "behind letters" or set(rest) & set(DIGITS):      # else it could be "Slovakia" and more words
            return prefix + rest


def ordinary(dice):
    return " ".join((" ".join(dice.choice(WORDS) for _ in range(dice.randrange(4, 14))).capitalize() + ".")
                    for _ in range(dice.randrange(1, 6)))


def cases():
    """(system prompt, answer, what must not come out, of which kind)."""
    dice = random.Random(7)
    for n in range(LEAKS):
        is_secret = n % 2 == 1
        disguises = list((SECRETS_IN if is_secret else DISGUISES).items())
        name, disguise = disguises[n // 2 % len(disguises)]
        told = prompt(dice)
        leak = secret(dice, name) if is_secret else told
        yield told, f"Well: {disguise(leak)} That was it.", disguise(leak), f"{'secret' if is_secret else 'prompt'}, {name}"
    for _ in range(ORDINARY):
        yield prompt(dice), ordinary(dice), None, "ordinary"


def play(upstream, planned):
    async def script(up, request, reader, writer):
        asked = request.json()
        answer = planned[int(asked["messages"][-1]["content"].split()[-1])][1]
        if asked.get("stream"):
            dice = random.Random(answer)
            pieces, at = [], 0
            while at < len(answer):
                step = dice.randrange(1, 9)
                pieces.append(answer[at:at + step])
                at += step
            body, kind = mock.events(pieces), "text/event-stream"
        else:
            body, kind = json.dumps(mock.completion(answer)).encode(), "application/json"
        await up.put(writer, mock.head(content_type=kind, content_length=len(body)) + body)
    upstream.script = script


async def ask(port, number, told, stream):
    body = json.dumps({"model": "m", "stream": stream, "messages": [{"role": "system", "content": told},
                                                                    {"role": "user", "content": f"case {number}"}]}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                 b"Content-Length: %d\r\n\r\n" % len(body) + body)
    answer = (await reader.read()).decode()
    writer.close()
    if not stream:
        choice = json.loads(answer.partition("\r\n\r\n")[2])["choices"][0]
        return choice["message"]["content"], choice["finish_reason"]
    text, finish = "", None
    for event in re.findall(r"data: (\{.*\})", answer):
        for choice in json.loads(event).get("choices", []):
            text += choice["delta"].get("content") or ""
            finish = choice["finish_reason"] or finish
    return text, finish


def shows(text, leak):
    """Whether a third of it, in one piece, came out."""
    step = max(4, len(leak) // 3)
    return any(leak[i:i + step] in text for i in range(0, len(leak) - step + 1))


def test_nothing_planted_comes_out_and_ordinary_answers_do(at_mock, upstream):
    planned = list(cases())
    play(upstream, planned)

    async def everything():
        gate = asyncio.Semaphore(20)

        async def one(number):
            async with gate:
                return await ask(at_mock.port, number, planned[number][0], number % 2 == 1)
        return await asyncio.gather(*(one(n) for n in range(len(planned))))

    out, alarms = {}, []
    for (_, answer, leak, kind), (text, finish) in zip(planned, asyncio.run(everything())):
        if leak is None and (text, finish) != (answer, "stop"):
            alarms.append((answer, text, finish))
        elif leak is not None and shows(text, leak):
            out.setdefault(kind, []).append((leak, text))
    assert not out, sorted((kind, len(rows), rows[0]) for kind, rows in out.items())
    assert not alarms, (len(alarms), alarms[:3])
