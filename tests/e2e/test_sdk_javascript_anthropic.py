"""Anthropic's official JavaScript SDK against the gateway, under node: each test is a small module that asks and prints what it got.

The SDK is left as a user has it, with its two retries; calls are counted at the model. keeps: P3a.4, P3a.5"""
import json

import pytest

import gateway
import mock
from gateway import NO_NODE

WHO = "cust-Zoë \"Q\" \\ O'Brien\t\u4e2d;"
INPUT, OUTPUT = "Sorry, I cannot help with that request.", "Sorry, I cannot show that answer."

pytestmark = pytest.mark.skipif(bool(NO_NODE), reason=NO_NODE)

# What each module begins with. `caught` tells of an exception what programs look at.
HEAD = """
import Anthropic from "@anthropic-ai/sdk";
const given = JSON.parse(process.argv.at(-1));
const client = new Anthropic({ baseURL: given.url, apiKey: "of-the-client" });
const asked = (text, more = {}) => ({ model: "claude-standin", max_tokens: 100, messages: [{ role: "user", content: text }], ...more });
const ask = (text, more) => client.messages.create(asked(text, more));
const final = (text, more) => client.messages.stream(asked(text, more)).finalMessage();
const heard = async (stream) => {
  const got = { text: "", input: "", types: [], stop: null, details: null };
  for await (const e of stream) {
    got.types.push(e.type);
    if (e.type === "content_block_delta") { got.text += e.delta.text ?? ""; got.input += e.delta.partial_json ?? ""; }
    if (e.type === "message_delta") { got.stop = e.delta.stop_reason; got.details = e.delta.stop_details ?? null; }
  }
  return got;
};
const caught = async (promise) => {
  try { await promise; } catch (e) {
    return { name: e.constructor.name, status: e.status, type: e.error?.error?.type, code: e.error?.error?.code,
             retry: e.headers?.get("x-should-retry") };
  }
  return null;
};
const tool = { name: "send", description: "sends", input_schema: { type: "object", properties: { to: { type: "string" } } } };
"""


def node(at, module, **given):
    return gateway.node(HEAD, module, url=at.url.removesuffix("/v1"), **given)


def whole(*blocks, **more):
    parts = [{"type": "tool_use", "id": "toolu_1", "name": b[0], "input": b[1]} if isinstance(b, tuple) else b for b in blocks]
    return mock.answer_json(mock.message(*parts, **more))


def streamed(*blocks, cut=None, **more):
    parts = [mock.tool_block(*b) if isinstance(b, tuple) else [b[i:i + 3] for i in range(0, len(b), 3)] for b in blocks]
    return mock.stream(mock.message_events(*parts, **more), cut=cut)


def by_stream(*blocks, **more):
    """Answers each request in the form that it asks for."""
    async def script(up, request, reader, writer):
        form = streamed if request.json().get("stream") else whole
        return await form(*blocks, **more)(up, request, reader, writer)
    return script


# ---- what passes -----------------------------------------------------------------------------------------------------------
def test_plain_answer_and_its_id(at_mock, upstream):
    upstream.script = whole("Twelve red kettles.")
    got = node(at_mock, """
        const { data, response } = await ask("What is in stock?").withResponse();
        say({ message: data, id: response.headers.get("x-bawn-id") });""")
    assert (got["message"]["content"][0]["text"], got["message"]["stop_reason"]) == ("Twelve red kettles.", "end_turn")
    assert [e["id"] for e in at_mock.events()] == [got["id"]] and len(upstream.requests) == 1
    headers = upstream.requests[0].headers
    assert headers["x-api-key"] == "sk-upstream" and "of-the-client" not in json.dumps(headers) and headers["anthropic-version"]


def test_streams(at_mock, upstream):
    upstream.script = streamed("Twelve red kettles.")
    got = node(at_mock, """
        const texts = [];
        const stream = client.messages.stream(asked("hello")).on("text", (t) => texts.push(t));
        const message = await stream.finalMessage();
        say({ raw: await heard(await ask("hello", { stream: true })), texts, message });""")
    assert got["raw"]["text"] == "".join(got["texts"]) == got["message"]["content"][0]["text"] == "Twelve red kettles."
    assert got["raw"]["types"][0] == "message_start" and got["raw"]["types"][-1] == "message_stop"
    assert got["message"]["usage"]["output_tokens"] == 7 and len(at_mock.events()) == 2


