"""What a policy may say of upstreams of several APIs, and what is refused with a place and a reason."""
import os

import pytest

import cli

TOP = "version: 1\nupstreams:\n"


def check(tmp_path, text, **env):
    (tmp_path / "bawn.yaml").write_text(text)
    keys = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", **env}
    return cli.run("policy", "check", "bawn.yaml", cwd=tmp_path, env={**os.environ, **keys})


def test_address_of_bedrock_follows_from_its_region(tmp_path):
    got = check(tmp_path, TOP + "  aws: {dialect: bedrock, region: eu-west-1}\n")
    assert got.status == 0, got.err


@pytest.mark.parametrize("rest, said", [
    ("  a: {dialect: openai}\n", "3:3: the upstream `a` has no `url`"),
    ("  a: {dialect: bedrock, url: 'http://127.0.0.1:9'}\n", "needs its AWS `region`"),
    ("  a: {dialect: bedrock, region: 'eu west'}\n", "is no region of AWS"),
    ("  a: {dialect: bedrock, region: eu-west-1, forward_key: true}\n", "cannot be forwarded to AWS"),
    ("  a: {dialect: openai, url: 'http://127.0.0.1:9/v1', region: eu-west-1}\n", "for upstreams of dialect bedrock"),
    ("  a: {dialect: bedrock, region: eu-west-1}\nroutes: [{operations: [converse], guardrail: none}]\n", "signed over its body"),
    ("  a: {dialect: openai, url: 'http://127.0.0.1:9/v1'}\nroutes: [{operations: [messages], upstream: a}]\n",
     "`messages` is an operation of anthropic")])
def test_refused_with_a_reason(tmp_path, rest, said):
    got = check(tmp_path, TOP + rest)
    assert got.status == 2 and said in got.err, got.err


def test_missing_credentials_are_named(tmp_path):
    got = check(tmp_path, TOP + "  aws: {dialect: bedrock, region: eu-west-1}\n", AWS_SECRET_ACCESS_KEY="")
    assert got.status == 2 and "AWS_SECRET_ACCESS_KEY" in got.err


def test_bedrock_key_needs_no_credentials(tmp_path):
    got = check(tmp_path, TOP + "  aws: {dialect: bedrock, region: eu-west-1, key: 'env:BEDROCK_KEY'}\n", AWS_SECRET_ACCESS_KEY="",
                BEDROCK_KEY="x")
    assert got.status == 0, got.err
