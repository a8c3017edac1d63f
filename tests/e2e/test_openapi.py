"""docs/openapi.yaml says what is: its routes are those of the sources, each status in it is provoked at a running gateway, and what
comes back, good, refused and broken, is held to its schemas. keeps: P3a.2"""
import base64
import copy
import json
import re

import pytest
import yaml

import gateway
import mock
import server
from client import Client, request

jsonschema = pytest.importorskip("jsonschema", reason="found no jsonschema; packaging/environment installs it")
spec = pytest.importorskip("openapi_spec_validator", reason="found no openapi-spec-validator; packaging/environment installs it")
import referencing
import referencing.jsonschema

TEXT = (server.ROOT / "docs/openapi.yaml").read_text()
DOC = yaml.safe_load(TEXT)
SOURCES = server.ROOT / "src"
REGISTRY = referencing.Registry().with_resource("urn:bawn", referencing.Resource(DOC, referencing.jsonschema.DRAFT202012))
OPERATIONS = [(path, method) for path, item in DOC["paths"].items() for method in item if method in ("get", "post")]
POLICY = re.search(r"```yaml\n(.*?)```", DOC["info"]["description"], re.S)[1]
# What any HTTP answer may carry; other headers of ours stand in the document.
EVERYBODYS = {"date", "server", "content-type", "content-length", "transfer-encoding", "connection"}


def resolved(node):
    while "$ref" in node:
        target = DOC
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def errors(schema, value):
    """What is wrong with the value, by a schema of the document (its references are the document's)."""
    schema = json.loads(json.dumps(schema).replace('"#/', '"urn:bawn#/'))
    return [f"{e.json_path}: {e.message}" for e in jsonschema.Draft202012Validator(schema, registry=REGISTRY).iter_errors(value)]


def operation_of(path, method):
    return DOC["paths"][path][method]


def body_schema(path):
    return resolved(operation_of(path, "post")["requestBody"])["content"]["application/json"]["schema"]


def passes_on(operation):
    return "passed on" in operation["tags"]


# ---- the document itself ------------------------------------------------------------------------------------------------------
def test_it_is_openapi_3_1():
    spec.OpenAPIV31SpecValidator(DOC).validate()
    assert DOC["openapi"].startswith("3.1.") and "<<:" not in TEXT             # merge keys are YAML 1.1, which many readers do not know
    assert DOC["info"]["version"] == re.search(r'BAWN_VERSION "(.*)"', (server.ROOT / "include/bawn/bawn.h").read_text())[1]
    broken = copy.deepcopy(DOC)
    del broken["paths"]["/analyze"]["post"]["responses"]
    broken["paths"]["/analyze"]["post"]["responses"] = {"200": {}}
    assert not spec.OpenAPIV31SpecValidator(broken).is_valid()                   # the validator is one


def routes_of_the_sources():
    """{(path, method): operation}: the tables of src/dialect, and the locations that `bawn serve` writes."""
    room = {f.name: f.read_text() for f in (SOURCES / "dialect").glob("*.c")}
    out = {}
    for name in ("openai_route.c", "anthropic.c"):
        for method, path, op in re.findall(r'\{ "(GET|POST)", "(/[^"]+)", "\w+", (BAWN_OP_\w+) \}', room[name]):
            out.setdefault((path, method.lower()), set()).add(op)
    for name, text in room.items():
        if name.startswith("checks"):
            for path, op in re.findall(r'\{ "(/[^"]+)", (BAWN_OP_\w+) \}', text):
                out[path, "post"] = {op}
    for tail, op in re.findall(r'\{ "(/[^"]+)", "\w+", (BAWN_OP_\w+) \}', room["bedrock.c"]):
        out["/model/{modelId}" + tail, "post"] = {op}
    head, middle, tail = re.findall(r'BAWN_LIT\("(/[^"]+)"\)', re.search(r"head = .*", room["checks_apply.c"])[0])
    out[head + "{name}" + middle + "{version}" + tail, "post"] = {"BAWN_OP_APPLY_GUARDRAIL"}
    out[re.search(r'#define MODELS "(/\S+/)"', room["route.c"])[1] + "{model}", "get"] = {"BAWN_OP_MODEL"}
    enum = re.search(r"typedef enum \{ (BAWN_OP_UNKNOWN.*?)\} bawn_operation;", (SOURCES / "dialect/dialect.h").read_text(), re.S)[1]
    every = set(re.findall(r"BAWN_OP_\w+", re.sub(r"/\*.*?\*/", "", enum, flags=re.S))) - {"BAWN_OP_UNKNOWN"}
    assert set().union(*out.values()) == every, "an operation has a route that is written in another way: read it here too"
    for path in re.findall(r"location = (/\w+) \{ bawn off; bawn_status", (SOURCES / "serve/config.c").read_text()):
        out[path, "get"] = set()
    return out


