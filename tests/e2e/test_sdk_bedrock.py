"""boto3's bedrock-runtime against the gateway: what it returns, what it raises, that a block is never retried, and that what goes
on to AWS is signed as botocore signs it.

The SDK is left as a user has it, with its retries; calls are counted at the model. keeps: P3a.1, P3a.2, P3a.4, P3a.5, R36, R39"""
import http.client
import io
import json
import urllib.parse

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import pytest

import gateway
import mock

WHO = "cust-Zoë \"Q\" \\ O'Brien\t\u4e2d;"           # all that JSON escapes, and what it need not
MODEL = "eu.anthropic.claude-standin-v1:0"
ARN = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-standin-v1:0"
TOOLS = {"tools": [{"toolSpec": {"name": "send", "description": "sends", "inputSchema": {"json": {"type": "object"}}}}]}


def sdk(at):
    return boto3.client("bedrock-runtime", endpoint_url=at.url.removesuffix("/v1"), region_name="eu-west-1",
                        aws_access_key_id="of-the-client", aws_secret_access_key="of-the-client")


def user(text):
    return {"role": "user", "content": text if isinstance(text, list) else [{"text": text}]}


def collect(events):
    """An answer out of a stream's events, in the form of a whole one."""
    blocks, got = {}, {}
    for event in events:
        if "contentBlockStart" in event:
            blocks[event["contentBlockStart"]["contentBlockIndex"]] = {"toolUse": {**event["contentBlockStart"]["start"]["toolUse"],
                                                                                   "input": ""}}
        elif "contentBlockDelta" in event:
            delta, at = event["contentBlockDelta"]["delta"], event["contentBlockDelta"]["contentBlockIndex"]
            if "toolUse" in delta:
                blocks[at]["toolUse"]["input"] += delta["toolUse"]["input"]
            elif "text" in delta:
                blocks.setdefault(at, {"text": ""})["text"] += delta["text"]
            else:
                thought = blocks.setdefault(at, {"reasoningContent": {}})["reasoningContent"]
                for key, value in delta["reasoningContent"].items():
                    thought[key] = thought.get(key, "") + value
        elif "messageStop" in event:
            got["stopReason"] = event["messageStop"]["stopReason"]
        elif "metadata" in event:
            got["usage"] = event["metadata"]["usage"]
    for block in blocks.values():
        if "toolUse" in block and got.get("stopReason") == "tool_use":
            block["toolUse"]["input"] = json.loads(block["toolUse"]["input"])
    return {"output": {"message": {"role": "assistant", "content": [blocks[k] for k in sorted(blocks)]}}, **got}


def ask(at, stream, *messages, model=MODEL, **more):
    messages = [user(m) if isinstance(m, (str, list)) else m for m in messages]
    if stream:
        return collect(sdk(at).converse_stream(modelId=model, messages=messages, **more)["stream"])
    return sdk(at).converse(modelId=model, messages=messages, **more)


def content(answer):
    return answer["output"]["message"]["content"]


def text_of(answer):
    return "".join(b.get("text", "") for b in content(answer))


def pieces(text, n=3):
    return [text[i:i + n] for i in range(0, len(text), n)]


def answer(upstream, stream, *blocks, stop="end_turn", cut=None):
    """Both forms of one answer: blocks are strings, or (tool name, input)."""
    if stream:
        parts = [({"toolUseId": "t1", "name": b[0]}, pieces(json.dumps(b[1]), 5)) if isinstance(b, tuple) else pieces(b) for b in blocks]
        upstream.script = mock.stream(mock.converse_events(*parts, stop=stop), cut=cut, content_type="application/vnd.amazon.eventstream")
    else:
        parts = [{"toolUse": {"toolUseId": "t1", "name": b[0], "input": b[1]}} if isinstance(b, tuple) else b for b in blocks]
        upstream.script = mock.answer_json(mock.converse(*parts, stop=stop))


both = pytest.mark.parametrize("stream", [False, True])


