"""The official OpenAI SDK's Responses against the gateway: what it returns, what it raises, and that a block is never retried.

The SDK is left as a user has it, with its retries; calls are counted at the model. keeps: P3a.1, P3a.2, P3a.4, P3a.5, R42"""
import json

import openai
import pydantic
import pytest

import mock

WHO = "cust-Zoë \"Q\" \\ O'Brien\t\u4e2d;"           # all that JSON escapes, and what it need not
TOOL = {"type": "function", "name": "send", "strict": False, "parameters": {"type": "object", "properties": {"to": {"type": "string"}}}}


class Reply(pydantic.BaseModel):
    reply: str


def sdk(gateway, **more):
    return openai.OpenAI(base_url=gateway.url, api_key="of-the-client", **more)


def say(client, *items, **more):
    items = [{"role": "user", "content": i} if isinstance(i, (str, list)) else i for i in items]
    return client.responses.create(model="standin", input=items, **more)


def read(client, *items, **more):
    """(final answer, text as it came, all events) of a stream, through the SDK's own accumulator."""
    items = [{"role": "user", "content": i} if isinstance(i, (str, list)) else i for i in items]
    text, seen = "", []
    with client.responses.stream(model="standin", input=items, **more) as stream:
        for event in stream:
            seen.append(event)
            text += event.delta if event.type == "response.output_text.delta" else ""
    return seen[-1].response, text, seen


def answer(upstream, stream, *items, cut=None, **more):
    """Both forms of one answer."""
    upstream.script = mock.stream(mock.response_events(*items, **more), cut=cut) if stream else mock.answer_json(mock.response(*items))


def ask(gateway, stream, *items, **more):
    return read(sdk(gateway), *items, **more)[0] if stream else say(sdk(gateway), *items, **more)


both = pytest.mark.parametrize("stream", [False, True])


# ---- what passes ---------------------------------------------------------------------------------------------------------
@both
def test_answer(at_mock, upstream, stream):
    answer(upstream, stream, "Twelve red kettles are in stock.")
    got = ask(at_mock, stream, "What is in stock?")
    assert got.output_text == "Twelve red kettles are in stock." and got.status == "completed" and got.model == "standin"
    assert got.usage.output_tokens == 2 and len(upstream.requests) == 1 and upstream.requests[-1].target == "/v1/responses"
    event = at_mock.events()[0]
    assert event["route"]["dialect"] == "openai" and event["route"]["operation"] == "responses"
    assert event["route"]["upstream"] == "main" and event["route"]["stream"] == stream and event["end"] == "complete"
    assert event["gen_ai"]["response.finish_reasons"] == ["completed"] and event["gen_ai"]["response.id"] == "resp_1"
    assert event["coverage"]["output"]["guarded"] == event["coverage"]["output"]["total"] >= 32


def test_bytes_of_a_clean_stream_pass_as_they_came(at_mock, upstream):
    wire = mock.response_events(["They want", " a kettle."], "Red ones. Twelve of them.", ("send", {"to": "the depot", "n": 2}))
    upstream.script = mock.stream(wire)
    with sdk(at_mock).responses.with_streaming_response.create(model="standin", input="x", stream=True) as got:
        assert got.read() == wire


@both
def test_tool_call(at_mock, upstream, stream):
    answer(upstream, stream, "I will send it.", ("send", {"to": "the depot", "n": 2}))
    got = ask(at_mock, stream, "Send it to the depot", tools=[TOOL])
    assert [i.type for i in got.output] == ["message", "function_call"]
    assert json.loads(got.output[1].arguments) == {"to": "the depot", "n": 2} and got.output[1].name == "send"
    assert [(t["name"], t["call_id"]) for t in at_mock.events()[0]["tools"]] == [("send", "call_1")]


@both
def test_reasoning_summary(at_mock, upstream, stream):
    answer(upstream, stream, ["They want", "a kettle for eve@else.example now."], "Red ones.")
    got = ask(at_mock, stream, "Which?")
    assert [s.text for s in got.output[0].summary] == ["They want", "a kettle for <EMAIL> now."] and got.output_text == "Red ones."