def test_routes_are_those_of_the_sources():
    assert set(OPERATIONS) == set(routes_of_the_sources())
    names = set(re.findall(r'"(\w+)", BAWN_OP_|BAWN_OP_\w+, "(\w+)"', "".join(f.read_text() for f in (SOURCES / "dialect").glob("*.c"))))
    names = {a or b for a, b in names}
    assert {operation_of(*o)["x-bawn-operation"] for o in OPERATIONS if operation_of(*o)["tags"] != ["operations"]} == names


def test_codes_have_the_status_that_they_have():
    table = re.search(r"status\[BAWN_E_COUNT\] = \{(.*?)\n\};", (SOURCES / "dialect/dialect.c").read_text(), re.S)[1]
    assert {n.lower(): int(s) for n, s in re.findall(r"\[BAWN_E_(\w+)\] = (\d+)", table)} == DOC["x-bawn-errors"]
    assert DOC["components"]["schemas"]["Code"]["enum"] == list(DOC["x-bawn-errors"])


# ---- gateways -----------------------------------------------------------------------------------------------------------------
def serving(folder, upstream, policy=POLICY, listener="", more=""):
    at = gateway.Gateway(folder, upstream.port)
    at.policy.write_text(policy.replace("127.0.0.1:9400", f"127.0.0.1:{upstream.port}") +
                         f'listeners: {{public: {{address: "127.0.0.1:{at.port}"{listener}}}}}\n{more}')
    return at.start()


def started(request, folder, upstream, **how):
    at = serving(folder, upstream, **how)
    request.addfinalizer(at.stop)
    return at


@pytest.fixture(scope="module")
def documented(request, upstream_process, tmp_path_factory):
    """The gateway of the document's examples."""
    return started(request, tmp_path_factory.mktemp("documented"), upstream_process)


ONE_OF_EACH = """version: 1
upstreams:
  main: {dialect: openai, url: "http://127.0.0.1:9400/v1", timeouts: {first_byte: 1s}}
  claude: {dialect: anthropic, url: "http://127.0.0.1:9400", timeouts: {first_byte: 1s}}
  aws: {dialect: bedrock, url: "http://127.0.0.1:9400", region: eu-west-1, credentials: env, timeouts: {first_byte: 1s}}
"""


@pytest.fixture(scope="module")
def impatient(request, upstream_process, tmp_path_factory):
    """One upstream an API, each with a second to begin."""
    return started(request, tmp_path_factory.mktemp("impatient"), upstream_process, policy=ONE_OF_EACH)


@pytest.fixture(scope="module")
def closed(request, upstream_process, tmp_path_factory):
    """Its policy names one operation only."""
    return started(request, tmp_path_factory.mktemp("closed"), upstream_process, more="routes: [{operations: [embeddings]}]\n")


@pytest.fixture(scope="module")
def failing(request, upstream_process, tmp_path_factory):
    """A guard of its own waits for a scorer that is not there."""
    folder = tmp_path_factory.mktemp("failing")
    return started(request, folder, upstream_process, more=f"scorer: {{socket: {folder}/none}}\n")