# ---- what passes ---------------------------------------------------------------------------------------------------------
@both
@pytest.mark.parametrize("model", [MODEL, ARN])
def test_answer(at_mock, upstream, stream, model):
    answer(upstream, stream, "Twelve red kettles are in stock.")
    got = ask(at_mock, stream, "What is in stock?", model=model)
    assert text_of(got) == "Twelve red kettles are in stock." and got["stopReason"] == "end_turn"
    assert got["usage"]["outputTokens"] == (7 if stream else 2) and len(upstream.requests) == 1
    event = at_mock.events()[0]
    assert (event["route"]["dialect"], event["route"]["operation"], event["route"]["upstream"]) == ("bedrock", "converse", "aws")
    assert event["gen_ai"]["request.model"] == model and event["gen_ai"]["provider.name"] == "aws.bedrock"
    assert event["gen_ai"]["response.finish_reasons"] == ["end_turn"] and event["end"] == "complete"
    assert event["coverage"]["output"]["guarded"] == event["coverage"]["output"]["total"] >= 32


@both
@pytest.mark.parametrize("text", ["hello", "mail ann@shop.example about it"])
@pytest.mark.parametrize("model", [MODEL, ARN])
def test_what_goes_on_is_signed(at_mock, upstream, stream, text, model):
    """With the gateway's credentials, over the body as it was rewritten; as botocore signs the same request."""
    answer(upstream, stream, "yes")
    ask(at_mock, stream, text, model=model)
    sent = upstream.requests[-1]
    assert "of-the-client" not in json.dumps(sent.headers) and "ann@" not in sent.body.decode()
    signed = dict(p.split("=", 1) for p in sent.headers["authorization"].removeprefix("AWS4-HMAC-SHA256 ").split(", "))
    assert signed["SignedHeaders"] == "content-type;host;x-amz-date"
    request = botocore.awsrequest.AWSRequest("POST", f"http://{sent.headers['host']}{sent.target}", data=sent.body,
                                             headers={"content-type": sent.headers["content-type"]})
    signer = botocore.auth.SigV4Auth(botocore.credentials.Credentials(gateway.AWS["AWS_ACCESS_KEY_ID"],
                                                                      gateway.AWS["AWS_SECRET_ACCESS_KEY"]), "bedrock", "eu-west-1")
    request.context["timestamp"] = sent.headers["x-amz-date"]
    request.headers["X-Amz-Date"] = sent.headers["x-amz-date"]
    want = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert signed["Signature"] == want
    assert sent.target == f"/model/{urllib.parse.quote(model, safe='')}/converse{'-stream' if stream else ''}"


@both
def test_tool_call(at_mock, upstream, stream):
    answer(upstream, stream, "I will send it.", ("send", {"to": "the depot", "n": 2}), stop="tool_use")
    got = ask(at_mock, stream, "Send it to the depot", toolConfig=TOOLS)
    assert content(got)[1]["toolUse"]["input"] == {"to": "the depot", "n": 2} and got["stopReason"] == "tool_use"
    assert at_mock.events()[0]["tools"][0]["name"] == "send"


@both
def test_reasoning_passes_with_its_signature(at_mock, upstream, stream):
    if stream:
        frames = [mock.frame("messageStart", {"role": "assistant"})]
        frames += [mock.frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": d}}) for d in (
            {"text": "They want"}, {"text": " a kettle."}, {"signature": "c2ln"})]
        frames += [mock.frame("contentBlockStop", {"contentBlockIndex": 0}), mock.frame("messageStop", {"stopReason": "end_turn"})]
        upstream.script = mock.stream(b"".join(frames), content_type="application/vnd.amazon.eventstream")
        assert content(ask(at_mock, True, "?")) == [{"reasoningContent": {"text": "They want a kettle.", "signature": "c2ln"}}]
    else:
        block = {"reasoningContent": {"reasoningText": {"text": "They want a kettle.", "signature": "c2ln"}}}
        upstream.script = mock.answer_json(mock.converse(block, "Yes."))
        assert content(ask(at_mock, False, "?")) == [block, {"text": "Yes."}]


def test_count_tokens(at_mock, upstream):
    upstream.script = mock.answer_json({"inputTokens": 14})
    assert sdk(at_mock).count_tokens(modelId=MODEL, input={"converse": {"messages": [user("hello")]}})["inputTokens"] == 14
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        sdk(at_mock).count_tokens(modelId=MODEL, input={"converse": {"messages": [user("please blockme now")]}})
    assert caught.value.response["Error"]["Code"] == "ValidationException" and len(upstream.requests) == 1


