"""The Big List of Naughty Strings (npm, blns) as messages: nothing crashes, nothing is 5xx, what is allowed arrives byte for byte."""
import json

import judge
import pipes

FILE = pipes.ROOT / "build/javascript/node_modules/blns/resources/blns.json"


def strings():
    found = json.loads(FILE.read_text(encoding="utf-8"))
    assert len(found) == 485
    return found


def test_guardrail_none_passes_all_bytes():
    with judge.Judge("routes: [{operations: [chat], guardrail: none}]\n") as gate:
        workers = gate.workers()
        for text, outcome in zip(strings(), gate.say(strings())):
            assert outcome.status == 200 and outcome.passed == gate.body(text), text
        assert gate.workers() == workers


def test_what_is_allowed_arrives_byte_for_byte(record_property):
    with judge.Judge() as gate:
        workers, said = gate.workers(), gate.say(strings())
        assert gate.workers() == workers
    for text, outcome in zip(strings(), said):
        assert outcome.status == 200, text                    # a block too is 200, with `content_filter`
        assert (outcome.passed is None) == (outcome.action == "block"), text
        if outcome.action in ("allow", "observe"):
            assert outcome.passed == judge.Judge.body(text), text
    record_property("actions", dict(judge.actions(said)))
    record_property("blocked by", dict(judge.blocked_by(said)))
    assert judge.actions(said)["allow"] > 200
