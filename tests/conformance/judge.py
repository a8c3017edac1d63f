"""Texts of others through the gateway as it is delivered: each a user's message, what became of it, and by which guard."""
import collections
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import client  # noqa: E402
import gateway  # noqa: E402
import mock  # noqa: E402

POLICY = """version: 1
listeners: {{public: {{address: "127.0.0.1:{port}"{listener}}}}}
upstreams: {{main: {{dialect: openai, url: "http://127.0.0.1:{upstream}/v1", key: "env:LLM_KEY"}}}}
{more}"""


class Outcome:
    """status; `passed`: the body that the model got, or None; action: of the recorded decision; guards: those that found something;
    blocked_by: those that blocked."""

    def __init__(self, status, passed):
        self.status, self.passed, self.action, self.guards, self.blocked_by = status, passed, None, set(), set()

    def tell(self, event):
        self.action = event["verdict"]["action"]
        for finding in event["findings"]:
            self.guards.add(finding["guard"])
            if finding["action"] == "block":
                self.blocked_by.add(finding["guard"])


class Judge(gateway.Gateway):
    """`more`: the rest of the policy; without it the built-in guardrail. Answers of the model are always the same."""

    def __init__(self, more="", listener=""):
        self.base = tempfile.TemporaryDirectory(prefix="bawn-judge-")
        self.upstream = mock.Upstream()
        super().__init__(self.base.name, self.upstream.port)
        self.policy.write_text(POLICY.format(port=self.port, upstream=self.upstream.port, more=more, listener=listener))
        self.start()

    def say(self, texts):
        """An outcome for each; the text of a request must be valid Unicode."""
        outcomes, seen = {}, []
        with client.Client(self.port, seconds=30) as c:
            for text in texts:
                self.upstream.requests.clear()
                answer = c.send(client.request(self.body(text))).answer()
                passed = self.upstream.requests[0].body if self.upstream.requests else None
                seen.append((answer.headers.get("x-bawn-id"), Outcome(answer.status, passed)))
        outcomes.update(seen)
        for event in self.events():
            if event["id"] in outcomes:
                outcomes[event["id"]].tell(event)
        return [outcome for _, outcome in seen]

    @staticmethod
    def body(text):
        return json.dumps(client.chat(text), ensure_ascii=False).encode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.upstream.close()
        self.base.cleanup()


def actions(outcomes):
    return collections.Counter(o.action for o in outcomes)


def blocked_by(outcomes):
    return collections.Counter(guard for o in outcomes for guard in o.blocked_by)