# ---- blocks -----------------------------------------------------------------------------------------------------------
@both
def test_blocked_request_is_an_intervention(at_mock, upstream, stream):
    got = ask(at_mock, stream, "please blockme now")
    assert got["stopReason"] == "guardrail_intervened" and "can" in text_of(got) and got["usage"]["totalTokens"] == 0
    assert upstream.requests == [] and [e["verdict"]["action"] for e in at_mock.events()] == ["block"]


@both
def test_blocked_answer_is_an_intervention(at_mock, upstream, stream):
    answer(upstream, stream, "The kettles are red. They say blockme and more of it, much more.")
    got = ask(at_mock, stream, "hello")
    assert got["stopReason"] == "guardrail_intervened" and "blockme" not in text_of(got) and len(upstream.requests) == 1
    assert not stream or text_of(got).rstrip() == "The kettles are red. They say"


@both
def test_blocked_tool_input(at_mock, upstream, stream):
    answer(upstream, stream, "Sending.", ("send", {"to": "someone", "note": "blockme"}), stop="tool_use")
    got = ask(at_mock, stream, "send", toolConfig=TOOLS)
    assert got["stopReason"] == "guardrail_intervened" and "blockme" not in json.dumps(got, default=str)


@pytest.mark.parametrize("block", [
    {"toolResult": {"toolUseId": "t", "content": [{"text": "please blockme now"}]}},
    {"toolResult": {"toolUseId": "t", "content": [{"json": {"a": ["please blockme now"]}}]}},
    {"document": {"format": "txt", "name": "d", "source": {"text": "please blockme now"}}},
    {"searchResult": {"source": "s", "title": "please blockme now", "content": [{"text": "x"}], "citations": {"enabled": False}}},
    {"guardContent": {"text": {"text": "please blockme now"}}}], ids=lambda b: next(iter(b)))
def test_blocks_wherever_text_stands(at_mock, upstream, block):
    assert ask(at_mock, False, [block])["stopReason"] == "guardrail_intervened" and upstream.requests == []


def test_error_form(at_errors, upstream):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        ask(at_errors, False, "please blockme now")
    assert caught.value.response["Error"]["Code"] == "ValidationException" and upstream.requests == []
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-errortype"] == "ValidationException"


def test_guardrail_that_a_request_names(at_mock, upstream):
    upstream.script = mock.answer_json(mock.converse({"text": "Yes."}))
    client, named = sdk(at_mock), {"guardrailIdentifier": "test", "guardrailVersion": "DRAFT"}
    asked = client.converse(modelId=MODEL, messages=[user("hello")], guardrailConfig=named)
    assert asked["output"]["message"]["content"] == [{"text": "Yes."}]
    assert "guardrailConfig" not in upstream.requests[-1].json()                        # AWS knows nothing of ours
    client.converse(modelId=MODEL, messages=[user("hello")], guardrailConfig={"guardrailIdentifier": "gr0aws", "guardrailVersion": "1"})
    assert upstream.requests[-1].json()["guardrailConfig"]["guardrailIdentifier"] == "gr0aws"
    with pytest.raises(botocore.exceptions.ClientError, match="no trace"):
        client.converse(modelId=MODEL, messages=[user("hello")], guardrailConfig=named | {"trace": "enabled"})


# ---- masks and tokens ---------------------------------------------------------------------------------------------------
@both
def test_answer_is_masked(at_mock, upstream, stream):
    answer(upstream, stream, "Write to eve@else.example about it.", cut=7)
    assert text_of(ask(at_mock, stream, "who?")) == "Write to <EMAIL> about it."


@both
def test_tokens_come_back_in_text_and_in_tool_input(at_mock, upstream, stream):
    answer(upstream, stream, "Dear <CUSTOMER_1>", ("send", {"to": "<CUSTOMER_1>", "mail": "<EMAIL_1>"}), stop="tool_use")
    turns = [user(f"I am {WHO} ann@shop.example")]
    for _ in range(3):
        got = ask(at_mock, stream, *turns, toolConfig=TOOLS)
        sent = upstream.requests[-1].body.decode()
        assert "Zo" not in sent and "ann@" not in sent and "<CUSTOMER_1>" in sent and "<EMAIL_1>" in sent
        assert text_of(got) == f"Dear {WHO}" and content(got)[1]["toolUse"]["input"] == {"to": WHO, "mail": "ann@shop.example"}
        turns += [got["output"]["message"], user([{"toolResult": {"toolUseId": "t1", "content": [{"text": f"sent to {WHO}"}]}}])]