@pytest.fixture(scope="module")
def busy(request, upstream_process, tmp_path_factory):
    """The one request that it takes is under way."""
    at = started(request, tmp_path_factory.mktemp("busy"), upstream_process, listener=", limits: {connections: 1, body_time: 10m}")
    holds = Client(at.port)
    holds.send(ask_of("/analyze", "post")[:-1])
    request.addfinalizer(holds.close)
    return at


@pytest.fixture(scope="module")
def full(request, upstream_process):
    """Its disk is."""
    at = server.Nginx(upstream_process, file_limit=100, location='bawn_dialect "openai anthropic bedrock guardrail";',
                      policy=ONE_OF_EACH.replace("{", "{{").replace("}", "}}").replace("9400", "{port}") + "record: {{spool: {{folder: spool}}}}\n")
    conf = at.prefix / "nginx.conf"
    conf.write_text(conf.read_text().replace("bawn_guardrail none;", ""))        # embeddings are guarded like the rest
    with pytest.MonkeyPatch.context() as patch:
        for name, value in gateway.AWS.items():
            patch.setenv(name, value)
        at.start()
    request.addfinalizer(at.stop)
    while send(at, "/analyze", "post").status != 503:
        pass
    return at


# ---- requests -----------------------------------------------------------------------------------------------------------------
CONVERSE = {"messages": [{"role": "user", "content": [{"text": "hello"}]}]}
CLAUDE = {"max_tokens": 9, "messages": [{"role": "user", "content": "hello"}]}
GOOD = {"/v1/chat/completions": {"model": "standin", "messages": [{"role": "user", "content": "hello"}]},
        "/v1/responses": {"model": "standin", "input": "hello"}, "/v1/embeddings": {"model": "standin", "input": "hello"},
        "/v1/messages": {"model": "claude-standin", **CLAUDE}, "/v1/messages/count_tokens": {"model": "claude-standin", "messages": CLAUDE["messages"]},
        "/model/{modelId}/converse": CONVERSE, "/model/{modelId}/converse-stream": CONVERSE,
        "/model/{modelId}/invoke": {"anthropic_version": "bedrock-2023-05-31", **CLAUDE},
        "/model/{modelId}/invoke-with-response-stream": {"anthropic_version": "bedrock-2023-05-31", **CLAUDE},
        "/model/{modelId}/count-tokens": {"input": {"converse": CONVERSE}}}
# Of our own operations, in which nothing is found: it is the scorer that has to say so.
CALM = {"/guardrail/{name}/version/{version}/apply": {"source": "INPUT", "content": [{"text": {"text": "hello"}}]},
        "/guardrail-checks/invoke": {"messages": CONVERSE["messages"], "checks": {"promptAttack": {"categories": [{"category": "JAILBREAK"}]}}},
        "/beta/litellm_basic_guardrail_api": {"input_type": "request", "texts": ["hello"]}, "/analyze": {"text": "hello"},
        "/anonymize": {"text": "hello", "analyzer_results": []}, "/contentsafety/text:shieldPrompt": {"userPrompt": "hello"},
        "/v2/guard": {"messages": CLAUDE["messages"]}}
MODEL = {"id": "standin", "object": "model", "created": 1, "owned_by": "somebody"}
# What the model server answers.
SAYS = {"/v1/chat/completions": mock.answer_json(mock.completion("hello")), "/v1/responses": mock.answer_json(mock.response("hello")),
        "/v1/embeddings": mock.answer_json({"object": "list", "model": "standin", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}],
                                            "usage": {"prompt_tokens": 1, "total_tokens": 1}}),
        "/v1/messages": mock.answer_json(mock.message("hello")), "/v1/messages/count_tokens": mock.answer_json({"input_tokens": 1}),
        "/v1/models/{model}": mock.answer_json(MODEL), "/model/{modelId}/converse": mock.answer_json(mock.converse("hello")),
        "/model/{modelId}/converse-stream": mock.stream(mock.converse_events(["hello"]), content_type="application/vnd.amazon.eventstream"),
        "/model/{modelId}/invoke": mock.answer_json(mock.message("hello")),
        "/model/{modelId}/invoke-with-response-stream": mock.stream(
            mock.chunks({"type": "message_start", "message": mock.message(usage={"input_tokens": 1, "output_tokens": 1})},
                        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 1}},
                        {"type": "message_stop"}), content_type="application/vnd.amazon.eventstream"),
        "/model/{modelId}/count-tokens": mock.answer_json({"inputTokens": 1})}


