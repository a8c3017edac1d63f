"""bawn policy and bawn doctor."""
import hashlib
import json
import os
import socket
import stat
import subprocess

import pytest

import cli

HEAD = "version: 1\nupstreams: {m: {dialect: openai, url: 'http://127.0.0.1:9/v1'}}\n"


# ---- init ----------------------------------------------------------------------------------------------------------
def test_init_writes_a_short_commented_policy_that_is_right(tmp_path):
    done = cli.run("policy", "init", "--upstream", "http://127.0.0.1:9400/v1", cwd=tmp_path)
    assert done.status == 0 and "bawn doctor" in done.out
    text = (tmp_path / "bawn.yaml").read_text()
    assert 15 <= len(text.splitlines()) <= 25 and text.count("#") >= 8
    assert cli.run("policy", "check", cwd=tmp_path).status == 0


def test_init_never_overwrites(tmp_path):
    (tmp_path / "bawn.yaml").write_text("mine\n")
    done = cli.run("policy", "init", "--upstream", "http://127.0.0.1:9400/v1", cwd=tmp_path)
    assert done.status == 2 and "--output" in done.err and (tmp_path / "bawn.yaml").read_text() == "mine\n"


@pytest.mark.parametrize("words,says", [
    ([], "--upstream"), (["--upstream", "localhost:9400"], "http://HOST"), (["-u", "http://a\"b"], "http://HOST"),
    (["-u", "http://a/v1", "--key", "sk-123"], "env:NAME"),
])
def test_init_says_what_is_wrong(tmp_path, words, says):
    done = cli.run("policy", "init", *words, cwd=tmp_path)
    assert done.status == 2 and says in done.err and not (tmp_path / "bawn.yaml").exists()


def test_init_without_a_key(tmp_path):
    done = cli.run("policy", "init", "-u", "http://127.0.0.1:9400/v1", "--key", "none", "-o", "-", cwd=tmp_path)
    assert "key:" not in done.out


# ---- check, explain, schema, reference -----------------------------------------------------------------------------
@pytest.mark.parametrize("text,place,says", [
    (HEAD + "guardrial: {}\n", "3:1", "did you mean"),
    (HEAD + "guardrails:\n  a:\n    secrets: {input: bock}\n", "5:22", "block"),
    (HEAD + "guardrails: {a: {sensitive_information: {entities: {EMIAL: mask}}}}\n", "3:", "EMAIL"),
    (HEAD + "identities: {}\n", "3:1", "identities"),
])
def test_errors_name_the_place_and_show_it(tmp_path, text, place, says):
    (tmp_path / "p.yaml").write_text(text)
    done = cli.run("policy", "check", "p.yaml", cwd=tmp_path)
    assert done.status == 2
    first, line, caret = done.err.splitlines()[:3]
    assert first.startswith(f"p.yaml:{place}") and says in first
    number, column = (int(x) for x in first.split(":")[1:3])
    assert line == "  | " + text.splitlines()[number - 1]
    assert caret == "  | " + " " * (column - 1) + "^"


def places(err):
    """The places that an output names, in its order."""
    return [":".join(line.split(":")[1:3]) for line in err.splitlines() if line.startswith("p.yaml:") and line.split(":")[1].isdigit()]


def test_all_mistakes_are_named_in_one_run(tmp_path):
    (tmp_path / "p.yaml").write_text(HEAD + "guardrials: {}\nguardrails:\n  a:\n    secrets: {input: bock}\n    mode: obsreve\n")
    done = cli.run("policy", "check", "p.yaml", cwd=tmp_path)
    assert done.status == 2 and places(done.err) == ["3:1", "6:22", "7:11"] and done.err.count("did you mean") == 3
    assert done.err.count("^") == 3 and "more" not in done.err
    (tmp_path / "p.yaml").write_text(HEAD + "guardrails:\n  a:\n    denied_topics: [{name: t, patterns: ['fo(o', 'bar.*']}]\n"
                                     "    sensitive_information: {entities: {EMIAL: mask}}\n  b: {extends: c}\n"
                                     "routes: [{operations: [chat], upstream: n}]\n")
    done = cli.run("policy", "check", "p.yaml", cwd=tmp_path)
    assert done.status == 2 and places(done.err) == ["5:42", "5:50", "6:40", "7:16", "8:41"], done.err


