"""The JSON Schema judged by an implementation that is not ours: what Bawn reads is valid, what it refuses by its form is not."""
import json
import re

import jsonschema
import pytest
import yaml

import cli

MINIMAL = {"version": 1, "upstreams": {"m": {"dialect": "openai", "url": "http://127.0.0.1:9/v1"}}}


class Yaml12(yaml.SafeLoader):
    """`on` is a name, as in YAML 1.2."""


Yaml12.yaml_implicit_resolvers = {letter: [r for r in rows if r[0] != "tag:yaml.org,2002:bool"]
                                  for letter, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), "tf")


def rail(**keys):
    return {**MINIMAL, "guardrails": {"a": keys}}


@pytest.fixture(scope="module")
def schema():
    made = json.loads(cli.run("policy", "schema").out)
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made)


def bawn_takes(tmp_path, policy):
    (tmp_path / "p.yaml").write_text(json.dumps(policy))
    done = cli.run("policy", "check", "p.yaml", cwd=tmp_path)
    return done.status == 0, done.err


@pytest.mark.parametrize("path", sorted((cli.ROOT / "examples/policies").glob("*.yaml")), ids=lambda p: p.name)
def test_every_example_is_valid(schema, path):
    schema.validate(yaml.load(path.read_text(), Yaml12))


@pytest.mark.parametrize("policy", [
    MINIMAL,
    {**MINIMAL, "upstreams": {"m": {"dialect": "openai", "url": ["http://127.0.0.1:9/v1", "http://127.0.0.1:8/v1"], "key": "env:LLM_KEY"}}},
    rail(sensitive_information={"entities": {"EMAIL": "token", "PHONE": {"input": "block", "output": "none"}}}),
    rail(leak={"min_words": 5}, stream={"leak": "window 300"}, content_filters={"PROMPT_ATTACK": {"input": "low"}}),
    rail(**{"except": [{"kind": "secrets.AWS", "hash": "k:c0ffee0123456789"}]}),
])
def test_what_is_right_is_right_for_both(schema, tmp_path, policy):
    schema.validate(policy)
    assert bawn_takes(tmp_path, policy)[0], bawn_takes(tmp_path, policy)[1]


@pytest.mark.parametrize("policy", [
    {**MINIMAL, "version": 2}, {**MINIMAL, "version": 0}, {**MINIMAL, "version": "1"}, {"version": 1, "upstreams": {}}, {"version": 1},
    {**MINIMAL, "upstreams": {"m": {"dialect": "openai", "url": []}}}, {**MINIMAL, "guardrial": {}}, {**MINIMAL, "identities": {}},
    rail(leak={"min_words": 2}), rail(leak={"min_words": 65}), rail(secrets="bock"), rail(**{"except": [{"hash": "k:c0ffee0123456789"}]}),
    rail(sensitive_information={"entities": {"EMIAL": "mask"}}), rail(sensitive_information={"entities": {"EMAIL": "delete"}}),
    {**MINIMAL, "record": {"spool": {"rotate": "64 MB"}}}, {**MINIMAL, "listeners": {"public": {"limits": {"connections": 0}}}},
])
def test_what_is_wrong_is_wrong_for_both(schema, tmp_path, policy):
    assert not schema.is_valid(policy)
    assert not bawn_takes(tmp_path, policy)[0]


def test_an_editor_can_complete_every_entity(schema):
    entities = schema.schema["properties"]["guardrails"]["additionalProperties"]["properties"]["sensitive_information"]["properties"]["entities"]
    names = entities["propertyNames"]["enum"]
    assert {"EMAIL", "PHONE", "US_SOCIAL_SECURITY_NUMBER", "IN_AADHAAR"} <= set(names) and len(names) == len(set(names)) > 100
