"""bawn log: a record that this file writes as docs/event.md says, read, explained, verified, repaired."""
import json
import os
import subprocess
import time

import pytest

import cli

POLICY = ("version: 1\nupstreams: {m: {dialect: openai, url: 'http://127.0.0.1:9/v1'}}\n"
          "guardrails:\n  default:\n    sensitive_information:\n      entities:\n        EMAIL: block\n")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "bawn.yaml").write_text(POLICY)
    cli.record(tmp_path / "spool", [
        cli.event(0), cli.event(1, [cli.finding()]), cli.event(2, [cli.finding(action="mask")]),
        cli.event(3, [cli.finding(guard="secrets", kind="secrets.AWS_ACCESS_KEY")]),
        cli.event(4, [cli.finding()], enforced=False), cli.event(5, at=time.time()),
    ])
    return tmp_path


def log(folder, *words):
    return cli.run("log", *words, "--folder", "spool", cwd=folder)


def test_one_line_a_decision(folder):
    done = log(folder)
    assert done.status == 0 and len(done.out.splitlines()) == 6
    line = done.out.splitlines()[1]
    assert cli.event(1)["id"] in line and "block" in line and "pii" in line and "standin" in line


@pytest.mark.parametrize("words,expected", [
    (["--action", "block"], {1, 3, 4}), (["--guard", "pii"], {1, 2, 4}), (["--guard", "pii.EMAIL", "-a", "mask"], {2}),
    (["--since", "5m"], {5}), (["--since", "2020-01-01"], {0, 1, 2, 3, 4, 5}), (["--last", "2"], {4, 5}),
])
def test_choosing(folder, words, expected):
    assert {int(r["id"][-12:], 16) for r in log(folder, "--json", *words).rows} == expected


def test_a_wrong_time_is_said(folder):
    done = log(folder, "--since", "yesterday")
    assert done.status == 2 and "15m" in done.err


def test_json_is_the_event_as_recorded(folder):
    assert log(folder, "--json").rows[1] == json.loads(json.dumps(cli.event(1, [cli.finding()], at=0))) | {"time": log(folder, "--json").rows[1]["time"]}


def test_follow_shows_what_comes(folder):
    p = subprocess.Popen([cli.BIN, "log", "-f", "--json", "--folder", "spool"], cwd=folder, stdout=subprocess.PIPE)
    for _ in range(6):
        p.stdout.readline()
    cli.record(folder / "spool", [cli.event(9)], name="0123abcd-0-20261123T160000.000000000.spool")
    assert json.loads(p.stdout.readline())["id"] == cli.event(9)["id"]
    p.terminate()
    p.wait(timeout=10)


def test_show_explains(folder):
    done = log(folder, "show", cli.event(1)["id"])
    assert done.status == 0
    for words in ("block", "because of pii on the input", "bytes [5,25) of /messages/0/content", "raw view", "from the caller",
                  "k:00000000000000aa", "not recorded", "OWASP LLM02", "bawn.yaml:7:9", "EMAIL: block",
                  'add to guardrails.default (line 4): except: [{kind: pii.EMAIL, hash: "k:00000000000000aa"}]',
                  "wider, it lets pass every pii.EMAIL:\n     line 7: EMAIL: {input: observe, output: block}   instead of EMAIL: block", "bawn policy suggest " + cli.event(1)["id"], "input 30 of 30 characters"):
        assert words in done.out, words


def test_show_highlights_recorded_text_and_takes_a_beginning_of_the_id(tmp_path):
    (tmp_path / "bawn.yaml").write_text(POLICY)
    cli.record(tmp_path / "spool", [cli.event(1, [cli.finding(text="a\x1b[2J@b.example")])])
    done = log(tmp_path, "show", cli.event(1)["id"][:13])
    assert done.status == 0 and ">>>a\\x1b[2J@b.example<<<" in done.out and "\x1b" not in done.out


def test_show_says_once_how_to_exempt_what_was_found_often(tmp_path):
    (tmp_path / "bawn.yaml").write_text(POLICY)
    many = [cli.finding(), cli.finding(), cli.finding(hash="k:00000000000000bb"), cli.finding(kind="pii.PHONE", text="555 0100")]
    cli.record(tmp_path / "spool", [cli.event(1, many)])
    shown = log(tmp_path, "show", cli.event(1)["id"]).out
    assert shown.count("exempt exactly this") == 1 and shown.count("instead of EMAIL: block") == 1
    assert 'except: [{kind: pii.EMAIL, hash: "k:00000000000000aa"}, {kind: pii.EMAIL, hash: "k:00000000000000bb"}]' in shown
    assert 'allow: ["555 0100"]' in shown


def test_show_says_whether_the_policy_is_the_one_that_ruled(folder):
    import hashlib
    assert "changed since" in log(folder, "show", cli.event(1)["id"]).out
    digest = "sha256:" + hashlib.sha256(POLICY.encode()).hexdigest()
    cli.record(folder / "spool", [cli.event(7, [cli.finding()], policy=digest)], name="0123abcd-1-20261123T160000.000000000.spool")
    assert "as it stands" in log(folder, "show", cli.event(7)["id"]).out


