"""docs/clients.md, run: each client's block as it stands there, against the gateway in front of the stand-in model.

Frameworks that are heavy to install have an environment of their own; without it their blocks are skipped."""
import os
import re
import shutil
import subprocess
import sys

import pytest

import mock
import server
from gateway import JAVASCRIPT, NODE, NO_NODE

PAGE = (server.ROOT / "docs/clients.md").read_text()
PYTHON = [sys.executable, "-"]
FRAMEWORK = [str(server.ROOT / "build/venv-clients/bin/python"), "-"]
INSTALL = {FRAMEWORK[0]: "packaging/environment clients"}


def blocks():
    """{client: (language, code)}: the first block of code behind each mark `<!-- client: NAME -->`."""
    parts = re.split(r"<!-- client: ([a-z-]+) -->", PAGE)[1:]
    return {name: re.search(r"```(\w+)\n(.*?)```", text, re.S).groups() for name, text in zip(parts[::2], parts[1::2])}


def run(command, code, gateway, **environment):
    if command == NODE and NO_NODE:
        pytest.skip(NO_NODE)
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not there: {INSTALL.get(command[0], 'install it')}")
    env = {**{k: v for k, v in os.environ.items() if not k.startswith("OPENAI_")}, **environment}
    done = subprocess.run(command, input=code.replace("127.0.0.1:8480", f"127.0.0.1:{gateway.port}"), capture_output=True, text=True,
                          env=env, timeout=120, cwd=JAVASCRIPT if command == NODE else None)
    assert done.returncode == 0, done.stderr
    return done.stdout


HANDLES = {"python-chat": PYTHON, "python-responses": PYTHON, "python-anthropic": PYTHON, "javascript-anthropic": NODE, "python-bedrock": PYTHON}


def test_every_block_is_run_here():
    assert set(blocks()) == {"curl", "python-openai", "javascript-openai", "langchain", "litellm", "coding-agents", *HANDLES}


SAID = "Twelve red kettles."
PIECES = ["Twelve ", "red ", "kettles."]
STREAM = "application/vnd.amazon.eventstream"
MODEL = {"/v1/chat/completions": (mock.answer_json(mock.completion(SAID)), mock.stream(mock.events(PIECES))),
         "/v1/responses": (mock.answer_json(mock.response(SAID)), mock.stream(mock.response_events(SAID))),
         "/v1/messages": (mock.answer_json(mock.message(SAID)), mock.stream(mock.message_events(PIECES))),
         "/converse": (mock.answer_json(mock.converse(SAID)), None),
         "/converse-stream": (mock.stream(mock.converse_events(PIECES), content_type=STREAM), None)}


async def model_of_each_api(up, request, reader, writer):
    path = next(path for path in MODEL if request.target.endswith(path))
    return await MODEL[path][bool(request.json().get("stream"))](up, request, reader, writer)


@pytest.mark.parametrize("client", HANDLES)
def test_what_it_prints_stands_below_it(at_mock, upstream, client):
    """Two requests reach the model, two are blocked, in each form one."""
    upstream.script = model_of_each_api
    part = PAGE.split(f"<!-- client: {client} -->")[1]
    assert run(HANDLES[client], blocks()[client][1], at_mock) == re.search(r"```text\n(.*?)```", part, re.S)[1]
    assert len(upstream.requests) == 2 and [e["end"] for e in at_mock.events()] == ["complete", "blocked"] * 2


@pytest.mark.parametrize("client, command", [
    ("curl", ["sh", "-e"]), ("python-openai", PYTHON), ("javascript-openai", NODE), ("langchain", FRAMEWORK), ("litellm", FRAMEWORK)])
def test_block_says_what_the_model_says(at_standin, client, command):
    _, code = blocks()[client]
    assert "127.0.0.1:8480" in code
    out = run(command, code, at_standin, LITELLM_LOCAL_MODEL_COST_MAP="True")     # else it looks for prices in the network
    assert "You said: What is in stock?" in out
    assert len(at_standin.events()) == 1


def test_environment_alone_is_enough(at_standin):
    """The block for coding agents: what it exports, the SDK takes."""
    code = blocks()["coding-agents"][1] + f"""{sys.executable} - <<'end'
from openai import OpenAI
print(OpenAI().chat.completions.create(model="standin", messages=[{{"role": "user", "content": "Hello"}}]).choices[0].message.content)
end
"""
    assert run(["sh", "-e"], code, at_standin) == "You said: Hello\n" and len(at_standin.events()) == 1


@pytest.mark.parametrize("client", ["python-openai", "langchain", "litellm"])
def test_blocked_in_each_client_is_an_answer_and_no_exception(at_standin, client):
    command = PYTHON if client == "python-openai" else FRAMEWORK
    code = blocks()[client][1].replace("What is in stock?", "Tell me about blockme, please")
    assert "Sorry, I cannot help with that request." in run(command, code, at_standin, LITELLM_LOCAL_MODEL_COST_MAP="True")
    assert [e["end"] for e in at_standin.events()] == ["blocked"]


def test_readme_shows_the_same_calls():
    """The short table in README is cut out of these blocks."""
    readme, code = (server.ROOT / "README.md").read_text(), " ".join(re.sub(r"\s+", " ", c) for _, c in blocks().values())
    for call in ('OpenAI(base_url="http://127.0.0.1:8480/v1", api_key="any")',
                 'new OpenAI({ baseURL: "http://127.0.0.1:8480/v1", apiKey: "any" })',
                 'ChatOpenAI(base_url="http://127.0.0.1:8480/v1", api_key="any", model=', 'api_base="http://127.0.0.1:8480/v1", api_key="any"'):
        assert call in readme and call in code, call
