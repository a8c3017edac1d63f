"""The docs say what is: generated pages are those of the program, links lead somewhere, every policy in them is right, and
every code block of a client can be found by its mark. Needs a build folder (BAWN_BUILD) for the first and third."""
import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ.get("BAWN_BUILD", ROOT / "build" / "release"))
PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md"))
BAWN = BUILD / "bawn"
built = pytest.mark.skipif(not (BAWN.exists() and (BUILD / "guards_reference").exists()), reason="nothing built")


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


@built
def test_generated_pages_are_not_behind_the_program():
    done = subprocess.run([sys.executable, str(ROOT / "tools/docs.py"), "--build", str(BUILD), "--check"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", target):
            assert (page.parent / target.split("#")[0]).exists(), f"{page.name} links to {target}"


@built
def test_every_policy_in_the_docs_is_right(tmp_path):
    found = 0
    for page in PAGES:
        for text in blocks(page.read_text(), "yaml"):
            found += 1
            policy = tmp_path / f"{page.stem}-{found}.yaml"
            policy.write_text(text)
            done = subprocess.run([str(BAWN), "policy", "check", "--state", str(tmp_path / "state"), str(policy)],
                                  capture_output=True, text=True, env=dict(os.environ, LLM_KEY="x"))
            assert done.returncode == 0, f"{page.name}: {done.stdout}{done.stderr}\n{text}"
    assert found >= 4


@built
def test_example_policies_are_right(tmp_path):
    for policy in (ROOT / "examples/policies").glob("*.yaml"):
        done = subprocess.run([str(BAWN), "policy", "check", "--state", str(tmp_path), str(policy)], capture_output=True,
                              text=True, env=dict(os.environ, LLM_KEY="x"))
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_client_has_one_whole_block():
    text = (ROOT / "docs/clients.md").read_text()
    parts = re.split(r"<!-- client: ([a-z-]+) -->", text)[1:]
    names = parts[::2]
    assert names == ["curl", "python-openai", "javascript-openai", "python-chat", "python-responses", "python-anthropic",
                     "javascript-anthropic", "python-bedrock", "langchain", "litellm", "coding-agents"]
    for name, part in zip(names, parts[1::2]):
        whole = [code for language, code in re.findall(r"^```(\w+)\n(.*?)^```", part, re.M | re.S) if language != "text"]
        assert len(whole) == 1 and "http://127.0.0.1:8480" in whole[0], name


def test_paths_that_the_threat_model_names_are_there():
    for line in (ROOT / "docs/threat-model.md").read_text().splitlines():
        if not line.startswith("| T"):
            continue
        for name in re.findall(r"`((?:unit|property|e2e)/[\w./]+)", line):
            assert (ROOT / "tests" / name.split("::")[0]).exists(), name
        for name in re.findall(r"::(test_\w+)", line):
            assert any(f"def {name}(" in f.read_text() for f in (ROOT / "tests/e2e").glob("*.py")), name
        for name in re.findall(r"`((?:base|cli|confine|connectors|dialect|engine|exchange|guard|match|policy|record|serve|text|fuzz)/[\w./]*)`", line):
            assert (ROOT / name).exists() or (ROOT / "src" / name).exists(), name
