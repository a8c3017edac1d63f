"""The gateway as it is delivered, `bawn serve`, and the stand-in model that can stand behind it."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import server

BIN = server.BUILD / "bawn"
JAVASCRIPT = server.ROOT / "build/javascript"               # where the official JavaScript SDKs are
AWS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
NODE = ["node", "--input-type=module", "-"]
NO_NODE = ("" if shutil.which("node") and all((JAVASCRIPT / "node_modules" / name).is_dir() for name in ("openai", "@anthropic-ai/sdk"))
           else "no node, or no SDKs in build/javascript/node_modules: packaging/environment installs them")

POLICY = """version: 1
listeners: {{public: {{address: "127.0.0.1:{port}"}}}}
upstreams:
  main: {{dialect: openai, url: "http://127.0.0.1:{upstream}/v1", key: "env:LLM_KEY"}}
  claude: {{dialect: anthropic, url: "http://127.0.0.1:{upstream}", key: "env:LLM_KEY"}}
  aws: {{dialect: bedrock, url: "http://127.0.0.1:{upstream}", region: eu-west-1, credentials: env}}
defaults: {{guardrail: test{defaults}}}
guardrails:
  test:
    word_filters: {{custom: [{{words: [blockme], action: block}}]}}
    sensitive_information:
      entities: {{EMAIL: {{input: token, output: mask}}}}
      regexes: [{{name: CUSTOMER, pattern: 'cust-[^;]{{1,40}};', action: token}}]
{more}"""


def node(head, module, **given):
    """Runs a module of JavaScript behind `head`, which finds `given` as the last argument; returns what it puts into `say(...)`."""
    code = head + "const say = (value) => console.log(JSON.stringify(value));\n" + module
    done = subprocess.run([*NODE, json.dumps(given)], cwd=JAVASCRIPT, input=code, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class Standin:
    """examples/standin, which counts what reaches it."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, str(server.ROOT / "examples/standin/standin.py"), "--port", "0"],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split("/v1")[0].rsplit(":", 1)[1])

    def asked(self):
        """{"seen": how many requests came, "last": {"path", "headers", "body"}}."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/standin/requests", timeout=10) as answer:
            return json.load(answer)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


class Gateway:
    """`bawn serve` with a policy of its own, a state folder of its own and a free port."""

    def __init__(self, folder, upstream_port, defaults="", more=""):
        self.folder, self.state, self.port, self.mark = pathlib.Path(folder), pathlib.Path(folder) / "state", server.free_port(), 0
        self.url, self.spool = f"http://127.0.0.1:{self.port}/v1", server.Spool(self.state / "spool")
        self.policy = self.folder / "bawn.yaml"
        self.policy.write_text(POLICY.format(port=self.port, upstream=upstream_port, defaults=defaults, more=more))
        server.open_to_workers(self.folder)

    def bawn(self, *words):
        return subprocess.run([str(BIN), *words, "--state", str(self.state)], cwd=self.folder, capture_output=True, text=True,
                              env=dict(os.environ, LLM_KEY="sk-upstream", **AWS), timeout=60)

    def start(self):
        self.log = open(self.folder / "serve.log", "w")
        self.process = subprocess.Popen([str(BIN), "serve", "-c", str(self.policy), "--state", str(self.state)], cwd=self.folder,
                                        stdout=self.log, stderr=subprocess.STDOUT, env=dict(os.environ, LLM_KEY="sk-upstream", **AWS))
        end = time.monotonic() + 20
        while "listening on" not in self.said():
            assert self.process.poll() is None and time.monotonic() < end, self.said()
            time.sleep(0.02)
        return self

    def said(self):
        return (self.folder / "serve.log").read_text()

    def master(self):
        return int((self.state / "run" / "nginx.pid").read_text())

    def workers(self):
        return server.workers_of(self.master())

    def events(self):
        """Decisions since the last `forget()`."""
        decisions = [e for e in self.spool.events() if e["type"] == "decision"]
        return decisions[self.mark:]

    def forget(self):
        self.mark = 0
        self.mark = len(self.events())

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGTERM)       # the second one does not wait for open answers
                self.process.wait(10)
        self.log.close()