def test_padding_goes_with_what_was_masked(at_mock, upstream):
    """Its length tells that of the text. keeps: T35"""
    answer(upstream, True, "Write to eve@else.example about it.")
    wire = sdk(at_mock).converse_stream(modelId=MODEL, messages=[user("who?")])["stream"]._raw_stream.data
    assert b"else" not in wire and wire.count(b'"p": "abcdef"') < 12 and b'"p": null' in wire


# ---- streams that go wrong -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("wrong", ["cut", "half a frame", "bad checksum", "delta of another block", "text after the end"])
def test_broken_streams_raise(at_mock, upstream, wrong):
    good = mock.converse_events(["one", " two"])
    late = mock.frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "late"}})
    other = mock.frame("contentBlockDelta", {"contentBlockIndex": 4, "delta": {"text": "x"}})
    begun = mock.converse_events(["one"], end=False)
    wire = {"cut": begun, "half a frame": good[:-9], "bad checksum": begun[:-1] + bytes([begun[-1] ^ 1]) + late,
            "delta of another block": begun[:begun.rindex(b"contentBlockStop")] and mock.frame("messageStart", {"role": "assistant"}) +
            mock.frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "x"}}) + other,
            "text after the end": begun + mock.frame("messageStop", {"stopReason": "end_turn"}) + late}[wrong]
    upstream.script = mock.stream(wire, content_type="application/vnd.amazon.eventstream")
    with pytest.raises(botocore.exceptions.EventStreamError) as caught:
        ask(at_mock, True, "hello")
    assert caught.value.response["Error"]["Code"] == "modelStreamErrorException" and len(upstream.requests) == 1


def test_exception_of_the_upstream_passes(at_mock, upstream):
    wire = mock.converse_events(["half"], end=False) + mock.frame("throttlingException", {"message": "slow down"}, "exception")
    upstream.script = mock.stream(wire, content_type="application/vnd.amazon.eventstream")
    with pytest.raises(botocore.exceptions.EventStreamError) as caught:
        ask(at_mock, True, "hello")
    assert caught.value.response["Error"] == {"Code": "throttlingException", "Message": "slow down"}


def test_same_for_every_cutting(at_mock, upstream):
    """keeps: P3a.1"""
    got = set()
    for cut in (None, 1, 3, 50):
        answer(upstream, True, "Mail eve@else.example then", ("send", {"to": "eve@else.example"}), "end.", cut=cut, stop="tool_use")
        got.add(json.dumps(ask(at_mock, True, "hello")))
    assert len(got) == 1 and "else" not in got.pop()


# ---- invoke: models' own bodies ----------------------------------------------------------------------------------------
CLAUDE = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9}


def invoke(at, body, stream=False, **more):
    if not stream:
        return json.load(io.BytesIO(sdk(at).invoke_model(modelId=MODEL, body=json.dumps(body), **more)["body"].read()))
    got = sdk(at).invoke_model_with_response_stream(modelId=MODEL, body=json.dumps(body), **more)["body"]
    return [json.loads(e["chunk"]["bytes"]) for e in got]


def claude_events(*blocks, **more):
    wire = mock.message_events(*blocks, **more).decode()
    return [json.loads(line[6:]) for line in wire.split("\n") if line.startswith("data: ")]


def test_invoke_of_claude(at_mock, upstream):
    upstream.script = mock.answer_json(mock.message("Write to eve@else.example."))
    got = invoke(at_mock, {**CLAUDE, "messages": [{"role": "user", "content": "I am ann@shop.example"}]})
    assert got["content"] == [{"type": "text", "text": "Write to <EMAIL>."}] and "ann@" not in upstream.requests[-1].body.decode()
    assert "content-type" not in upstream.requests[-1].headers and upstream.requests[-1].headers["authorization"]
    got = invoke(at_mock, {**CLAUDE, "messages": [{"role": "user", "content": "please blockme now"}]})
    assert got["stop_reason"] == "refusal" and len(upstream.requests) == 1
    assert [e["route"]["operation"] for e in at_mock.events()] == ["invoke", "invoke"]