def target_of(path, method):
    """The path with the examples of its parameters in it."""
    item = DOC["paths"][path]
    for parameter in map(resolved, item.get("parameters", []) + item.get(method, {}).get("parameters", [])):
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", parameter["example"].replace(":", "%3A"))
    return path


def examples_of(path):
    return {name: e["value"] for name, e in resolved(operation_of(path, "post")["requestBody"])["content"]["application/json"].get("examples", {}).items()}


def ask_of(path, method, body=None, **headers):
    if method == "post" and body is None:
        body = GOOD.get(path) or next(iter(examples_of(path).values()))
    return request(b"" if body is None else body, path=target_of(path, method), method=method.upper(), **headers)


def send(at, path, method, body=None, **headers):
    with Client(at.port, seconds=30) as c:
        return c.send(ask_of(path, method, body, **headers)).answer()


def must_conform(answer, path, method):
    """Status, headers, type and body are those of the document."""
    operation = operation_of(path, method)
    said = operation["responses"].get(str(answer.status))
    assert said, f"{answer.status} is not in the document: {answer.body[:300]}"
    said = resolved(said)
    headers = {name: resolved(h) for name, h in said.get("headers", {}).items()}
    passed = answer.status == 200 and passes_on(operation)                        # the upstream's own headers are there, too
    assert passed or set(answer.headers) - EVERYBODYS <= set(headers), answer.headers
    assert {n for n, h in headers.items() if h.get("required")} <= set(answer.headers), answer.headers
    wrong = [w for n, h in headers.items() if n in answer.headers for w in errors(h["schema"], answer.headers[n])]
    kind = answer.headers["content-type"].split(";")[0]
    assert kind in said["content"], kind
    if kind == "application/json":
        wrong += errors(said["content"][kind]["schema"], answer.json())
    assert not wrong, (wrong, answer.body[:600])


# ---- each status of each operation ----------------------------------------------------------------------------------------------
def code_of(answer):
    """Our code, in whichever form."""
    body = answer.json()
    error = body.get("error")
    if isinstance(error, dict):
        return error.get("innererror", error)["code"]
    return body.get("reason") or body["code"]


def provoke(status, path, method, fixture, upstream):
    """(answer, the codes that it may have)."""
    at = {"404": "closed", "429": "busy", "502": "impatient", "504": "impatient", "503": "full"}.get(status, "documented")
    if status == "404" and path == "/v1/embeddings":
        return send(fixture("documented"), path, method, {"model": "nobody", "input": "x"}), {"unknown_model"}
    if status == "503" and path == "/readyz":
        at = "failing"
    body, headers = {"400": (b"{", {}), "413": (b"x" * (5 << 20), {}), "415": (None, {"content_type": "text/plain"})}.get(status, (None, {}))
    upstream.script = {"502": mock.raw(b""), "504": mock.stall(b"", 3)}.get(status, SAYS.get(path))
    answer = send(fixture(at), path, "post" if status == "405" else method, {} if status == "405" else body, **headers)
    codes = {"400": "invalid_json", "404": "unknown_route", "405": "unknown_route", "413": "body_too_large", "415": "unsupported_media",
             "429": "rate_limited", "502": "upstream_unreachable", "503": "record_unavailable", "504": "upstream_timeout"}
    return answer, {codes.get(status)}