def test_tool_calls(at_mock, upstream):
    upstream.script = by_stream("I will.", ("send", {"to": "the depot", "n": 2}), stop="tool_use")
    got = node(at_mock, """
        const message = await ask("send", { tools: [tool] });
        const raw = await heard(await ask("send", { tools: [tool], stream: true }));
        say({ stop: message.stop_reason, all: [message.content[1].input, JSON.parse(raw.input), (await final("send", { tools: [tool] })).content[1].input] });""")
    assert got == {"stop": "tool_use", "all": [{"to": "the depot", "n": 2}] * 3} and len(upstream.requests) == 3


RUNNER = """
    const told = [];
    const runner = client.beta.messages.toolRunner({ ...asked("Write to ann@shop.example"),
      tools: [{ ...tool, run: (input) => { told.push(input.to); return `written to ${input.to}`; }, parse: (input) => input }] });
"""


def by_turns(first, then):
    """Two turns of a conversation: the second brings what the tool has said."""
    async def script(up, request, reader, writer):
        told = [p["content"] for p in request.json()["messages"][-1]["content"] if isinstance(p, dict) and p["type"] == "tool_result"]
        return await (whole(then.format(*told)) if told else whole(first, stop="tool_use"))(up, request, reader, writer)
    return script


def test_tool_runner_goes_the_whole_round(at_reporting, upstream):
    """It lets the provider hold the conversation, which a policy has to allow: `unseen_history: report`."""
    upstream.script = by_turns(("send", {"to": "<EMAIL_1>"}), "Sent: {}")
    got = node(at_reporting, RUNNER + "say({ final: (await runner).content[0].text, told });")
    assert got == {"final": "Sent: written to ann@shop.example", "told": ["ann@shop.example"]}
    assert len(upstream.requests) == 2 and b"ann@" not in b"".join(r.body for r in upstream.requests)
    assert [[u["reason"] for u in e["coverage"]["unguarded"]] for e in at_reporting.events()] == [[], ["route_open"]]


def test_conversation_that_the_provider_holds_is_refused(at_mock, upstream):
    upstream.script = by_turns(("send", {"to": "<EMAIL_1>"}), "Sent: {}")
    got = node(at_mock, RUNNER + "say({ error: await caught(runner.runUntilDone()), told });")
    assert (got["error"]["name"], got["error"]["code"], got["told"]) == ("BadRequestError", "invalid_request", ["ann@shop.example"])
    assert len(upstream.requests) == 1 and at_mock.events()[1]["verdict"]["action"] == "refuse"


def test_the_other_operations(at_mock, upstream):
    upstream.script = mock.answer_json({"input_tokens": 14})
    got = node(at_mock, """
        const count = async (text) => client.messages.countTokens({ model: "claude-standin", messages: [{ role: "user", content: text }] });
        say({ tokens: (await count("hello")).input_tokens, blocked: await caught(count("blockme")) });""")
    assert got["tokens"] == 14 and (got["blocked"]["name"], got["blocked"]["code"]) == ("BadRequestError", "content_filter")
    assert len(upstream.requests) == 1


# ---- blocks: no exception, no retry ---------------------------------------------------------------------------------------------
def test_blocked_request(at_mock, upstream):
    got = node(at_mock, """
        say({ whole: await ask("blockme"), streamed: await heard(await ask("blockme", { stream: true })), helped: await final("blockme") });""")
    for message in (got["whole"], got["helped"]):
        assert (message["stop_reason"], message["content"][0]["text"], message["stop_details"]["explanation"]) == ("refusal", INPUT, INPUT)
    assert (got["streamed"]["stop"], got["streamed"]["text"], got["streamed"]["details"]["explanation"]) == ("refusal", INPUT, INPUT)
    assert got["streamed"]["types"][-1] == "message_stop" and upstream.requests == [] and len(at_mock.events()) == 3


def test_blocked_answer(at_mock, upstream):
    upstream.script = whole("well, blockme")
    got = node(at_mock, 'say(await ask("hello"));')
    assert (got["stop_reason"], got["content"][0]["text"]) == ("refusal", OUTPUT) and len(upstream.requests) == 1


@pytest.mark.parametrize("cut", [1, None])
def test_blocked_answer_half_way(at_mock, upstream, cut):
    upstream.script = streamed("Here it comes. It is blockme and more.", cut=cut)
    got = node(at_mock, 'say(await heard(await ask("hello", { stream: true })));')
    assert (got["text"], got["stop"], got["details"]["explanation"]) == ("Here it comes. It is ", "refusal", OUTPUT)
    assert got["types"][-1] == "message_stop" and len(upstream.requests) == 1 and len(at_mock.events()) == 1


