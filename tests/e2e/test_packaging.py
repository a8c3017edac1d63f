"""What `make` does on a machine: run, install, uninstall, and the installation of packages, which here are played."""
import os
import re
import signal
import socket
import stat
import subprocess
import time

import pytest

import cli
import server

RUN, SETUP, UNINSTALL = (cli.ROOT / "packaging" / name for name in ("run", "setup", "uninstall"))


# ---- make run -----------------------------------------------------------------------------------------------------------
class Run:
    """packaging/run on ports of its own, until stop()."""

    def __init__(self, folder, port=None, model_port=None):
        self.port, self.model_port, self.log = port or server.free_port(), model_port or server.free_port(), folder / "run.log"
        server.open_to_workers(folder)
        env = {**os.environ, "PORT": str(self.port), "MODEL_PORT": str(self.model_port), "STATE": str(folder / "state"), "BAWN_BUILD": str(cli.BUILD)}
        self.process = subprocess.Popen([RUN], stdout=open(self.log, "wb"), stderr=subprocess.STDOUT, env=env, start_new_session=True)

    def said(self):
        return self.log.read_text()

    def until(self, words):
        deadline = time.monotonic() + 30
        while words not in self.said():
            assert self.process.poll() is None and time.monotonic() < deadline, self.said()
            time.sleep(0.05)
        return self.said()

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)


def listening(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


@cli.needs_plain_module
def test_what_make_run_prints_is_what_happens(tmp_path):
    run = Run(tmp_path)
    try:
        page = run.until("Stop with Ctrl-C.")
        commands = re.findall(r"^  (curl .*?\n.*?)\n$", page, re.M)
        assert len(commands) == 2
        answers = [subprocess.run(["sh", "-c", c], capture_output=True, text=True, timeout=20).stdout for c in commands]
        assert 'the answer ends on "You said: What is in stock?"' in page and "You said: What is in stock?" in answers[0]
        assert '"finish_reason":"content_filter"' in page and '"finish_reason":"content_filter"' in answers[1]
        why = re.search(r"Why it was blocked:  (.*)", page)[1]
        shown = subprocess.run(["sh", "-c", why], capture_output=True, text=True, cwd=cli.ROOT, timeout=20).stdout
        assert len(shown.splitlines()) == 1 and "prompt_attack" in shown
    finally:
        assert run.stop() == 0
    assert not listening(run.port) and not listening(run.model_port)


@pytest.mark.parametrize("taken", ["port", "model_port"])
def test_a_port_with_a_strangers_server_is_named_with_its_setting(tmp_path, upstream, taken):
    """The stranger answers /v1/models, as ours would."""
    run = Run(tmp_path, **{taken: upstream.port})
    assert run.process.wait(20) == 1
    said, name = run.said(), {"port": "PORT", "model_port": "MODEL_PORT"}[taken]
    assert f"port {upstream.port} is taken" in said and re.search(rf"make run {name}=\d+", said) and "Bawn stands" not in said
    assert not listening(run.model_port if taken == "port" else run.port)


# ---- the installation of packages ------------------------------------------------------------------------------------------
APT = """#!/bin/sh
# Plays apt-get: says what it does, and writes down what a package's script would be told about services.
case "$1 $2" in "update -q") echo "Get:1 lists"; exit 0 ;; esac
"$POLICY_RC_D" nginx start; echo "$?" >"$FAKE/asked"
echo "0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded."
for p in one two; do echo "Get:1 $p"; echo "Unpacking $p"; sleep 0.3; echo "Setting up $p"; done
exit "${FAKE_STATUS:-0}"
"""


def fake(tmp_path, **env):
    """packaging/setup with an apt-get that installs nothing. Returns what is needed to call it."""
    for name, text in {"apt-get": APT, "dpkg-query": "#!/bin/sh\nexit 1\n", "sudo": '#!/bin/sh\nexec "$@"\n'}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "list").write_text("# a comment\none\ntwo  # why\n")
    (tmp_path / "tmp").mkdir()
    return {"args": [SETUP, tmp_path / "list"], "env": {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "FAKE": str(tmp_path), "SETUP_PAUSE": "0.1",
                                                       "TMPDIR": str(tmp_path / "tmp"), "POLICY_RC_D": str(tmp_path / "policy-rc.d"), **env}}