@pytest.mark.parametrize("path, method, status", [(*o, status) for o in OPERATIONS for status in operation_of(*o)["responses"]])
def test_status(request, upstream, path, method, status):
    answer, codes = provoke(status, path, method, request.getfixturevalue, upstream)
    assert answer.status == int(status), answer.body[:600]
    must_conform(answer, path, method)
    if status != "200" and path != "/readyz":
        assert code_of(answer) in codes
        assert DOC["x-bawn-errors"][code_of(answer)] == int(status) or status == "405"
    assert (answer.headers.get("retry-after") == "1") == (status == "429")


@pytest.mark.parametrize("path", [*CALM, *(p for p in GOOD if not re.search("embeddings|count.tokens", p))])
def test_failed_guard_is_not_to_be_tried_again(failing, upstream, path):
    answer = send(failing, path, "post", GOOD.get(path) or CALM[path])
    must_conform(answer, path, "post")
    assert (answer.status, code_of(answer), answer.headers["x-should-retry"]) == (503, "guard_failed", "false")
    assert upstream.requests == []


@pytest.mark.parametrize("target", ["/guardrail/none/version/DRAFT/apply", "/guardrail/shop/version/7/apply"])
def test_guardrail_that_is_not_there(documented, target):
    path = "/guardrail/{name}/version/{version}/apply"
    with Client(documented.port) as c:
        answer = c.send(request(CALM[path], path=target)).answer()
    must_conform(answer, path, "post")
    assert (answer.status, answer.json()["__type"]) == (404, "ResourceNotFoundException")


def test_ready_says_why_it_is_not(full, failing):
    assert [send(at, "/readyz", "get").json()["reason"] for at in (full, failing)] == ["the record cannot be written", "the scorer does not answer"]
    must_conform(send(full, "/readyz", "get"), "/readyz", "get")


def test_list_of_models_in_each_form(documented, impatient, upstream):
    for more in ({}, {"anthropic_version": "2023-06-01"}):
        form = "AnthropicModels" if more else "OpenAIModels"
        answer = send(documented, "/v1/models", "get", **more)
        must_conform(answer, "/v1/models", "get")
        assert not errors(DOC["components"]["schemas"][form], answer.json()) and upstream.requests == []
        assert answer.json() == operation_of("/v1/models", "get")["responses"]["200"]["content"]["application/json"]["examples"][
            "anthropic" if more else "openai"]["value"]
        upstream.script = mock.raw(b"")
        broken = send(impatient, "/v1/models", "get", **more)
        must_conform(broken, "/v1/models", "get")
        assert (broken.status, "type" in broken.json()) == (502, bool(more))
        upstream.reset()


# ---- examples -------------------------------------------------------------------------------------------------------------------
VOLATILE = {"guardrailProcessingLatency", "request_uuid"}