def test_many_mistakes_are_counted(tmp_path):
    (tmp_path / "p.yaml").write_text(HEAD + "".join(f"wrong{i}: a\n" for i in range(25)))
    done = cli.run("policy", "check", "p.yaml", cwd=tmp_path)
    assert done.status == 2 and len(places(done.err)) == 20 and done.err.endswith("p.yaml: and 5 more\n")
    (tmp_path / "p.yaml").write_text(HEAD + "".join(f"wrong{i}: a\n" for i in range(2500)))
    assert cli.run("policy", "check", "p.yaml", cwd=tmp_path).err.endswith("p.yaml: and at least 80 more\n")


def test_the_caret_counts_characters(tmp_path):
    (tmp_path / "p.yaml").write_text(HEAD + "node: é\nguardrails: {\"ü\": {secrets: bock}}\n")
    first, line, caret = cli.run("policy", "check", "p.yaml", cwd=tmp_path).err.splitlines()[:3]
    assert line[caret.index("^"):].startswith("bock")


def test_check_names_missing_keys_without_failing(tmp_path):
    (tmp_path / "p.yaml").write_text(HEAD.replace("/v1'", "/v1', key: env:BAWN_TEST_KEY"))
    done = cli.run("policy", "check", "p.yaml", cwd=tmp_path)
    assert done.status == 0 and "BAWN_TEST_KEY is not set" in done.out
    assert "BAWN_TEST_KEY" not in cli.run("policy", "check", "p.yaml", cwd=tmp_path, env={"BAWN_TEST_KEY": "x"}).out


def test_explain_is_a_policy_that_means_the_same(tmp_path):
    (tmp_path / "p.yaml").write_text(HEAD + "guardrails: {a: {secrets: block}}\n")
    done = cli.run("policy", "explain", "p.yaml", cwd=tmp_path)
    assert done.status == 0 and "default" in done.out
    (tmp_path / "q.yaml").write_text(done.out)
    assert cli.run("policy", "check", "q.yaml", cwd=tmp_path).status == 0


def effective(out, guardrail):
    """The lines of one guardrail's block at the end, without their marks."""
    whole = out[out.index("# What holds in each guardrail"):]
    block = whole.split(f"\n# {guardrail}:\n")[1]
    return [line[2:].strip() for line in block.splitlines()[:200] if line.startswith("#   ")]


def test_explain_shows_what_holds_defaults_and_inheritance_included(tmp_path):
    (tmp_path / "p.yaml").write_text(HEAD + "guardrails:\n  shop:\n    content_filters: {PROMPT_ATTACK: {input: low}}\n"
                                     "    sensitive_information: {entities: {EMAIL: block}, regexes: [{name: ORDER, pattern: 'ORD-[0-9]{6}'}]}\n"
                                     "  staff: {extends: shop, mode: observe, secrets: {output: mask}, code_injection: {kinds: [sql]}}\n"
                                     "  asked: {stages: [input]}\n")
    out = cli.run("policy", "explain", "p.yaml", cwd=tmp_path).out
    shop, staff, asked = (effective(out, name) for name in ("shop", "staff", "asked"))
    for line in ("mode: enforce", "content_filters: {PROMPT_ATTACK: {input: low, output: none, untrusted: high}}", "EMAIL: {input: block, output: block}",
                 "PHONE: {input: token, output: mask}", "IN_AADHAAR: {input: token, output: mask}", "secrets: {input: block, output: block}",
                 "sensitive_information.regexes: pii.ORDER from line 6: mask", "leak: {system_prompt: block, canary: false, min_words: 8}",
                 "exfiltration: {links: mask, html: mask, ansi: mask}", "sanitise: {control: remove, invisible: remove, bidi: remove}"):
        assert line in shop, (line, shop)
    assert any(line.startswith("word_filters: {managed: {PROFANITY: ") for line in shop)
    assert any(line.startswith("code_injection: {input: ") and "tool_arguments: block" in line and
               line.endswith("kinds: [sql, shell, template, path, html, ldap, xpath, header]}") for line in shop)
    for line in ("mode: observe", "content_filters: {PROMPT_ATTACK: {input: low, output: none, untrusted: high}}", "EMAIL: {input: block, output: block}",
                 "secrets: {input: block, output: mask}", "sensitive_information.regexes: pii.ORDER from line 6: mask"):
        assert line in staff, (line, staff)
    assert any(line.startswith("code_injection: ") and line.endswith("kinds: [sql]}") for line in staff)
    assert "stages: [input]" in asked and "PHONE: {input: token, output: none}" in asked and not any("ORDER" in line for line in asked)