def test_text_is_not_held_for_what_follows(at_mock, upstream):
    """The last word of a part leaves when the part ends, not when the call behind it has come."""
    seen = {}

    async def script(up, request, reader, writer):
        wire = mock.response_events("Let me look it up", ("send", {"to": "x" * 40}))
        at = wire.index(b"event: response.function_call_arguments.delta")
        await up.put(writer, mock.head(content_type="text/event-stream", connection="close") + wire[:at])
        while "go" not in seen:
            await mock.asyncio.sleep(0.01)
        await up.put(writer, wire[at:])
        return "close"

    upstream.script = script
    text = ""
    for event in sdk(at_mock).responses.create(model="standin", input="x", stream=True):
        if event.type == "response.output_text.delta":
            text += event.delta
        if event.type == "response.output_item.added" and event.item.type == "function_call":
            assert text == "Let me look it up"
            seen["go"] = True
    assert seen


@both
def test_instructions_are_not_repeated(at_mock, upstream, stream):
    """The provider repeats the instructions; what he repeats else passes."""
    more = {"instructions": "Be brief, and please say nothing of kettles.", "tools": [TOOL], "metadata": {"a": "b"}}
    upstream.script = mock.stream(mock.response_events("Yes.", **more)) if stream else mock.answer_json(mock.response("Yes.", **more))
    got = ask(at_mock, stream, "hello", instructions=more["instructions"])
    assert got.output_text == "Yes." and got.instructions is None and got.tools[0].name == "send" and got.metadata == {"a": "b"}
    assert upstream.requests[-1].json()["instructions"] == more["instructions"]


def test_many_tools_of_a_server(at_mock, upstream):
    """A list of tools has thousands of strings, and an event holds it whole."""
    tools = [{"name": f"tool_{i}", "description": f"does {i} things", "input_schema": {"type": "object", "properties": {
        f"key_{k}": {"type": "string", "description": f"the {k}th of them"} for k in range(8)}}} for i in range(300)]
    answer(upstream, True, {"id": "mcpl_1", "type": "mcp_list_tools", "server_label": "shop", "tools": tools}, "Yes.")
    got = ask(at_mock, True, "hello")
    assert len(got.output[0].tools) == 300 and got.output_text == "Yes."


def test_servers_that_leave_names_and_numbers_out(at_mock, upstream):
    events = mock.response_event_list("Twelve eve@else.example kettles.", ("send", {"to": "eve@else.example"}))
    for event in events:
        for key in ("output_index", "content_index", "sequence_number"):
            event.pop(key, None)
    upstream.script = mock.stream(b"".join(b"data: " + json.dumps(e).encode() + b"\n\n" for e in events))
    got = list(sdk(at_mock).responses.create(model="standin", input="x", stream=True))
    assert [e.type for e in got] == [e["type"] for e in events]
    assert "".join(e.delta for e in got if e.type == "response.output_text.delta") == "Twelve <EMAIL> kettles."
    assert got[-1].response.output_text == "Twelve <EMAIL> kettles." and "else" not in json.dumps([e.model_dump(mode="json") for e in got])
    events[-1] = json.loads(json.dumps(events[-1]).replace("Twelve", "blockme"))
    upstream.script = mock.stream(b"".join(b"data: " + json.dumps(e).encode() + b"\n\n" for e in events))
    got = list(sdk(at_mock).responses.create(model="standin", input="x", stream=True))
    assert got[-1].type == "response.incomplete" and [i.type for i in got[-1].response.output] == ["message", "function_call", "message"]


# ---- blocks -----------------------------------------------------------------------------------------------------------
def parts_of(got):
    return [(p.type, getattr(p, "text", None) or getattr(p, "refusal", None)) for i in got.output if i.type == "message" for p in i.content]


def is_refusal(got):
    return got.status == "incomplete" and got.incomplete_details.reason == "content_filter" and parts_of(got)[-1][0] == "refusal"


@both
def test_blocked_request_is_a_refusal(at_mock, upstream, stream):
    got = ask(at_mock, stream, "please blockme now")
    assert is_refusal(got) and [p[0] for p in parts_of(got)] == ["output_text", "refusal"]
    assert got.output_text == parts_of(got)[1][1] and "can" in got.output_text and got.model == "standin" and got.error is None
    assert upstream.requests == [] and len(at_mock.events()) == 1
    assert at_mock.events()[0]["verdict"]["action"] == "block"