def settled(value):
    """Without what differs from call to call."""
    if isinstance(value, dict):
        return {k: None if k in VOLATILE else settled(v) for k, v in value.items()}
    return [settled(v) for v in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path, name", [(p, name) for p, m in OPERATIONS if m == "post" for name in examples_of(p)])
def test_examples_are_what_is_answered(documented, path, name):
    asked, said = examples_of(path)[name], operation_of(path, "post")["responses"]["200"]["content"]["application/json"]
    assert not errors(body_schema(path), asked)
    answer = send(documented, path, "post", asked)
    must_conform(answer, path, "post")
    if path == "/v1/moderations":                                                 # fourteen scores are shown by the schema alone
        assert answer.json()["results"][0]["flagged"] and answer.json()["results"][0]["categories"]["prompt_attack"]
        return
    shown = said["examples"][name]["value"]
    assert not errors(said["schema"], shown)
    assert settled(answer.json()) == settled(shown)


def test_every_example_has_an_answer():
    for path, method in OPERATIONS:
        for response in operation_of(path, method)["responses"].values():
            for content in resolved(response).get("content", {}).values():
                for example in content.get("examples", {}).values():
                    assert not errors(content["schema"], example["value"]), path
        if method == "post" and path != "/v1/moderations" and examples_of(path):
            shown = operation_of(path, method)["responses"]["200"]["content"]["application/json"]["examples"]
            assert set(shown) == set(examples_of(path)), path


# ---- what a request may be --------------------------------------------------------------------------------------------------------
def apply_with(block, **more):
    return {"source": "INPUT", "content": [block], **more}


def checks_with(checks=None, role="user", content=({"text": "hi"},)):
    return {"messages": [{"role": role, "content": list(content)}], "checks": checks or {"promptAttack": {"categories": [{"category": "JAILBREAK"}]}}}


def anonymize_with(operator=None, **result):
    found = {"start": 0, "end": 2, "entity_type": "X", "score": 1, **result}
    return {"text": "hello", "analyzer_results": [{k: v for k, v in found.items() if v is not None}],
            **({"anonymizers": {"DEFAULT": operator}} if operator else {})}


BODIES = {
    "/guardrail/{name}/version/{version}/apply": [
        {}, {"source": "INPUT"}, {"source": "IN", "content": []}, {"source": "INPUT", "content": "x"}, {"source": "INPUT", "content": []},
        apply_with({}), apply_with({"text": {}}), apply_with({"text": {"text": 1}}), apply_with({"text": {"text": "x"}, "image": {}}),
        apply_with({"image": {"format": "png", "source": {"bytes": "eA=="}}}), apply_with({"text": {"text": "x", "qualifiers": ["query"]}}),
        apply_with({"text": {"text": "x", "qualifiers": ["x"]}}), apply_with({"text": {"text": "x"}}, outputScope="FULL"),
        apply_with({"text": {"text": "x"}}, outputScope="ALL"), apply_with({"text": {"text": "x"}}, more={"of": "ours"})],
    "/guardrail-checks/invoke": [
        {}, checks_with(), {**checks_with(), "messages": []}, checks_with(role="tool"), checks_with(content=()), checks_with(content=({"text": 1},)),
        {**checks_with(), "checks": {}}, checks_with({"promptAttack": {}}), checks_with({"promptAttack": {"categories": []}}),
        checks_with({"promptAttack": {"categories": [{"category": "HATE"}]}}), checks_with({"contentFilter": {"categories": [{"category": "HATE"}]}}),
        checks_with({"sensitiveInformation": {"entities": [{"type": "EMAIL"}] * 31}}), checks_with({"sensitiveInformation": {"entities": [{"type": "EMAIL"}] * 32}}),
        checks_with({"sensitiveInformation": {"entities": [{"type": "BR_CPF"}]}})],
    "/beta/litellm_basic_guardrail_api": [
        {}, {"input_type": "request"}, {"input_type": "both"}, {"input_type": "response", "texts": None}, {"input_type": "request", "texts": "x"},
        {"input_type": "request", "texts": [1]}, {"input_type": "request", "texts": ["stock tips"], "structured_messages": [{"role": "user", "content": "x"}]}],
    "/analyze": [
        {}, {"text": 1}, {"text": []}, {"text": [1]}, {"text": "x", "entities": [1]}, {"text": "x", "entities": ["A"] * 256}, {"text": "x", "entities": ["A"] * 257},
        {"text": "x", "score_threshold": "0.5"}, {"text": "x", "score_threshold": 0.5, "allow_list": ["x"], "allow_list_match": "exact"},
        {"text": "x", "allow_list_match": "regex"}, {"text": "x", "ad_hoc_recognizers": []}, {"text": "x", "ad_hoc_recognizers": [{"name": "x"}]}],
    "/anonymize": [
        {}, {"text": "x"}, anonymize_with(), anonymize_with(score=None), anonymize_with(start=None), anonymize_with(entity_type=1), anonymize_with(start=-1),
        anonymize_with({"type": "keep"}), anonymize_with({"type": "encrypt", "key": "x"}), anonymize_with({}), anonymize_with({"type": "mask"}),
        anonymize_with({"type": "mask", "masking_char": "*", "chars_to_mask": 2}), anonymize_with({"type": "mask", "masking_char": "**", "chars_to_mask": 2}),
        anonymize_with({"type": "hash", "hash_type": "sha256", "salt": "x" * 16}), anonymize_with({"type": "hash", "salt": "x"}),
        anonymize_with({"type": "hash", "hash_type": "sha512"}), anonymize_with({"type": "replace", "new_value": 1}), anonymize_with({"type": "replace", "new_value": None}),
        anonymize_with({"type": "redact"})],
    "/contentsafety/text:shieldPrompt": [
        {}, {"userPrompt": "x"}, {"userPrompt": None}, {"userPrompt": 1}, {"documents": ["x"]}, {"documents": []}, {"documents": [1]}, {"documents": "x"},
        {"userPrompt": None, "documents": ["x"]}, {"userPrompt": "x", "documents": None}],
    "/v2/guard": [
        {}, {"messages": "x"}, {"messages": []}, {"messages": [{"content": "x"}]}, {"messages": [{"role": 1, "content": "x"}]},
        {"messages": [{"role": "user", "content": "stock tips ada@example.com"}], "payload": True, "breakdown": True, "dev_info": True},
        {"messages": [{"role": "user", "content": "x"}], "payload": "yes"}, {"messages": [{"role": "user", "content": "x"}], "payload": None}],
    "/v1/moderations": [
        {}, {"input": "x"}, {"input": 1}, {"input": []}, {"input": ["x", "y"]}, {"input": ["x", {}]}, {"input": [1]}, {"input": [{"type": "text", "text": "x"}]},
        {"input": "x", "model": None}, {"input": "x", "model": 1}]}


def test_all_that_is_answered_here_is_tried():
    assert set(BODIES) == {p for p, m in OPERATIONS if m == "post" and not passes_on(operation_of(p, m))}


@pytest.mark.parametrize("path, body", [(path, body) for path, bodies in BODIES.items() for body in bodies])
def test_schemas_allow_what_is_taken_and_nothing_else(documented, path, body):
    answer = send(documented, path, "post", body)
    must_conform(answer, path, "post")
    wrong = errors(body_schema(path), body)
    assert (answer.status == 200) == (not wrong), (answer.status, wrong, answer.body)


# ---- blocks -------------------------------------------------------------------------------------------------------------------------
def with_text(path, text):
    return json.loads(json.dumps(GOOD[path]).replace("hello", text))


@pytest.mark.parametrize("path", GOOD)
def test_blocks_have_the_form_that_is_named(documented, upstream, path):
    operation = operation_of(path, "post")
    answer = send(documented, path, "post", with_text(path, "any stock tips?"))
    must_conform(answer, path, "post")
    assert upstream.requests == []
    if "x-bawn-block" in operation:
        assert answer.status == 200 and not errors(operation["x-bawn-block"], answer.json()), answer.body
        upstream.script = SAYS[path]
        passed = send(documented, path, "post")
        assert passed.status == 200 and errors(operation["x-bawn-block"], passed.json())      # what passes is none
    elif answer.headers["content-type"] == "application/vnd.amazon.eventstream":
        chunks = re.findall(rb'"bytes":"([^"]+)"', answer.body)
        assert answer.status == 200 and "stream" in path and b"Sorry, I cannot" in answer.body + b"".join(map(base64.b64decode, chunks))
    else:
        assert (answer.status, code_of(answer)) == (400, "content_filter") and "`content_filter`" in operation["description"]


def test_blocked_streams_have_a_type_that_is_named(documented, upstream):
    for path in ("/v1/chat/completions", "/v1/responses", "/v1/messages"):
        answer = send(documented, path, "post", {**with_text(path, "stock tips"), "stream": True})
        must_conform(answer, path, "post")
        assert answer.headers["content-type"].startswith("text/event-stream") and b"Sorry, I cannot" in answer.body


def test_models_of_an_unknown_form_have_no_refusal(documented, upstream):
    answer = send(documented, "/model/{modelId}/invoke", "post", {"prompt": "stock tips"})
    must_conform(answer, "/model/{modelId}/invoke", "post")
    assert (answer.status, code_of(answer)) == (400, "content_filter")