def test_show_of_what_is_not_there(folder):
    done = log(folder, "show", "0193576c-0000-7000-8000-000000000000")
    assert done.status == 1 and "no event" in done.err
    assert log(folder, "show", "0193").status == 2
    assert "6 events begin" in log(folder, "show", "0193576c").err


def test_show_works_without_a_sound_policy(folder):
    (folder / "bawn.yaml").write_text("nonsense: [\n")
    done = log(folder, "show", cli.event(1)["id"])
    assert done.status == 0 and "pii.EMAIL" in done.out and "no line of it can be shown" in done.out


def test_stats(folder):
    done = log(folder, "stats")
    assert "6 decisions" in done.out and "1 were only watched" in done.out and "pii.EMAIL block" in done.out
    got = json.loads(log(folder, "stats", "--json").out)
    assert got["decisions"] == 6 and got["actions"] == {"allow": 2, "block": 3, "mask": 1}
    assert got["findings"]["pii.EMAIL block"] == 2 and got["tokens"] == {"input": 60, "output": 30}
    assert got["milliseconds"]["max"] == 6.0
    assert got["guardrails"] == {"default": 6} and got["ends"] == {"complete": 3, "blocked": 3}
    assert got["unguarded"] == {} and got["failed"] == {}
    assert "bawn policy suggest ID" in done.out and "by guardrail: 6 default" in done.out and "no guard saw" not in done.out


def test_stats_say_what_was_not_looked_at_and_who_could_not_look(tmp_path):
    (tmp_path / "bawn.yaml").write_text(POLICY)
    events = [cli.event(i) for i in range(3)]
    events[0]["coverage"]["unguarded"] = [{"path": "/messages/0/content/1", "characters": 40, "reason": "unsupported_media"}]
    events[1]["coverage"]["unguarded"] = [{"path": "/x", "characters": 2, "reason": "unsupported_media"}]
    events[1]["guards"]["failed"] = [{"guard": "prompt_attack", "code": "timeout"}]
    events[2]["end"] = "client_left"
    cli.record(tmp_path / "spool", events)
    done = log(tmp_path, "stats")
    for words in ("characters that no guard saw, by reason: 42 unsupported_media", "guards that could not run: 1 prompt_attack timeout",
                  "1 client_left"):
        assert words in done.out, done.out
    got = json.loads(log(tmp_path, "stats", "--json").out)
    assert got["unguarded"] == {"unsupported_media": 42} and got["failed"] == {"prompt_attack timeout": 1} and got["ends"]["client_left"] == 1


def test_verify_reads_every_frame(folder):
    done = log(folder, "verify")
    assert done.status == 0 and "6 events" in done.out and "every frame sound" in done.out


def test_verify_reports_a_flipped_bit_with_file_and_offset(folder):
    path = next((folder / "spool").iterdir())
    data = bytearray(path.read_bytes())
    second = len(cli.frame(data[20:20 + int.from_bytes(data[4:8], "little")], 0))
    data[second + 100] ^= 1
    path.write_bytes(data)
    done = log(folder, "verify")
    assert done.status == 1 and f"{path.name} at byte {second}" in done.out and "corrupt" in done.out and "5 events" in done.out


def test_a_torn_tail_is_reported_and_repaired(folder):
    path = next((folder / "spool").iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole + cli.frame(b'{"half":1}' * 20, 6)[:50])
    done = log(folder, "verify")
    assert done.status == 1 and f"torn  {path.name} at byte {len(whole)}" in done.out and "bawn log repair" in done.out
    done = log(folder, "repair")
    assert done.status == 0 and "1 torn tail cut" in done.out
    assert path.read_bytes()[:len(whole)] == whole
    assert log(folder, "verify").status == 0
    assert "spool.repaired" in log(folder).out
    assert "Nothing to repair" in log(folder, "repair").out


def test_no_record_is_said(tmp_path):
    done = cli.run("log", "--folder", "nowhere", cwd=tmp_path)
    assert done.status == 3 and "nowhere" in done.err and "--state" in done.err


def test_the_record_is_found_through_state_and_policy(folder):
    os.rename(folder / "spool", folder / "kept")
    (folder / "bawn.yaml").write_text(POLICY + "record: {spool: {folder: state/spool}}\n")
    (folder / "st").mkdir()
    os.rename(folder / "kept", folder / "st/spool")
    assert len(cli.run("log", "--state", "st", cwd=folder).out.splitlines()) == 6
    os.rename(folder / "st/spool", folder / "elsewhere")
    (folder / "bawn.yaml").write_text(POLICY + f"record: {{spool: {{folder: '{folder}/elsewhere'}}}}\n")
    assert len(cli.run("log", "--state", "st", cwd=folder).out.splitlines()) == 6