def test_blocked_tool_arguments(at_mock, upstream):
    upstream.script = by_stream("Sending.", ("send", {"to": "someone", "note": "blockme"}), stop="tool_use")
    got = node(at_mock, 'say([await ask("send", { tools: [tool] }), await final("send", { tools: [tool] })]);')
    assert [m["stop_reason"] for m in got] == ["refusal"] * 2 and "blockme" not in json.dumps(got) and len(upstream.requests) == 2


def test_on_block_error_is_a_bad_request(at_errors, upstream):
    got = node(at_errors, 'say([await caught(ask("blockme")), await caught(ask("blockme", { stream: true })), await caught(final("blockme"))]);')
    for error in got:
        assert (error["name"], error["status"], error["type"], error["code"]) == ("BadRequestError", 400, "invalid_request_error", "content_filter")
    assert upstream.requests == [] and len(at_errors.events()) == 3


# ---- failures ---------------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def gateway_whose_guard_fails(upstream_process, tmp_path_factory):
    folder = tmp_path_factory.mktemp("failing")
    at = gateway.Gateway(folder, upstream_process.port, more=f"scorer: {{socket: {folder}/none}}\n").start()
    yield at
    at.stop()


def test_failed_guard_is_not_retried(gateway_whose_guard_fails, upstream):
    got = node(gateway_whose_guard_fails, 'say([await caught(ask("hello")), await caught(final("hello"))]);')
    assert got == [{"name": "ServiceUnavailableError", "status": 503, "type": "api_error", "code": "guard_failed", "retry": "false"}] * 2
    assert upstream.requests == [] and len(gateway_whose_guard_fails.events()) == 2


def test_dead_upstream_is_retried(at_mock, upstream):
    """The counter-proof: the same counting sees retries where there are some."""
    upstream.script = mock.raw(b"")
    got = node(at_mock, 'say(await caught(ask("hello")));')
    assert (got["status"], got["code"]) == (502, "upstream_unreachable") and len(upstream.requests) == 3 and len(at_mock.events()) == 3


def test_upstream_that_dies_in_mid_stream_throws(at_mock, upstream):
    upstream.script = streamed("a few words.", end=False)
    got = node(at_mock, 'say([await caught(ask("hello", { stream: true }).then(heard)), await caught(final("hello"))]);')
    assert [e["code"] for e in got] == ["upstream_invalid"] * 2 and len(upstream.requests) == 2


def test_routes_that_are_closed(at_mock, upstream):
    got = node(at_mock, 'say([await caught(client.messages.batches.list()), await caught(client.beta.files.list())]);')
    assert [(e["name"], e["code"]) for e in got] == [("NotFoundError", "unknown_route")] * 2
    assert upstream.requests == [] and len(at_mock.events()) == 2


# ---- placeholders -----------------------------------------------------------------------------------------------------------------
def test_placeholders_hold_through_a_conversation(at_mock, upstream):
    upstream.script = by_stream("Dear <CUSTOMER_1>", ("send", {"to": "<CUSTOMER_1>", "mail": "<EMAIL_1>"}), stop="tool_use")
    got = node(at_mock, """
        const messages = [{ role: "user", content: `I am ${given.who} ann@shop.example` }], said = [];
        for (let turn = 0; turn < 4; turn++) {
          const message = turn % 2 ? await final("", { messages, tools: [tool] }) : await ask("", { messages, tools: [tool] });
          said.push([message.content[0].text, message.content[1].input]);
          messages.push({ role: "assistant", content: message.content },
                        { role: "user", content: [{ type: "tool_result", tool_use_id: message.content[1].id, content: `sent to ${given.who}` }] });
        }
        say(said);""", who=WHO)
    assert got == [[f"Dear {WHO}", {"to": WHO, "mail": "ann@shop.example"}]] * 4
    assert len(upstream.requests) == 4
    for sent in (r.body.decode() for r in upstream.requests):
        assert "Zo" not in sent and "ann@" not in sent and "<CUSTOMER_1>" in sent and "<EMAIL_1>" in sent


def test_answers_are_masked(at_mock, upstream):
    upstream.script = by_stream("Write to eve@else.example about it.")
    got = node(at_mock, 'say([(await ask("who?")).content[0].text, (await heard(await ask("who?", { stream: true }))).text]);')
    assert got == ["Write to <EMAIL> about it."] * 2
