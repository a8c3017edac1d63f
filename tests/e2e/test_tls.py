"""A listener with TLS: boto3 sends its bearer token nowhere else, and browsers and SDKs trust what the policy names."""
import json
import os
import ssl
import subprocess

import boto3
import openai
import pytest

import cli
import gateway
import mock
import server


def serving(tmp_path, upstream, tls):
    made = gateway.Gateway(tmp_path, upstream.port)
    text = made.policy.read_text().replace(f'address: "127.0.0.1:{made.port}"', f'address: "127.0.0.1:{made.port}", tls: {tls}')
    made.policy.write_text(text)
    return made.start()


@pytest.fixture
def at_tls(tmp_path, upstream):
    made = serving(tmp_path, upstream, "{self_signed: true}")
    yield made
    made.stop()


def test_certificate_of_its_own(at_tls, upstream):
    pem = at_tls.state / "tls/localhost.pem"
    assert f"listening on https://127.0.0.1:{at_tls.port}/v1" in at_tls.said()
    assert (at_tls.state / "tls/localhost.key").stat().st_mode & 0o777 == 0o600
    import httpx
    client = openai.OpenAI(base_url=f"https://localhost:{at_tls.port}/v1", api_key="k",
                           http_client=httpx.Client(verify=ssl.create_default_context(cafile=str(pem))))
    got = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "please blockme"}])
    assert got.choices[0].finish_reason == "content_filter"
    with pytest.raises(openai.APIConnectionError):          # nobody trusts it unasked
        openai.OpenAI(base_url=f"https://localhost:{at_tls.port}/v1", api_key="k", max_retries=0).models.list()


def test_boto3_with_a_bearer_token(at_tls, upstream, monkeypatch):
    """It refuses to send one over plain HTTP."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "of-the-client")
    upstream.script = mock.answer_json(mock.converse("hello"))
    client = boto3.client("bedrock-runtime", endpoint_url=f"https://127.0.0.1:{at_tls.port}", region_name="eu-west-1",
                          verify=str(at_tls.state / "tls/localhost.pem"))
    got = client.converse(modelId="m", messages=[{"role": "user", "content": [{"text": "hello"}]}])
    assert got["output"]["message"]["content"] == [{"text": "hello"}]
    assert "of-the-client" not in json.dumps(upstream.requests[-1].headers)


def test_it_is_kept_from_start_to_start(tmp_path, upstream):
    serials = []
    for _ in range(2):
        made = serving(tmp_path, upstream, "{self_signed: true}")
        serials.append((made.state / "tls/localhost.pem").read_bytes())
        made.stop()
    assert serials[0] == serials[1]


def test_certificate_of_the_user(tmp_path, upstream):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", tmp_path / "own.key", "-out",
                    tmp_path / "own.pem"], check=True, capture_output=True)
    made = serving(tmp_path, upstream, '{certificate: "file:own.pem", key: "file:own.key"}')
    try:
        peer = ssl.get_server_certificate(("127.0.0.1", made.port))
        assert peer.strip() == (tmp_path / "own.pem").read_text().strip() and not (made.state / "tls").exists()
    finally:
        made.stop()


@pytest.mark.parametrize("tls, said", [("{}", "self_signed"), ("{certificate: 'file:a.pem'}", "go together"),
                                       ("{self_signed: true, certificate: 'file:a.pem', key: 'file:a.key'}", "expected either"),
                                       ("{client_ca: 'file:a.pem'}", "not built yet")])
def test_what_cannot_be_is_refused(tmp_path, tls, said):
    (tmp_path / "bawn.yaml").write_text("version: 1\nlisteners: {public: {address: '127.0.0.1:8480', tls: " + tls + "}}\n"
                                        "upstreams: {m: {dialect: openai, url: 'http://127.0.0.1:9/v1'}}\n")
    got = cli.run("policy", "check", "bawn.yaml", cwd=tmp_path, env=dict(os.environ))
    assert got.status == 2 and said in got.err, got.err


def test_plain_http_gets_an_answer(at_tls):
    """nginx says 400 to who speaks HTTP where TLS is; nothing is judged, nothing sent on."""
    with server.socket.create_connection(("127.0.0.1", at_tls.port), 5) as plain:
        plain.sendall(b"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert plain.recv(4096).startswith(b"HTTP/1.1 400 ")
