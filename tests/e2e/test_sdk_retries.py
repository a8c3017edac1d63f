"""How often the model is asked (and paid) when things go wrong: the official SDK through Bawn against the SDK alone.

The SDK retries connection errors, time-outs, 408, 409, 429 and 5xx twice. Bawn itself never asks again once a byte of a POST was sent,
and what was answered and then blocked is not retried by the SDK either: the call is paid for. `alone`
counts what the SDK does with the same upstream and no gateway between. keeps: P3a.5, RULINGS R37"""
import openai
import pytest

import mock

RETRIES = 2
WORDS = ["Here it comes. ", "It is ", "and ", "more."]
WHOLE = mock.events(WORDS)
RATE_LIMITED = {"error": {"message": "slow down", "type": "rate_limit_error", "code": "rate_limited"}}
BROKEN = {"error": {"message": "it broke", "type": "server_error", "code": None}}


def cut_body(size):
    """An answer with 200 whose length promises more than comes."""
    return mock.raw(mock.head(200, content_type="application/json", content_length=500) + b'{"id": "chatcmpl-1"'[:size])


# name: (the upstream, streamed, how often the SDK alone asks it). One that stalls does so for longer than the SDK waits.
CASES = {
    "whole": (mock.answer_json(mock.completion("hello")), False, 1),
    "whole stream": (mock.stream(WHOLE), True, 1),
    "blocked answer": (mock.answer_json(mock.completion("well, blockme")), False, 1),
    "blocked stream": (mock.stream(mock.events(["Here it comes. ", "block", "me."])), True, 1),
    "stream cut in an event": (mock.stream(WHOLE[:500], end=False), True, 1),
    "stream cut between events": (mock.stream(WHOLE[:WHOLE.index(b"\n\n") + 2], end=False), True, 1),
    "stream without its end": (mock.stream(WHOLE[:WHOLE.index(b"data: [DONE]")]), True, 1),
    "stream of garbage": (mock.stream(b"data: {\"choices\": [\n\n"), True, 1),
    "bad request": (mock.answer_json(BROKEN, 400), False, 1),
    "not found": (mock.answer_json(BROKEN, 404), False, 1),
    "rate limited": (mock.answer_json(RATE_LIMITED, 429, retry_after_ms="1"), False, 1 + RETRIES),
    "rate limited stream": (mock.answer_json(RATE_LIMITED, 429, retry_after_ms="1"), True, 1 + RETRIES),
    "server error": (mock.answer_json(BROKEN, 500, retry_after_ms="1"), False, 1 + RETRIES),
    "server error of a stream": (mock.answer_json(BROKEN, 500, retry_after_ms="1"), True, 1 + RETRIES),
    "told not to retry": (mock.answer_json(BROKEN, 500, x_should_retry="false"), False, 1),
    "time-out": (mock.stall(seconds=1), False, 1 + RETRIES),
    "closed without an answer": (mock.raw(b""), False, 1 + RETRIES),
    "reset": (mock.raw(b"", then="reset"), False, 1 + RETRIES),
    "body cut": (cut_body(10), False, 1 + RETRIES),
}


def ask(url, stream, timeout):
    """What became of one call."""
    client = openai.OpenAI(base_url=url, api_key="any", max_retries=RETRIES, timeout=timeout)
    client._calculate_retry_timeout = lambda *_, **__: 0.01         # its pauses are not what is tested
    try:
        answer = client.chat.completions.create(model="standin", messages=[{"role": "user", "content": "hello"}], stream=stream)
        return "".join(c.delta.content or "" for chunk in answer for c in chunk.choices) if stream else answer.choices[0].message.content
    except (openai.APIError, ValueError) as error:                  # ValueError: an event that is no JSON
        return type(error).__name__


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_model_is_asked_no_more_often_than_by_the_sdk_alone(at_mock, upstream, name):
    script, stream, most = CASES[name]
    timeout = 0.5 if name == "time-out" else 10
    upstream.script = script
    alone_got = ask(f"http://127.0.0.1:{upstream.port}/v1", stream, timeout)
    alone = len(upstream.requests)
    upstream.requests.clear()
    got = ask(at_mock.url, stream, timeout)
    assert len(upstream.requests) <= alone == most, (got, alone_got)
    if most == 1:
        assert len(upstream.requests) == 1, got


@pytest.mark.parametrize("stream", [False, True])
def test_blocked_and_failed_requests_reach_no_model(at_mock, at_failing, upstream, stream):
    for url, text in ((at_mock.url, "blockme"), (at_failing.url, "needscore")):
        client = openai.OpenAI(base_url=url, api_key="any", max_retries=RETRIES)
        try:
            list(client.chat.completions.create(model="standin", messages=[{"role": "user", "content": text}], stream=stream))
        except openai.InternalServerError as error:
            assert error.code == "guard_failed"
    assert upstream.requests == [] and len(at_mock.events()) == 1 and len(at_failing.events()) == 1

