"""The official Anthropic SDK against the gateway: what it returns, what it raises, and that a block is never retried.

The SDK is left as a user has it, with its retries; calls are counted at the model. keeps: P3a.1, P3a.2, P3a.4, P3a.5"""
import json

import anthropic
import pytest

import mock

WHO = "cust-Zoë \"Q\" \\ O'Brien\t\u4e2d;"           # all that JSON escapes, and what it need not
TOOL = {"name": "send", "description": "sends", "input_schema": {"type": "object", "properties": {"to": {"type": "string"}}}}


def sdk(gateway, **more):
    return anthropic.Anthropic(base_url=gateway.url.removesuffix("/v1"), api_key="of-the-client", **more)


def say(client, *messages, **more):
    messages = [{"role": "user", "content": m} if isinstance(m, (str, list)) else m for m in messages]
    return client.messages.create(model="claude-standin", max_tokens=100, messages=messages, **more)


def read(client, *messages, **more):
    """(final message, text as it came) of a stream, through the SDK's own accumulator."""
    messages = [{"role": "user", "content": m} if isinstance(m, (str, list)) else m for m in messages]
    with client.messages.stream(model="claude-standin", max_tokens=100, messages=messages, **more) as stream:
        text = "".join(stream.text_stream)
        return stream.get_final_message(), text


def answer(upstream, stream, *blocks, cut=None, **more):
    """Both forms of one answer: blocks are strings, or (tool name, arguments)."""
    if stream:
        parts = [mock.tool_block(*b) if isinstance(b, tuple) else [b[i:i + 3] for i in range(0, len(b), 3)] for b in blocks]
        upstream.script = mock.stream(mock.message_events(*parts, **more), cut=cut)
    else:
        parts = [{"type": "tool_use", "id": "toolu_1", "name": b[0], "input": b[1]} if isinstance(b, tuple) else b for b in blocks]
        upstream.script = mock.answer_json(mock.message(*parts, **more))


def ask(gateway, stream, *messages, **more):
    return read(sdk(gateway), *messages, **more)[0] if stream else say(sdk(gateway), *messages, **more)


def text_of(message):
    return "".join(b.text for b in message.content if b.type == "text")


both = pytest.mark.parametrize("stream", [False, True])


# ---- what passes ---------------------------------------------------------------------------------------------------------
@both
def test_answer(at_mock, upstream, stream):
    answer(upstream, stream, "Twelve red kettles are in stock.")
    got = ask(at_mock, stream, "What is in stock?")
    assert text_of(got) == "Twelve red kettles are in stock." and got.stop_reason == "end_turn" and got.model == "claude-standin"
    assert got.usage.output_tokens == (7 if stream else 2) and len(upstream.requests) == 1
    event = at_mock.events()[0]
    assert event["route"]["dialect"] == "anthropic" and event["route"]["operation"] == "messages"
    assert event["route"]["upstream"] == "claude" and event["route"]["stream"] == stream and event["end"] == "complete"
    assert event["gen_ai"]["response.finish_reasons"] == ["end_turn"] and event["gen_ai"]["response.id"] == "msg_1"
    assert event["coverage"]["output"]["guarded"] == event["coverage"]["output"]["total"] >= 32


def test_keys_and_versions(at_mock, upstream):
    """The upstream gets its own key, as this API wants it, and the version that the client speaks; not the client's key."""
    answer(upstream, False, "yes")
    say(sdk(at_mock), "hello")
    headers = upstream.requests[-1].headers
    assert headers["x-api-key"] == "sk-upstream" and "authorization" not in headers
    assert headers["anthropic-version"] and upstream.requests[-1].target == "/v1/messages"
    assert "of-the-client" not in json.dumps(headers)


@both
def test_tool_call(at_mock, upstream, stream):
    answer(upstream, stream, "I will send it.", ("send", {"to": "the depot", "n": 2}), stop="tool_use")
    got = ask(at_mock, stream, "Send it to the depot", tools=[TOOL])
    assert [b.type for b in got.content] == ["text", "tool_use"] and got.stop_reason == "tool_use"
    assert got.content[1].input == {"to": "the depot", "n": 2} and got.content[1].name == "send"
    assert at_mock.events()[0]["tools"][0]["name"] == "send"