def test_schema_and_reference(tmp_path):
    schema = json.loads(cli.run("policy", "schema", cwd=tmp_path).out)
    assert "upstreams" in schema["properties"]
    reference = cli.run("policy", "reference", cwd=tmp_path).out
    assert "record.durability" in reference or "durability" in reference


def test_without_a_policy_it_says_how_to_get_one(tmp_path):
    done = cli.run("policy", "check", cwd=tmp_path)
    assert done.status == 2 and "bawn policy init --upstream URL" in done.err


# ---- publish -------------------------------------------------------------------------------------------------------
def test_a_published_version_never_changes(tmp_path):
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists/names.txt").write_text("bluefalcon\n")
    policy = tmp_path / "bawn.yaml"
    policy.write_text(HEAD + "guardrails:\n  shop:\n    word_filters: {custom: [{file: 'file:lists/names.txt', action: block}]}\n")
    assert "version 1" in cli.run("policy", "publish", "shop", "--state", "state", cwd=tmp_path).out
    policy.write_text(policy.read_text() + "    mode: observe\n")
    assert "version 2" in cli.run("policy", "publish", "shop", "--state", "state", cwd=tmp_path).out
    one, two = tmp_path / "state/guardrails/shop/1", tmp_path / "state/guardrails/shop/2"
    assert "observe" not in (one / "bawn.yaml").read_text() and "observe" in (two / "bawn.yaml").read_text()
    assert (one / "lists/names.txt").read_text() == "bluefalcon\n"
    note = json.loads((one / "version.json").read_text())
    assert note["guardrail"] == "shop" and note["version"] == 1 and note["policy"].startswith("sha256:")
    assert set(note["files"]) == {"bawn.yaml", "lists/names.txt"}
    for path in (one, one / "bawn.yaml", one / "version.json"):
        assert not os.stat(path).st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    assert sorted(os.listdir(one.parent)) == ["1", "2"]
    assert cli.run("policy", "check", one / "bawn.yaml").status == 0


def test_publish_refuses_what_it_cannot_keep(tmp_path):
    (tmp_path / "bawn.yaml").write_text(HEAD + "guardrails: {shop: {word_filters: {custom: [{file: 'file:/etc/hostname'}]}}}\n")
    done = cli.run("policy", "publish", "shop", "--state", "state", cwd=tmp_path)
    assert done.status == 3 and "/etc/hostname" in done.err and os.listdir(tmp_path / "state/guardrails/shop") == []
    assert cli.run("policy", "publish", "shp", "--state", "state", cwd=tmp_path).status == 2


FUTURE = """guardrails:
  shop: {{word_filters: {{custom: [{{words: [bluefalcon], action: block}}]}}}}
  other: {{}}
routes:
  - {{operations: [chat], guardrail: shop, version: {shop}}}          # ü, and a
  - {{version: {other}, operations: [embeddings], guardrail: other}}
"""


def test_a_version_that_the_policy_names_already_can_be_published(tmp_path):
    """What `policy check` says to type works, also when two guardrails wait for each other."""
    policy = tmp_path / "bawn.yaml"
    policy.write_text(HEAD + FUTURE.format(shop=1, other=1))
    said = cli.run("policy", "check", "--state", "state", cwd=tmp_path).err
    assert "`bawn policy publish shop` makes version 1" in said or "no state folder" in said
    for name in ("shop", "other"):
        done = cli.run("policy", "publish", name, "--state", "state", cwd=tmp_path)
        assert done.status == 0 and f"{name} version 1" in done.out, done.err
    assert cli.run("policy", "check", "--state", "state", cwd=tmp_path).status == 0
    note = json.loads((tmp_path / "state/guardrails/shop/1/version.json").read_text())
    assert (tmp_path / "state/guardrails/shop/1/bawn.yaml").read_bytes() == policy.read_bytes()
    assert note["policy"] == "sha256:" + hashlib.sha256(policy.read_bytes()).hexdigest()

    policy.write_text(HEAD + FUTURE.format(shop=3, other=1))
    done = cli.run("policy", "publish", "shop", "--state", "state", cwd=tmp_path)
    assert done.status == 2 and "the newest is 1" in done.err, done.err     # this one would be 2
    policy.write_text(HEAD + FUTURE.format(shop=2, other=1))
    assert "shop version 2" in cli.run("policy", "publish", "shop", "--state", "state", cwd=tmp_path).out