@both
def test_blocked_answer_is_a_refusal(at_mock, upstream, stream):
    answer(upstream, stream, "The kettles are red. They say blockme and more of it, much more.")
    got = ask(at_mock, stream, "hello")
    assert is_refusal(got) and "blockme" not in got.model_dump_json() and len(upstream.requests) == 1
    assert at_mock.events()[0]["gen_ai"]["response.finish_reasons"] == ["content_filter"]
    if stream:
        assert got.output_text.rstrip() == "The kettles are red. They say" and [p[0] for p in parts_of(got)] == ["output_text", "refusal"]
    else:
        assert got.output_text == parts_of(got)[1][1] and got.usage.output_tokens == 2


def test_blocked_half_way(at_mock, upstream):
    """What is open is closed, with what was delivered; numbers go on; nothing of the blocked text is anywhere."""
    answer(upstream, True, ["Hm. A thought."], "One is whole.", "The mail is eve@else.example and blockme and more.")
    got, text, events = read(sdk(at_mock), "hello")
    assert "blockme" not in json.dumps([e.model_dump(mode="json") for e in events]) and is_refusal(got)
    assert [e.sequence_number for e in events] == list(range(len(events)))
    assert text.rstrip() == "One is whole.The mail is <EMAIL> and"
    done = {e.output_index: e.item for e in events if e.type == "response.output_item.done"}
    added = [e.output_index for e in events if e.type == "response.output_item.added"]
    assert added == [0, 1, 2, 3] and sorted(done) == added
    assert [i.model_dump(mode="json", exclude={"parsed"}) for i in got.output] == [done[i].model_dump(mode="json") for i in added]
    said = [e for e in events if e.type == "response.output_text.done"][-1].text
    assert said == done[2].content[0].text and "One is whole." + said == text and done[2].status == "incomplete"
    assert got.id == "resp_1" and got.created_at == 1700000000 and got.model == "standin"


def test_blocked_before_any_text(at_mock, upstream):
    """Where nothing but the begin was passed on, the message is text as well."""
    answer(upstream, True, "blockme at once")
    got, text, events = read(sdk(at_mock), "hello")
    assert is_refusal(got) and got.id == "resp_1" and "blockme" not in got.model_dump_json()


@both
def test_blocked_tool_arguments(at_mock, upstream, stream):
    """A call that is cut is not a call: no event says that its arguments or its item are done."""
    answer(upstream, stream, "Sending.", ("send", {"to": "someone", "note": "blockme"}))
    got = ask(at_mock, stream, "send")
    assert is_refusal(got) and "blockme" not in got.model_dump_json() and len(upstream.requests) == 1
    assert [i.type for i in got.output] == (["message", "message"] if stream else ["message"])
    answer(upstream, True, ("send", {"to": "someone", "note": "blockme"}))
    events = [e.type for e in sdk(at_mock).responses.create(model="standin", input="x", stream=True)]
    assert "response.function_call_arguments.done" not in events and events.count("response.output_item.done") == 1


@pytest.mark.parametrize("where", ["response.output_text.done", "response.content_part.done", "response.output_item.done",
                                   "response.completed"])
def test_text_that_only_a_repetition_has_is_judged(at_mock, upstream, where):
    events = mock.response_event_list("The kettles are red.")
    bad = [json.loads(json.dumps(e).replace("are red", "are blockme")) if e["type"] == where else e for e in events]
    assert bad != events
    upstream.script = mock.stream(b"".join(mock.named(e) for e in bad))
    got, text, seen = read(sdk(at_mock), "hello")
    assert is_refusal(got) and "blockme" not in json.dumps([e.model_dump(mode="json") for e in seen])
    assert text == "The kettles are red." and parts_of(got)[0][1] == text


@both
def test_structured_answers_are_refused_without_text(at_mock, upstream, stream):
    """`.parse()` reads every text as JSON, and would raise at a message of ours."""
    client = sdk(at_mock)
    if stream:
        got = read(client, "please blockme now", text_format=Reply)[0]
    else:
        got = client.responses.parse(model="standin", input="please blockme now", text_format=Reply)
    assert is_refusal(got) and [p[0] for p in parts_of(got)] == ["refusal"] and upstream.requests == []
    answer(upstream, True, '{"reply": "It is blockme and more."}')
    got, text, _ = read(client, "hello", text_format=Reply)
    assert is_refusal(got) and text.startswith('{"reply": "It is') and "blockme" not in text


@pytest.mark.parametrize("where", ["input", "content", "function_call", "function_call_output", "output list", "reasoning", "mcp_call",
                                   "file_search", "shell output", "assistant", "metadata"])