def test_invoke_stream_of_claude(at_mock, upstream):
    events = claude_events(pieces("Write to eve@else.example. Then "), mock.tool_block("send", {"to": "eve@else.example"}))
    for cut in (None, 1, 40):
        upstream.script = mock.stream(mock.chunks(*events), cut=cut, content_type="application/vnd.amazon.eventstream")
        got = invoke(at_mock, {**CLAUDE, "messages": [{"role": "user", "content": "hello"}]}, stream=True)
        assert [e["type"] for e in got] == [e["type"] for e in events]
        assert "".join(e["delta"].get("text", "") for e in got if "delta" in e) == "Write to <EMAIL>. Then "
        assert json.loads("".join(e["delta"].get("partial_json", "") for e in got if "delta" in e)) == {"to": "<EMAIL>"}


def test_blocked_invoke_stream_of_claude(at_mock, upstream):
    upstream.script = mock.stream(mock.chunks(*claude_events(pieces("They say blockme and more, much more of it."))),
                                  content_type="application/vnd.amazon.eventstream")
    got = invoke(at_mock, {**CLAUDE, "messages": [{"role": "user", "content": "hello"}]}, stream=True)
    assert [e["type"] for e in got[-3:]] == ["content_block_stop", "message_delta", "message_stop"]
    assert got[-2]["delta"]["stop_reason"] == "refusal" and "blockme" not in json.dumps(got)


def test_invoke_of_other_models(at_mock, upstream):
    """Their bodies' form is not known: every string is judged, and a block is an error."""
    upstream.script = mock.answer_json({"results": [{"outputText": "Write to eve@else.example.", "tokenCount": 4}]})
    got = invoke(at_mock, {"inputText": "I am ann@shop.example", "textGenerationConfig": {"maxTokenCount": 9}})
    assert got["results"] == [{"outputText": "Write to <EMAIL>.", "tokenCount": 4}] and "ann@" not in upstream.requests[-1].body.decode()
    for stream in (False, True):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            invoke(at_mock, {"inputText": "please blockme now"}, stream)
        assert caught.value.response["Error"]["Code"] == "ValidationException" and len(upstream.requests) == 1


def test_invoke_stream_of_other_models(at_mock, upstream):
    for cut in (None, 1, 64):
        upstream.script = mock.stream(mock.chunks(*({"generation": t, "stop_reason": None} for t in pieces("Write to eve@else.example. Then"))),
                                      cut=cut, content_type="application/vnd.amazon.eventstream")
        got = invoke(at_mock, {"prompt": "hello"}, stream=True)
        assert "".join(e["generation"] for e in got) == "Write to <EMAIL>. Then"
    upstream.script = mock.stream(mock.chunks(*({"generation": t} for t in pieces("They say blockme and more, much more of it."))),
                                  content_type="application/vnd.amazon.eventstream")
    with pytest.raises(botocore.exceptions.EventStreamError):
        invoke(at_mock, {"prompt": "hello"}, stream=True)


# ---- routes -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/model/a%2f..%2fb/converse", "/model/../converse", "/model/m/converse/",
                                  "/model/m/async-invoke", "/model/m/invoke-with-bidirectional-stream", "/model//converse",
                                  "/model/m%20/converse", "/model/m/converse?x=1"])
def test_other_routes_are_closed(at_mock, upstream, path):
    connection = http.client.HTTPConnection("127.0.0.1", at_mock.port)
    connection.request("POST", path, body="{}", headers={"content-type": "application/json"})
    got = connection.getresponse()
    body = json.load(got)
    assert (got.status, body["__type"], body["reason"]) == (404, "ResourceNotFoundException", "unknown_route")
    connection.close()


def test_body_that_is_no_conversation(at_mock, upstream):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        sdk(at_mock).converse(modelId=MODEL, messages=[{"role": "tool", "content": [{"text": "x"}]}])
    assert "messages.0.role" in caught.value.response["Error"]["Message"] and upstream.requests == []
