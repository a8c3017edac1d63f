"""Help, mistakes, completions, manual pages: each command and option is there, and said to be."""
import json
import os
import re
import shutil
import subprocess

import pytest

import cli

MAN = cli.ROOT / "docs/man"
COMPLETIONS = {"bash": "bawn.bash", "zsh": "_bawn", "fish": "bawn.fish"}


def commands():
    listed = cli.run("help").out.split("COMMAND [OPTION...]")[1].split("`bawn help")[0]
    return [re.split(r"\s{2,}|(?<=\S{17}) ", line.strip())[0] for line in listed.splitlines() if line.startswith("  ")]


def options(command):
    return re.findall(r"--([a-z]+)", cli.run("help", *command.split()).out.split("Options:")[1])


# ---- help ----------------------------------------------------------------------------------------------------------
def test_the_list_names_every_command():
    assert {"check", "policy check", "policy explain", "policy schema", "policy init", "policy publish", "policy suggest", "doctor",
            "serve", "reload", "stop", "config", "log", "log show", "log stats", "log verify", "log repair", "version", "help",
            "completion"} <= set(commands())


def test_every_command_explains_itself_both_ways():
    for command in commands():
        page = cli.run("help", *command.split())
        assert page.status == 0 and page.out.startswith(f"Usage: bawn {command}")
        assert cli.run(*command.split(), "--help").out == page.out


@pytest.mark.parametrize("words,meant", [
    (["chek"], "bawn check"), (["polcy", "check"], "bawn policy check"), (["log", "shwo"], "bawn log show"),
    (["policy", "sugest", "x"], "bawn policy suggest"), (["check", "--polcy", "x"], "--policy"), (["log", "--jason"], "--json"),
    (["help", "chek"], "bawn check"),
])
def test_did_you_mean(words, meant):
    done = cli.run(*words)
    assert done.status == 2 and f"did you mean `{meant}`?" in done.err and done.out == ""


def test_nothing_said_is_the_list_and_an_error():
    assert cli.run().status == 2 and "bawn help COMMAND" in cli.run().err
    assert cli.run("policy").status == 2 and "policy init" in cli.run("policy").err


def test_version():
    assert re.fullmatch(r"bawn \d+\.\d+\.\d+\n", cli.run("--version").out)
    assert "sha256:" in cli.run("version", "-v").out


def test_a_full_disk_is_no_success():
    with open("/dev/full", "wb") as full:
        for words in (["version"], ["help"], ["policy", "schema"]):
            assert subprocess.run([cli.BIN, *words], stdout=full, stderr=subprocess.DEVNULL).returncode == 3


@pytest.mark.skipif(not shutil.which("strace"), reason="no strace")
def test_check_opens_no_connection(tmp_path):
    env = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}    # leaks are not looked for under ptrace
    words = ["strace", "-f", "-e", "trace=network", "-o", str(tmp_path / "calls"), cli.BIN, "check", "-"]
    subprocess.run(words, input=b"hello http://example.com", cwd=tmp_path, check=True, stdout=subprocess.DEVNULL, env=env)
    assert "socket" not in (tmp_path / "calls").read_text()


# ---- completions ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("shell", COMPLETIONS)
def test_installed_completions_are_those_of_the_table(shell):
    made = cli.run("completion", shell).out
    assert made == (cli.ROOT / "completions" / COMPLETIONS[shell]).read_text(), f"bawn completion {shell} > completions/{COMPLETIONS[shell]}"
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=made.encode(), capture_output=True).returncode == 0


@pytest.mark.parametrize("words,expected", [
    (["bawn", "po"], {"policy"}), (["bawn", "log", "sh"], {"show"}), (["bawn", "check", "--format", ""], {"text", "json", "jsonl", "sarif"}),
    (["bawn", "log", "show", "--js"], {"--json"}), (["bawn", "policy", "init", "--up"], {"--upstream"}), (["bawn", "log", "--fol"], {"--follow", "--folder"}),
])
def test_bash_completes(words, expected):
    script = 'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bawn; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-c", script, str(cli.ROOT / "completions/bawn.bash"), *words], capture_output=True, text=True)
    assert set(done.stdout.split()) == expected


# ---- manual pages --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("page", sorted(os.listdir(MAN)))
def test_manual_pages_are_sound(page):
    if shutil.which("mandoc"):
        done = subprocess.run(["mandoc", "-Tlint", "-W", "warning", MAN / page], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    elif shutil.which("groff"):
        done = subprocess.run(["groff", "-mdoc", "-Tutf8", "-ww", MAN / page], capture_output=True, text=True)
        assert done.returncode == 0 and done.stderr == ""
    else:
        pytest.skip("neither mandoc nor groff")


def test_manual_pages_name_every_command_and_option():
    text = {page: (MAN / page).read_text().replace("\\", "") for page in os.listdir(MAN)}
    main = text["bawn.1"]
    for command in commands():
        assert re.search(rf"Cm {command}( ,|$)", main, re.M), command
    for page, names in {"bawn-check.1": ["check"], "bawn-log.1": ["log", "log show", "log stats", "log verify"],
                        "bawn-serve.1": ["serve", "reload", "stop", "config"]}.items():
        for name in names:
            for option in options(name):
                assert option == "help" or f"-{option}" in text[page], f"{page}: --{option}"


def test_the_policy_page_names_every_section():
    schema = json.loads(cli.run("policy", "schema").out)
    text = (MAN / "bawn.yaml.5").read_text()
    built = [k for k, v in schema["properties"].items() if "not" not in v]
    for section in set(built) - {"node", "scorer"}:
        assert f".It Li {section}" in text, section