def test_blocks_wherever_text_stands(at_mock, upstream, where):
    bad = "please blockme now"
    items = {
        "input": bad, "metadata": "hello",
        "content": [{"role": "user", "content": [{"type": "input_text", "text": bad}]}],
        "function_call": [{"type": "function_call", "call_id": "c", "name": "send", "arguments": json.dumps({"a": [bad]})}],
        "function_call_output": [{"type": "function_call_output", "call_id": "c", "output": bad}],
        "output list": [{"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": bad}]}],
        "reasoning": [{"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": bad}]}],
        "mcp_call": [{"type": "mcp_call", "id": "m", "name": "n", "server_label": "s", "arguments": "{}", "output": bad}],
        "file_search": [{"type": "file_search_call", "id": "f", "status": "completed", "queries": ["q"], "results": [{"text": bad}]}],
        "shell output": [{"type": "shell_call_output", "call_id": "c", "output": [
            {"stdout": "", "stderr": bad, "outcome": {"type": "exit", "exit_code": 0}}]}],
        "assistant": [{"role": "assistant", "content": bad}, {"role": "user", "content": "x"}],
    }[where]
    got = sdk(at_mock).responses.create(model="standin", input=items, **({"metadata": {"k": bad}} if where == "metadata" else {}))
    assert is_refusal(got) and upstream.requests == []


def test_error_form(at_errors, upstream):
    with pytest.raises(openai.BadRequestError) as caught:
        say(sdk(at_errors), "please blockme now")
    assert caught.value.code == "content_filter" and upstream.requests == []


@both
def test_parts_of_one_message_are_one_text(at_mock, upstream, stream):
    got = ask(at_mock, stream, [{"type": "input_text", "text": "please block"}, {"type": "input_text", "text": "me now"}])
    assert is_refusal(got) and upstream.requests == []


# ---- masks and tokens ---------------------------------------------------------------------------------------------------
@both
def test_answer_is_masked(at_mock, upstream, stream):
    answer(upstream, stream, "Write to eve@else.example about it.", cut=7)
    assert ask(at_mock, stream, "who?").output_text == "Write to <EMAIL> about it."
    assert len(at_mock.events()[0]["findings"]) == 1