# ---- versions in routes ----------------------------------------------------------------------------------------------
SHOP = "guardrails:\n  shop:\n    word_filters: {custom: [{file: 'file:lists/names.txt', action: block}]}\n"
ROUTE = "routes:\n  - {operations: [chat], guardrail: shop, version: %s}\n"


def published(tmp_path):
    """A policy whose guardrail `shop` is published as version 1."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists/names.txt").write_text("bluefalcon\n")
    (tmp_path / "bawn.yaml").write_text(HEAD + SHOP)
    assert cli.run("policy", "publish", "shop", "--state", "state", cwd=tmp_path).status == 0


def check(tmp_path, text, *more):
    (tmp_path / "bawn.yaml").write_text(text)
    return cli.run("policy", "check", "--state", "state", *more, cwd=tmp_path)


def test_a_route_may_name_a_published_version(tmp_path):
    published(tmp_path)
    assert check(tmp_path, HEAD + SHOP + ROUTE % 1).status == 0
    assert check(tmp_path, HEAD + SHOP + ROUTE % "DRAFT").status == 0
    assert check(tmp_path, HEAD + ROUTE % 1).status == 0                # the draft may be gone
    (tmp_path / "lists/names.txt").unlink()
    assert check(tmp_path, HEAD + ROUTE % 1).status == 0                # its lists are its own
    both = "routes:\n  - {operations: [chat], guardrail: shop, version: 1}\n  - {operations: [embeddings], guardrail: shop, version: 1}\n"
    assert check(tmp_path, HEAD + both).status == 0


@pytest.mark.parametrize("route, says", [
    (ROUTE % 2, "bawn.yaml:4:52: version 2 of guardrail `shop`: it is not published; the newest is 1"),
    (ROUTE % 0, "found version 0; versions are DRAFT, 1, 2"),
    (ROUTE % "draft", "did you mean `DRAFT`"),
    ("routes:\n  - {operations: [chat], guardrail: other, version: 1}\n", "`bawn policy publish other` makes version 1"),
    ("routes:\n  - {operations: [chat], guardrail: none, version: 1}\n", "`guardrail: none` has no versions"),
    ("routes:\n  - {operations: [chat], guardrail: '../shop', version: 1}\n", "cannot be published"),
    ("routes:\n  - {operations: [chat], version: 1}\n", "version 1 of guardrail `default`: it is not published"),
])
def test_a_version_that_is_not_there(tmp_path, route, says):
    published(tmp_path)
    done = check(tmp_path, HEAD + route)
    assert done.status == 2 and says in done.err, done.err


def test_a_version_without_a_state_folder(tmp_path):
    (tmp_path / "bawn.yaml").write_text(HEAD + ROUTE % 1)
    done = cli.run("policy", "check", "--state", "nowhere", cwd=tmp_path)
    assert done.status == 2 and "there is no state folder here" in done.err and "--state" in done.err


@pytest.mark.parametrize("file", ["bawn.yaml", "lists/names.txt", "version.json"])
@pytest.mark.parametrize("change", [lambda p: p.write_text(p.read_text() + "\n# more\n"), lambda p: p.unlink()])
def test_a_version_that_was_changed_is_refused(tmp_path, file, change):
    published(tmp_path)
    one = tmp_path / "state/guardrails/shop/1"
    for path in (one, one / "lists", one / file):
        os.chmod(path, 0o755)
    change(one / file)
    done = check(tmp_path, HEAD + ROUTE % 1)
    assert done.status == 2 and "version 1 of guardrail `shop`" in done.err, done.err


def test_suggestions_know_the_version(tmp_path):
    published(tmp_path)
    e = cli.event(1, [cli.finding("words", "words.CUSTOM")], guardrail="shop")
    e["policy"]["version"] = "1"
    cli.record(tmp_path / "spool", [e])
    shown = cli.run("log", "show", e["id"], "--folder", "spool", "--state", "state", cwd=tmp_path).out
    assert "guardrail shop version 1" in shown and "state/guardrails/shop/1/bawn.yaml" in shown
    assert "publish it, and name the new version in its route" in shown
    suggested = cli.run("policy", "suggest", e["id"], "--folder", "spool", "--state", "state", cwd=tmp_path).out
    assert "Version 1 ruled, and it is frozen" in suggested


# ---- suggest -------------------------------------------------------------------------------------------------------
def suggest(tmp_path, events, number=0, policy=HEAD):
    (tmp_path / "bawn.yaml").write_text(policy)
    cli.record(tmp_path / "spool", events)
    return cli.run("policy", "suggest", events[number]["id"], "--folder", "spool", cwd=tmp_path)


def test_suggest_names_the_change_and_what_else_would_pass(tmp_path):
    email, phone = cli.finding(), cli.finding(kind="pii.PHONE")
    done = suggest(tmp_path, [cli.event(0, [email]), cli.event(1, [email]), cli.event(2, [phone]), cli.event(3, [email, phone]),
                              cli.event(4), cli.event(5, [cli.finding(side="output")])])
    assert done.status == 0
    exact, wide = done.out.split("A wider one:")
    assert 'except: [{kind: pii.EMAIL, hash: "k:00000000000000aa"}]' in exact
    assert "Of the last 6 recorded decisions 4 more were blocked" in exact and "2 of them would pass too" in exact
    assert "lets pass every pii.EMAIL:" in wide and "sensitive_information: {entities: {EMAIL: {input: observe}}}" in wide
    assert "1 of them would pass too" in wide and cli.event(1)["id"] in wide


def test_suggest_prefers_the_value_when_it_is_known(tmp_path):
    mine, other = cli.finding(text="jane@x.example"), cli.finding(hash="k:00000000000000bb")
    done = suggest(tmp_path, [cli.event(0, [mine]), cli.event(1, [other]), cli.event(2, [cli.finding()])])
    assert 'allow: ["jane@x.example"]' in done.out and "1 of them would pass too" in done.out


def test_suggest_weakens_a_strength_before_it_turns_a_guard_off(tmp_path):
    weak = cli.finding(guard="prompt_attack", kind="prompt_attack.JAILBREAK", score=0.8)
    strong = cli.finding(guard="prompt_attack", kind="prompt_attack.JAILBREAK", score=0.95)
    done = suggest(tmp_path, [cli.event(0, [weak]), cli.event(1, [strong]), cli.event(2, [weak])])
    assert "PROMPT_ATTACK: {input: low}" in done.out and "1 of them would pass too" in done.out


def test_suggest_names_each_topic_that_must_go(tmp_path):
    """Changes in the words of an advice are told apart by them."""
    policy = HEAD + ("guardrails:\n  default:\n    denied_topics:\n      - {name: shares, words: [buy shares]}\n"
                     "      - {name: loans, words: [take a loan]}\n")
    found = [cli.finding("topics", f"topics.{name}", hash=f"k:00000000000000{digit * 2}") for name, digit in (("shares", "a"), ("loans", "b"))]
    done = suggest(tmp_path, [cli.event(0, found)], policy=policy)
    assert done.status == 0, done.err
    wide = done.out.split("A wider one:")[1]
    for line, name in ((6, "shares"), (7, "loans")):
        assert f"lets pass every topics.{name}:" in wide and f"list item of line {line}" in wide, wide


def test_suggest_for_what_was_not_blocked(tmp_path):
    done = suggest(tmp_path, [cli.event(0)])
    assert done.status == 2 and "allow" in done.err


# ---- doctor --------------------------------------------------------------------------------------------------------
def doctor(tmp_path, **options):
    done = cli.run("doctor", "--state", "state", cwd=tmp_path, **options)
    lines = {line.split()[1]: line for line in done.out.splitlines() if line.split()[0] in ("ok", "failed", "warning")}
    return done, lines


def test_doctor_looks_at_everything_and_says_what_to_type(tmp_path):
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen()
    (tmp_path / "bawn.yaml").write_text(
        HEAD.replace("/v1'", "/v1', key: env:BAWN_TEST_KEY") + "listeners: {public: {address: '127.0.0.1:%d'}}\n" % s.getsockname()[1])
    done, lines = doctor(tmp_path)
    assert done.status == 1
    assert set(lines) == {"policy", "keys", "rights", "patterns", "upstreams", "nginx", "port", "record", "processor", "confined", "clock"}
    assert lines["keys"].startswith("failed") and "export BAWN_TEST_KEY=" in done.out
    assert lines["port"].startswith("failed") and "address" in done.out
    s.close()
    _, lines = doctor(tmp_path, env={"BAWN_TEST_KEY": "x"})
    for name in ("policy", "keys", "rights", "patterns", "upstreams", "port", "record", "processor", "clock"):
        assert lines[name].startswith("ok"), lines[name]


# ---- what `serve` would refuse is refused before ------------------------------------------------------------------------
@pytest.mark.parametrize("text,place,says", [
    (HEAD + "listeners:\n  public:\n    address: 0.0.0.0:8480\n", "5:14", "beyond loopback, and there are no identities"),
    (HEAD + "listeners:\n  public:\n    address: localhost\n", "5:14", "expected an address and port"),
    (HEAD + "listeners:\n  a b:\n    address: 127.0.0.1:8480\n", "4:", "no name for a listener"),
    (HEAD + "listeners:\n  public:\n    trusted_proxies: [127.0.0.1, 10.0.0.0/0]\n", "5:34", "expected the address of a proxy or its network"),
    (HEAD.replace("9/v1", "9/v1?key=x"), "2:", "without query"),
    (HEAD.replace("9/v1'", "9/v1', tls: {ca: 'file:/x'}"), "2:", "tls is for https"),
    (HEAD.replace("{m:", "{'m/n':"), "2:", "no name for an upstream"),
])
def test_all_commands_refuse_what_cannot_be_served(tmp_path, text, place, says):
    (tmp_path / "bawn.yaml").write_text(text)
    for words in (["policy", "check"], ["config"]):
        done = cli.run(*words, "--state", "state", cwd=tmp_path)
        assert done.status == 2 and says in done.err and f"bawn.yaml:{place}" in done.err, (words, done.out, done.err)
    done, lines = doctor(tmp_path)
    assert done.status == 1 and lines["patterns"].startswith("failed") and says in lines["patterns"]


def test_an_upstream_that_is_not_found_is_named_at_its_line(tmp_path):
    (tmp_path / "bawn.yaml").write_text("version: 1\nupstreams:\n  m: {dialect: openai, url: ['http://127.0.0.1:9/v1', 'http://models.invalid/v1']}\n")
    assert cli.run("policy", "check", cwd=tmp_path).status == 0         # a policy may be checked where it does not run
    done, lines = doctor(tmp_path)
    assert done.status == 1 and lines["upstreams"].startswith("failed")
    for words in ("line 3", "the host `models.invalid` of upstream `m` is not found", "at start and at reload", "upstreams.*.url"):
        assert words in done.out, words


def test_doctor_without_a_policy(tmp_path):
    done, lines = doctor(tmp_path)
    assert done.status == 1 and lines["policy"].startswith("failed") and "bawn policy init --upstream URL" in done.out


@pytest.mark.skipif(os.geteuid() == 0 and not os.path.exists("/usr/bin/setpriv"), reason="root may write everywhere")
def test_doctor_as_somebody_who_may_not_write(tmp_path):
    (tmp_path / "bawn.yaml").write_text(HEAD)
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)
    words = [cli.BIN, "doctor", "-c", str(tmp_path / "bawn.yaml"), "--state", str(tmp_path / "state")]
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *words]
        if subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "test", "-x", cli.BIN]).returncode:
            pytest.skip("the build folder is not open to others")
    else:
        tmp_path.chmod(0o555)
    out = subprocess.run(words, capture_output=True, text=True, cwd="/").stdout
    assert any(line.startswith("failed") and "rights" in line for line in out.splitlines())


def test_a_topic_without_words_is_noted(tmp_path):
    (tmp_path / "bawn.yaml").write_text(HEAD + "guardrails:\n  default:\n    denied_topics:\n"
                                        "      - {name: stocks, words: [stock tips], action: block}\n      - {name: rivals, definition: Others, action: block}\n")
    done = cli.run("policy", "check", "--state", "state", cwd=tmp_path)
    assert done.status == 0 and done.out.count("note:") == 1 and "bawn.yaml:7:9: note: this topic has no words" in done.out, done.out