def test_text_is_not_held_for_a_long_tool_call(at_mock, upstream):
    """The last word of a text leaves when the tool's block begins, not when its arguments have all come."""
    seen = {}

    async def script(up, request, reader, writer):
        wire = mock.message_events(["Let me", " look it up"], mock.tool_block("send", {"to": "x" * 40}), stop="tool_use")
        at = wire.index(b"input_json_delta")
        at = wire.rindex(b"event:", 0, at)
        await up.put(writer, mock.head(content_type="text/event-stream", connection="close") + wire[:at])
        while "go" not in seen:
            await mock.asyncio.sleep(0.01)
        await up.put(writer, wire[at:])
        return "close"

    upstream.script = script
    with sdk(at_mock).messages.stream(model="claude-standin", max_tokens=9, messages=[{"role": "user", "content": "x"}]) as stream:
        text = ""
        for event in stream:
            if event.type == "text":
                text += event.text
            if event.type == "content_block_start" and event.content_block.type == "tool_use":
                assert text == "Let me look it up"
                seen["go"] = True
    assert seen


@both
def test_thinking_passes_with_its_signature(at_mock, upstream, stream):
    if stream:
        thought = ({"type": "thinking", "thinking": "", "signature": ""}, [{"type": "thinking_delta", "thinking": "They want"},
                   {"type": "thinking_delta", "thinking": " a kettle."}, {"type": "signature_delta", "signature": "c2lnbmF0dXJl"}])
        upstream.script = mock.stream(mock.message_events(thought, ["Red ones."]))
    else:
        upstream.script = mock.answer_json(mock.message({"type": "thinking", "thinking": "They want a kettle.",
                                                         "signature": "c2lnbmF0dXJl"}, "Red ones."))
    got = ask(at_mock, stream, "Which?")
    assert (got.content[0].thinking, got.content[0].signature) == ("They want a kettle.", "c2lnbmF0dXJl")
    assert text_of(got) == "Red ones."


def test_count_tokens(at_mock, upstream):
    upstream.script = mock.answer_json({"input_tokens": 14})
    got = sdk(at_mock).messages.count_tokens(model="claude-standin", messages=[{"role": "user", "content": "hello"}])
    assert got.input_tokens == 14 and upstream.requests[-1].target == "/v1/messages/count_tokens"
    with pytest.raises(anthropic.BadRequestError):
        sdk(at_mock).messages.count_tokens(model="claude-standin", messages=[{"role": "user", "content": "blockme"}])
    assert len(upstream.requests) == 1


# ---- blocks -----------------------------------------------------------------------------------------------------------
@both
def test_blocked_request_is_a_refusal(at_mock, upstream, stream):
    got = ask(at_mock, stream, "please blockme now")
    assert got.stop_reason == "refusal" and "can" in text_of(got) and got.stop_details.explanation == text_of(got)
    assert upstream.requests == [] and len(at_mock.events()) == 1
    event = at_mock.events()[0]
    assert event["verdict"]["action"] == "block" and event["gen_ai"]["response.finish_reasons"] == ["refusal"]


@both
def test_blocked_answer_is_a_refusal(at_mock, upstream, stream):
    answer(upstream, stream, "The kettles are red. They say blockme and more of it, much more.")
    got = ask(at_mock, stream, "hello")
    assert got.stop_reason == "refusal" and got.stop_details.explanation and "blockme" not in text_of(got)
    assert text_of(got).rstrip() == "The kettles are red. They say" if stream else text_of(got) == got.stop_details.explanation
    assert len(upstream.requests) == 1


@both
def test_blocked_tool_arguments(at_mock, upstream, stream):
    answer(upstream, stream, "Sending.", ("send", {"to": "someone", "note": "blockme"}), stop="tool_use")
    got = ask(at_mock, stream, "send")
    assert got.stop_reason == "refusal" and "blockme" not in got.model_dump_json() and len(upstream.requests) == 1


@pytest.mark.parametrize("where", ["content", "tool_result", "tool_use", "document", "search_result",
                                   "thinking"])