def texts_of(value):
    """All strings of a JSON value, those of JSON in strings too."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [t for v in value for t in texts_of(v)]
    return [value] if isinstance(value, str) else []


def test_repetitions_are_edited_as_the_deltas_are(at_mock, upstream):
    text = f"Dear <CUSTOMER_1>, eve@else.example wrote to <EMAIL_1>: wait, mail: fred@else.example"
    answer(upstream, True, [text], text, ("send", {"to": "<CUSTOMER_1>", "from": "eve@else.example"}))
    asked = f"I am {WHO} ann@shop.example"
    got, said, events = read(sdk(at_mock), asked)
    want = f"Dear {WHO}, <EMAIL> wrote to ann@shop.example: wait, mail: <EMAIL>"
    call = json.dumps({"to": "@", "from": "<EMAIL>"}).replace("@", json.dumps(WHO, ensure_ascii=False)[1:-1])
    parts = {"response.output_text": want, "response.reasoning_summary_text": want, "response.function_call_arguments": call}
    for name, whole in parts.items():
        assert "".join(e.delta for e in events if e.type == name + ".delta") == whole
        assert [getattr(e, "arguments", None) or e.text for e in events if e.type == name + ".done"] == [whole]
    for e in events:
        if e.type.endswith(("part.done", "item.done", "completed")):
            dumped = e.model_dump(mode="json", warnings=False)
            assert "else.example" not in json.dumps(dumped) and "_1>" not in json.dumps(dumped)
            assert {want, call} & set(texts_of(dumped))
    assert said == want and got.output_text == want and json.loads(got.output[2].arguments)["to"] == WHO


@both
def test_tokens_come_back_in_text_and_in_tool_arguments(at_mock, upstream, stream):
    """What the caller said goes to the model as a placeholder, and comes back as it was, byte for byte, over three turns."""
    answer(upstream, stream, "Dear <CUSTOMER_1>", ("send", {"to": "<CUSTOMER_1>", "mail": "<EMAIL_1>"}))
    turns = [{"role": "user", "content": f"I am {WHO} ann@shop.example"}]
    for _ in range(3):
        got = ask(at_mock, stream, *turns, tools=[TOOL])
        sent = upstream.requests[-1].body.decode()
        assert "Zo" not in sent and "ann@" not in sent and "<CUSTOMER_1>" in sent and "<EMAIL_1>" in sent
        assert got.output_text == f"Dear {WHO}" and json.loads(got.output[1].arguments) == {"to": WHO, "mail": "ann@shop.example"}
        turns += json.loads(got.model_dump_json(exclude_none=True, exclude={"output": {"__all__": {"parsed_arguments"}}}))["output"]
        turns.append({"type": "function_call_output", "call_id": "call_1", "output": f"sent to {WHO}"})


def test_logprobs_do_not_tell_what_a_mask_hides(at_mock, upstream):
    tokens = [{"token": t, "logprob": -0.1, "bytes": None, "top_logprobs": []} for t in ("Mail ", "eve@", "else.", "example", " now")]
    item = mock.item_of(0, "Mail eve@else.example now")
    item["content"][0]["logprobs"] = tokens
    for stream in (False, True):
        answer(upstream, stream, item)
        got = ask(at_mock, stream, "hello")
        assert got.output_text == "Mail <EMAIL> now" and got.output[0].content[0].logprobs == []
    item["content"][0] |= {"text": "Mail me now", "logprobs": tokens[:1] + tokens[4:]}
    answer(upstream, True, item)
    assert len(ask(at_mock, True, "hello").output[0].content[0].logprobs) == 2


# ---- streams that go wrong -----------------------------------------------------------------------------------------------
def test_cut_stream_is_response_failed(at_mock, upstream):
    """A reader that waits for `error` alone would take it for success (R42)."""
    answer(upstream, True, ["A thought."], "half of", end=None)
    got, text, events = read(sdk(at_mock), "hello")
    assert events[-1].type == "response.failed" and got.status == "failed" and got.error.code == "upstream_invalid"
    assert [e.sequence_number for e in events] == list(range(len(events)))
    assert [i.type for i in got.output] == ["reasoning", "message"] and len(upstream.requests) == 1
    assert at_mock.events()[0]["end"] == "upstream_died"


def test_stream_that_is_cut_at_its_begin(at_mock, upstream):
    upstream.script = mock.stream(b": nothing\n\n")
    got, text, events = read(sdk(at_mock), "hello")
    assert [e.type for e in events] == ["response.created", "response.failed"] and got.error.code == "upstream_invalid"


def test_failure_of_the_upstream_passes(at_mock, upstream):
    answer(upstream, True, "half of", end="failed", error={"code": "server_error", "message": "Overloaded"})
    got = read(sdk(at_mock), "hello")[0]
    assert got.status == "failed" and got.error.code == "server_error" and at_mock.events()[0]["end"] == "complete"


def test_error_event_of_the_upstream_passes(at_mock, upstream):
    upstream.script = mock.stream(mock.response_events("half of", end=None) + mock.named(
        {"type": "error", "sequence_number": 20, "code": "server_error", "message": "Overloaded", "param": None}))
    events = list(sdk(at_mock).responses.create(model="standin", input="x", stream=True))
    assert [e.type for e in events[-2:]] == ["error", "response.failed"] and events[-2].message == "Overloaded"
    assert at_mock.events()[0]["end"] == "upstream_died"


@pytest.mark.parametrize("wrong", ["delta of another item", "name and type differ", "text after the end", "no type", "twice begun",
                                   "item twice", "before the begin", "item beyond", "done word"])
def test_event_out_of_order_ends_the_stream(at_mock, upstream, wrong):
    good = mock.response_events("one")
    late = {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "item_id": "msg_0", "delta": "late", "logprobs": []}
    begin, item = good[:good.index(b"event: response.in_progress")], b"event: response.output_item.done"
    bad = {"delta of another item": good.replace(b'"output_index": 0, "content_index": 0, "delta"', b'"output_index": 1, "content_index": 0, "delta"'),
           "name and type differ": good.replace(b"event: response.output_text.delta", b"event: ping"),
           "text after the end": good.replace(item, mock.named(late) + item),
           "no type": good.replace(b'"type": "response.output_text.done", ', b""),
           "twice begun": begin + good,
           "item twice": good.replace(item, good[good.index(b"event: response.output_item.added"):good.index(b"event: response.content")] + item),
           "before the begin": mock.named(late) + good,
           "item beyond": good.replace(b'"output_index": 0', b'"output_index": 2048'),
           "done word": good.replace(b"event: response.completed", b"data: [DONE]\n\nevent: response.completed")}[wrong]
    assert bad != good
    upstream.script = mock.stream(bad)
    events = list(sdk(at_mock, max_retries=0).responses.create(model="standin", input="x", stream=True))
    assert events[-1].type == "response.failed" and events[-1].response.error.code == "upstream_invalid"
    assert "late" not in json.dumps([e.model_dump(mode="json") for e in events])


def test_same_for_every_cutting(at_mock, upstream):
    """keeps: P3a.1"""
    wire = mock.response_events(["Of eve@else.example"], "Mail eve@else.example then", ("send", {"to": "eve@else.example"}), "end.")
    got = set()
    for cut in (None, 1, 2, 7, 64):
        upstream.script = mock.stream(wire, cut=cut)
        with sdk(at_mock).responses.with_streaming_response.create(model="standin", input="x", stream=True) as answered:
            got.add(answered.read())
    assert len(got) == 1 and b"else" not in got.pop()


# ---- what stays closed -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("method, path", [
    ("get", "/responses/resp_1"), ("get", "/responses/resp_1/input_items"), ("post", "/responses/resp_1/cancel"),
    ("post", "/responses/compact"), ("post", "/responses/input_tokens"), ("delete", "/responses/resp_1"), ("post", "/responses/"),
    ("get", "/responses"), ("post", "/conversations")])
def test_other_routes_are_closed(at_mock, upstream, method, path):
    with pytest.raises(openai.NotFoundError) as caught:
        getattr(sdk(at_mock), method)(path, cast_to=object, **({"body": {"model": "m"}} if method == "post" else {}))
    assert caught.value.code == "unknown_route" and upstream.requests == [] and len(at_mock.events()) == 1


@pytest.mark.parametrize("body, param", [
    ({"previous_response_id": "resp_0"}, "previous_response_id"), ({"conversation": "conv_1"}, "conversation"),
    ({"conversation": {"id": "conv_1"}}, "conversation"), ({"background": True}, "background"),
    ({"prompt": {"id": "pmpt_1", "variables": {"a": "b"}}}, "prompt"),
    ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input"), ({"input": [{"id": "msg_1"}]}, "input")])
def test_text_that_the_gateway_never_sees(at_mock, upstream, at_reporting, body, param):
    """Refused with the parameter's name; or passed and recorded, where the policy opens it."""
    body = {"model": "standin", "input": "hello", **body}
    with pytest.raises(openai.BadRequestError) as caught:
        sdk(at_mock).post("/responses", body=body, cast_to=object)
    assert caught.value.param == param and caught.value.code == "invalid_request" and upstream.requests == []
    answer(upstream, False, "yes")
    assert sdk(at_reporting).post("/responses", body=body, cast_to=dict)["output"][0]["content"][0]["text"] == "yes"
    assert [u["reason"] for u in at_reporting.events()[0]["coverage"]["unguarded"]] == ["route_open"]