def test_setup_says_what_it_does_and_starts_no_service(tmp_path):
    done = subprocess.run(**fake(tmp_path), capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    for words in ("needs 2 Debian packages", "one two", "No service is started", "set up of 2", "Installed."):
        assert words in done.stdout, done.stdout
    assert (tmp_path / "asked").read_text() == "101\n"                    # no service may start
    assert not (tmp_path / "policy-rc.d").exists() and not list((tmp_path / "tmp").iterdir())


@pytest.mark.parametrize("status", ["0", "100"])
def test_a_policy_of_the_machine_is_put_back_whatever_happens(tmp_path, status):
    mine = tmp_path / "policy-rc.d"
    mine.write_text("#!/bin/sh\nexit 0\n")
    mine.chmod(0o750)
    done = subprocess.run(**fake(tmp_path, FAKE_STATUS=status), capture_output=True, text=True, timeout=20)
    assert done.returncode == (status != "0") and ("apt-get failed" in done.stderr) == (status != "0")
    assert mine.read_text() == "#!/bin/sh\nexit 0\n" and stat.S_IMODE(mine.stat().st_mode) == 0o750
    assert (tmp_path / "asked").read_text() == "101\n" and not (tmp_path / "policy-rc.d.before-bawn").exists()


def test_ctrl_c_while_packages_are_installed_puts_the_policy_back(tmp_path):
    (tmp_path / "policy-rc.d").write_text("#!/bin/sh\nexit 7\n")
    p = subprocess.Popen(**fake(tmp_path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 10
    while not (tmp_path / "asked").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(p.pid, signal.SIGINT)
    assert p.wait(10) == 1
    assert (tmp_path / "policy-rc.d").read_text() == "#!/bin/sh\nexit 7\n" and not (tmp_path / "policy-rc.d.before-bawn").exists()


def test_setup_with_everything_there_is_silent(tmp_path):
    call = fake(tmp_path)
    (tmp_path / "dpkg-query").write_text("#!/bin/sh\necho install ok installed\n")
    done = subprocess.run(**call, capture_output=True, text=True, timeout=20)
    assert done.returncode == 0 and done.stdout == "" and not (tmp_path / "asked").exists()


# ---- make install, make uninstall -------------------------------------------------------------------------------------------
INSTALLED = """
bin/bawn include/bawn/bawn.h lib/bawn/ngx_http_bawn_module.so lib/libbawn.so lib/libbawn.so.0 lib/libbawn.so.0.1.0
lib/nginx/modules/ngx_http_bawn_module.so lib/pkgconfig/bawn.pc lib/systemd/system/bawn.service lib/sysusers.d/bawn.conf
share/bash-completion/completions/bawn share/fish/vendor_completions.d/bawn.fish share/zsh/vendor-completions/_bawn
""".split()


def files(root):
    return {str(p.relative_to(root)) for p in root.rglob("*") if p.is_symlink() or p.is_file()}


def expected():
    docs = {f"share/doc/bawn/{p.relative_to(cli.ROOT / 'docs')}" for p in (cli.ROOT / "docs").rglob("*.md")}
    pages = {f"share/man/man{p.suffix[1:]}/{p.name}" for p in (cli.ROOT / "docs/man").iterdir()}
    examples = {f"share/doc/bawn/examples/policies/{p.name}" for p in (cli.ROOT / "examples/policies").glob("*.yaml")}
    return set(INSTALLED) | docs | pages | examples | {f"share/doc/bawn/{n}" for n in ("openapi.yaml", "README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE")}


@cli.needs_plain_module
def test_what_is_installed_is_listed_works_and_goes_again(tmp_path):
    env, prefix = {**os.environ, "DESTDIR": str(tmp_path)}, tmp_path / "usr/local"
    subprocess.run(["cmake", "--install", cli.BUILD, "--prefix", "/usr/local"], env=env, check=True, capture_output=True, timeout=120)
    assert files(prefix) == expected()
    assert files(tmp_path) == {f"usr/local/{name}" for name in expected()}
    said = subprocess.run([prefix / "bin/bawn", "version", "-v"], capture_output=True, text=True, timeout=20)
    assert said.returncode == 0 and said.stdout.startswith("bawn 0.1.0")
    assert (prefix / "lib/bawn/ngx_http_bawn_module.so").resolve() == prefix / "lib/nginx/modules/ngx_http_bawn_module.so"
    assert "/usr/local/bin/bawn" in (prefix / "lib/systemd/system/bawn.service").read_text()
    (prefix / "bin/other").write_text("not ours")
    gone = subprocess.run([UNINSTALL, cli.BUILD / "install_manifest.txt"], env=env, capture_output=True, text=True, timeout=60)
    assert gone.returncode == 0 and f"Removed {len(expected())} files" in gone.stdout, gone.stdout + gone.stderr
    assert files(tmp_path) == {"usr/local/bin/other"}
    assert not [p for p in tmp_path.rglob("bawn") if p.is_dir()]


def test_uninstalling_without_a_list_says_where_it_comes_from(tmp_path):
    done = subprocess.run([UNINSTALL, tmp_path / "none"], capture_output=True, text=True)
    assert done.returncode == 1 and "make install" in done.stderr


# ---- the example of the library ----------------------------------------------------------------------------------------------
@cli.needs_plain_module
def test_the_embedded_example_prints_what_its_page_says():
    page = (cli.ROOT / "examples/embed/README.md").read_text()
    said = subprocess.run([cli.BUILD / "embed"], capture_output=True, text=True, timeout=20)
    assert said.returncode == 0 and said.stdout == "".join(line[4:] + "\n" for line in re.findall(r"^    .*$", page, re.M)), said