def test_blocks_wherever_text_stands(at_mock, upstream, where):
    bad = "please blockme now"
    turns = {
        "content": [{"role": "user", "content": [{"type": "text", "text": bad}]}],
        "tool_result": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": [
            {"type": "text", "text": bad}]}]}],
        "tool_use": [{"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "send", "input": {"a": [bad]}}]}],
        "document": [{"role": "user", "content": [{"type": "document", "source": {"type": "text", "media_type": "text/plain",
                                                                                 "data": bad.replace(" ", "/")}}]}],
        "search_result": [{"role": "user", "content": [{"type": "search_result", "source": "s", "title": "t", "content": [
            {"type": "text", "text": bad}]}]}],
        "thinking": [{"role": "assistant", "content": [{"type": "thinking", "thinking": bad, "signature": "eA=="}]}],
    }.get(where, ["hello"])
    got = say(sdk(at_mock), *turns)
    assert got.stop_reason == "refusal" and upstream.requests == []


def test_error_form(at_errors, upstream):
    with pytest.raises(anthropic.BadRequestError) as caught:
        say(sdk(at_errors), "please blockme now")
    assert caught.value.body["error"]["type"] == "invalid_request_error" and caught.value.body["error"]["code"] == "content_filter"
    assert upstream.requests == []


@both
def test_parts_of_one_message_are_one_text(at_mock, upstream, stream):
    got = ask(at_mock, stream, [{"type": "text", "text": "please block"}, {"type": "text", "text": "me now"}])
    assert got.stop_reason == "refusal" and upstream.requests == []


# ---- masks and tokens ---------------------------------------------------------------------------------------------------
@both
def test_answer_is_masked(at_mock, upstream, stream):
    answer(upstream, stream, "Write to eve@else.example about it.", cut=7)
    assert text_of(ask(at_mock, stream, "who?")) == "Write to <EMAIL> about it."


@both
def test_tokens_come_back_in_text_and_in_tool_arguments(at_mock, upstream, stream):
    """What the caller said goes to the model as a placeholder, and comes back as it was, byte for byte, over three turns."""
    answer(upstream, stream, "Dear <CUSTOMER_1>", ("send", {"to": "<CUSTOMER_1>", "mail": "<EMAIL_1>"}), stop="tool_use")
    turns = [{"role": "user", "content": f"I am {WHO} ann@shop.example"}]
    for _ in range(3):
        got = ask(at_mock, stream, *turns, tools=[TOOL])
        sent = upstream.requests[-1].body.decode()
        assert "Zo" not in sent and "ann@" not in sent and "<CUSTOMER_1>" in sent and "<EMAIL_1>" in sent
        assert text_of(got) == f"Dear {WHO}" and got.content[1].input == {"to": WHO, "mail": "ann@shop.example"}
        turns += [{"role": "assistant", "content": [b.model_dump(exclude_none=True) for b in got.content]},
                  {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": f"sent to {WHO}"}]}]


@both
def test_masks_in_tool_arguments_leave_json(at_mock, upstream, stream):
    answer(upstream, stream, ("send", {"to": "eve@else.example", "n": 7}), stop="tool_use")
    assert ask(at_mock, stream, "send").content[0].input == {"to": "<EMAIL>", "n": 7}


def test_thinking_is_not_rewritten(at_mock, upstream):
    """Signed text cannot be masked: an answer with something to mask there is a refusal; in a request it stays as it is."""
    thought = {"type": "thinking", "thinking": "It is eve@else.example they mean.", "signature": "c2lnbmF0dXJl"}
    upstream.script = mock.answer_json(mock.message(thought, "Yes."))
    assert say(sdk(at_mock), "who?").stop_reason == "refusal"
    answer(upstream, False, "yes")
    at_mock.forget()
    got = say(sdk(at_mock), "hello", {"role": "assistant", "content": [thought, {"type": "text", "text": "Hm."}]}, "and?")
    assert text_of(got) == "yes" and upstream.requests[-1].json()["messages"][1]["content"][0] == thought
    assert at_mock.events()[0]["coverage"]["unguarded"] == [
        {"path": "/messages/1/content/0/thinking", "characters": 33, "reason": "signed_block"}]


# ---- streams that go wrong -----------------------------------------------------------------------------------------------
def test_cut_stream_is_an_error_event(at_mock, upstream):
    upstream.script = mock.stream(mock.message_events(["half of"], end=False))
    with pytest.raises(anthropic.APIStatusError) as caught:
        read(sdk(at_mock), "hello")
    assert caught.value.body["error"]["code"] == "upstream_invalid" and len(upstream.requests) == 1
    assert at_mock.events()[0]["end"] == "upstream_died"


def test_error_event_of_the_upstream_passes(at_mock, upstream):
    upstream.script = mock.stream(mock.message_events(["half of"], end=False) + mock.named(
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}))
    with pytest.raises(anthropic.APIStatusError) as caught:
        read(sdk(at_mock, max_retries=0), "hello")
    assert caught.value.body["error"]["type"] == "overloaded_error"


@pytest.mark.parametrize("wrong", ["delta of another block", "name and type differ", "text after the end", "no type"])
def test_event_out_of_order_ends_the_stream(at_mock, upstream, wrong):
    good = mock.message_events(["one"])
    bad = {"delta of another block": good.replace(b'delta", "index": 0', b'delta", "index": 1'),
           "name and type differ": good.replace(b"event: content_block_delta", b"event: ping"),
           "text after the end": good.replace(b"event: message_stop", mock.named(
               {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "late"}}) + b"event: message_stop"),
           "no type": good.replace(b'{"type": "content_block_stop", "index": 0}', b'{"index": 0}')}[wrong]
    assert bad != good
    upstream.script = mock.stream(bad)
    with pytest.raises(anthropic.APIStatusError) as caught:
        read(sdk(at_mock, max_retries=0), "hello")
    assert caught.value.body["error"]["code"] == "upstream_invalid"


def test_same_for_every_cutting(at_mock, upstream):
    """keeps: P3a.1"""
    wire = mock.message_events(["Mail eve@el", "se.example ", "then"], mock.tool_block("send", {"to": "eve@else.example"}, 9), ["end."])
    got = set()
    for cut in (None, 1, 2, 7, 64):
        upstream.script = mock.stream(wire, cut=cut)
        message, text = read(sdk(at_mock), "hello")
        got.add((message.to_json(), text))
    assert len(got) == 1 and "else" not in got.pop()[0]


# ---- routes -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/v1/messages/batches", "/v1/messages/", "/v1//messages", "/v1/files", "/v1/messages%2f"])
def test_other_routes_are_closed(at_mock, upstream, path):
    client = sdk(at_mock)
    with pytest.raises(anthropic.NotFoundError) as caught:
        client.post(path, body={"model": "m"}, cast_to=object)
    assert caught.value.body["type"] == "error" and caught.value.body["error"]["type"] == "not_found_error"
    assert upstream.requests == []


@pytest.mark.parametrize("body, said", [
    ({"messages": [{"role": "user", "content": "x"}]}, "'model'"), ({"model": "m"}, "'messages'"),
    ({"model": "m", "messages": []}, "'messages'"), ({"model": "m", "messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
    ({"model": "m", "messages": [{"role": "user", "content": 7}]}, "messages.0.content"),
    ({"model": "m", "messages": [{"role": "user", "content": ["x"]}]}, "messages.0.content.0"),
    ({"model": "m", "stream": "yes", "messages": [{"role": "user", "content": "x"}]}, "'stream'")])
def test_bad_bodies_say_what_is_wrong(at_mock, upstream, body, said):
    with pytest.raises(anthropic.BadRequestError) as caught:
        sdk(at_mock).post("/v1/messages", body=body, cast_to=object)
    assert said in caught.value.body["error"]["message"] and upstream.requests == []


def test_two_dialects_on_one_port(at_mock, upstream):
    """Each route is answered in its own API's form."""
    import openai
    answer(upstream, False, "from claude")
    assert text_of(say(sdk(at_mock), "hello")) == "from claude"
    upstream.script = mock.answer_json(mock.completion("from openai"))
    got = openai.OpenAI(base_url=at_mock.url, api_key="k").chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}])
    assert got.choices[0].message.content == "from openai" and upstream.requests[-1].headers["authorization"] == "Bearer sk-upstream"
