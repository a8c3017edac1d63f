"""Nothing that a client, a model or an upstream says is in what the gateway writes: no prompt, answer, key or query, whatever the API and
whatever came of it. Everything beneath its folder is read, and its log and its processes' arguments. keeps: T22"""
import base64
import json
import pathlib
import urllib.parse

import pytest

import mock
from client import Client, request
from gateway import AWS

SECRETS = {name: f"c4n4ry{name}x7q" for name in ("bearer", "apikey", "cookie", "query", "header", "prompt", "system", "answer", "failure", "tool")}
HEADERS = {"authorization": f"Bearer sk-{SECRETS['bearer']}", "x-api-key": f"sk-{SECRETS['apikey']}", "cookie": f"s={SECRETS['cookie']}",
           "x-forwarded-user": SECRETS["header"], "api-key": SECRETS["apikey"]}


def bodies(text):
    """What each API is asked, with that text."""
    told = f"{SECRETS['system']} and nothing else"
    messages = [{"role": "user", "content": text}]
    blocks = [{"role": "user", "content": [{"text": text}]}]
    tool = {"name": "pay", "description": SECRETS["tool"], "parameters": {"type": "object", "properties": {}}}
    native = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "system": told, "messages": messages}
    return {
        "/v1/chat/completions": {"model": "m", "messages": [{"role": "system", "content": told}, *messages], "tools": [{"type": "function", "function": tool}]},
        "/v1/responses": {"model": "m", "instructions": told, "input": text},
        "/v1/embeddings": {"model": "m", "input": text},
        "/v1/moderations": {"input": text},
        "/v1/messages": {"model": "m", "max_tokens": 9, "system": told, "messages": messages},
        "/v1/messages/count_tokens": {"model": "m", "system": told, "messages": messages},
        "/model/m/converse": {"system": [{"text": told}], "messages": blocks},
        "/model/m/converse-stream": {"system": [{"text": told}], "messages": blocks},
        "/model/m/count-tokens": {"input": {"converse": {"messages": blocks}}},
        "/model/anthropic.m/invoke": native,
        "/model/other.m/invoke": {"inputText": text},
        "/guardrail/test/version/DRAFT/apply": {"source": "INPUT", "content": [{"text": {"text": text}}]},
        "/guardrail-checks/invoke": {"messages": blocks, "checks": {"promptAttack": {"categories": ["JAILBREAK"]}}},
        "/beta/litellm_basic_guardrail_api": {"texts": [text], "input_type": "request"},
        "/analyze": {"text": text, "language": "en"},
        "/anonymize": {"text": text, "analyzer_results": [{"start": 0, "end": 4, "score": 0.8, "entity_type": "NAME"}]},
        "/contentsafety/text:shieldPrompt?api-version=2024-09-01": {"userPrompt": text, "documents": [text]},
        "/v2/guard": {"messages": messages},
        "/v1/files": {"purpose": text},
    }


OUTCOMES = {
    "passed": f"hello {SECRETS['prompt']}", "masked": f"I am {SECRETS['prompt']}@example.com, cust-{SECRETS['prompt']};",
    "blocked": f"please blockme {SECRETS['prompt']}",
}


def ask(port, path, body):
    where = path + ("&" if "?" in path else "?") + "key=" + SECRETS["query"]
    with Client(port) as c:
        return c.send(request(body, path=where, **HEADERS)).answer()


def play(at, upstream):
    """Every API, every outcome."""
    said = {"passed": mock.completion(f"It is {SECRETS['answer']} and x-{SECRETS['answer']}@example.com."),
            "failed": {"error": {"message": SECRETS["failure"]}}, "no JSON": SECRETS["failure"]}
    statuses = set()
    for text in OUTCOMES.values():
        for path, body in bodies(text).items():
            upstream.script = mock.answer_json(said["passed"])
            statuses.add(ask(at.port, path, body).status)
    for status, answer in ((500, said["failed"]), (429, said["failed"]), (200, said["no JSON"])):
        for path, body in bodies(OUTCOMES["passed"]).items():
            upstream.script = mock.answer_json(answer, status)
            statuses.add(ask(at.port, path, body).status)
    for path in bodies(""):
        upstream.script = mock.answer_json(said["passed"])
        statuses.add(ask(at.port, path, b'{"model": "' + SECRETS["prompt"].encode()).status)              # cut off
    upstream.script = mock.stream(mock.events([SECRETS["answer"] + " ", "and so ", "on"])[:-40], end=False)      # breaks off
    ask(at.port, "/v1/chat/completions", {**bodies(OUTCOMES["passed"])["/v1/chat/completions"], "stream": True})
    return statuses


def forms(secret):
    """How it might stand there: as it is, in URLs, in base64 at each of three places, backwards in no case."""
    raw = secret.encode()
    yield raw
    yield urllib.parse.quote(secret).encode()
    for n in range(3):
        coded = base64.b64encode(b"x" * n + raw)
        yield coded[4 if n else 0:(len(coded) - 4) // 4 * 4]


def written(at):
    """(what, bytes): each file beneath the folder that is not the policy, and the arguments of each process."""
    for path in pathlib.Path(at.folder).rglob("*"):
        if path.is_file() and path != at.policy:
            yield str(path), path.read_bytes()
    for pid in [at.process.pid, at.master(), *at.workers()]:
        yield f"arguments of {pid}", pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.fixture
def asked(at_mock, upstream):
    statuses = play(at_mock, upstream)
    assert {200, 400, 404, 502} <= statuses
    return at_mock


def test_no_secret_is_written(asked):
    events = asked.events()
    assert len(events) > 100 and {e["verdict"]["action"] for e in events} >= {"allow", "mask", "block", "refuse"}
    secrets = {**SECRETS, "upstream's key": "sk-upstream", "AWS's secret": AWS["AWS_SECRET_ACCESS_KEY"]}
    seen = 0
    for what, data in written(asked):
        seen += 1
        for name, secret in secrets.items():
            assert not any(form in data for form in forms(secret)), f"{name} stands in {what}"
    assert seen > 5


def test_the_search_finds_what_is_written(asked):
    """What is said of a request, such as its id, is found where it should be: the search reads those files."""
    one = asked.events()[-1]["id"]
    assert any(one.encode() in data for _, data in written(asked))
    assert not any(json.dumps(SECRETS["prompt"]).encode() in data for _, data in written(asked))


def test_no_worker_leaves_a_core(asked):
    for pid in asked.workers():
        line = next(x for x in pathlib.Path(f"/proc/{pid}/limits").read_text().splitlines() if x.startswith("Max core file size"))
        assert line.split()[4:6] == ["0", "0"]
