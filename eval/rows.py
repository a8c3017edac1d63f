"""Labelled rows: reading them, and what `bawn check --format jsonl` says to each."""
import glob
import gzip
import json
import os
import subprocess
import sys

TASKS = ("prompt-attack", "harm", "pii", "topics")
# Where a text of this kind comes from when it reaches a model; the others are what a caller says.
DOCUMENTS = {"document", "document-code", "document-table", "indirect-document", "how-to", "readme", "policy", "security-doc"}
TOOLS = {"tool-output", "tool-description", "indirect-tool"}


def read(folder, task, split):
    out = []
    for path in sorted(glob.glob(os.path.join(folder, task, split + "*.jsonl.gz"))):
        with gzip.open(path, "rt", encoding="utf-8") as f:
            out += [json.loads(line) for line in f]
    return out


def question(row, n):
    q = {"id": n, "text": row["text"]}
    if row.get("role") == "response":
        q["role"] = "assistant"
    elif row.get("kind") in TOOLS:
        q["role"] = "tool"
    elif row.get("kind") in DOCUMENTS:
        q.update(role="user", origin="document")
    return q


def judge(items, bawn, policy, raw):
    """Sets row["got"] of every row to the verdict's line; keeps the lines in the file `raw`, with the rows' ids."""
    command = [bawn, "check", "--format", "jsonl"] + (["--policy", policy] if policy else [])
    lines = "".join(json.dumps(question(r, i)) + "\n" for i, r in enumerate(items))
    try:
        done = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8", errors="surrogatepass")
    except FileNotFoundError:
        sys.exit(f"eval: there is no {bawn}; build it first: make build")
    got = [json.loads(x) for x in done.stdout.splitlines()]
    if done.returncode or len(got) != len(items):
        sys.exit(f"eval: `{' '.join(command)}` ended with {done.returncode} after {len(got)} of {len(items)} lines: "
                 f"{done.stderr[:500]}")
    os.makedirs(os.path.dirname(raw), exist_ok=True)
    with open(raw, "w") as f:
        for row, verdict in zip(items, got):
            if "error" in verdict:
                sys.exit(f"eval: row {row['id']} was refused: {verdict['error']}")
            row["got"] = verdict
            f.write(json.dumps({**verdict, "id": row["id"]}) + "\n")


def guards(row):
    return {f["guard"] for f in row["got"]["findings"]}


def kinds(row):
    return sorted({f["kind"] for f in row["got"]["findings"]})


def blocked_by(row, names):
    return row["got"]["action"] == "block" and bool(guards(row) & names)