def test_what_is_null_or_off_is_not_unseen(at_mock, upstream):
    answer(upstream, False, "yes")
    body = {"model": "standin", "input": "hello", "previous_response_id": None, "conversation": None, "background": False, "prompt": None}
    assert sdk(at_mock).post("/responses", body=body, cast_to=dict)["status"] == "completed"


@pytest.mark.parametrize("body, param", [
    ({"input": "x"}, "model"), ({"model": "m"}, "input"), ({"model": "m", "input": []}, "input"), ({"model": "m", "input": 7}, "input"),
    ({"model": "m", "input": ["x"]}, "input[0]"), ({"model": "m", "input": [{"role": "tool", "content": "x"}]}, "input[0].role"),
    ({"model": "m", "input": [{"role": "user", "content": 7}]}, "input[0].content"),
    ({"model": "m", "input": [{"role": "user", "content": ["x"]}]}, "input[0].content[0]"),
    ({"model": "m", "input": "x", "stream": "yes"}, "stream"), ({"model": "m", "input": "x", "instructions": ["x"]}, "instructions")])
def test_bad_bodies_say_what_is_wrong(at_mock, upstream, body, param):
    with pytest.raises(openai.BadRequestError) as caught:
        sdk(at_mock).post("/responses", body=body, cast_to=object)
    assert caught.value.param == param and upstream.requests == []
