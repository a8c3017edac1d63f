"""Our gateway as a system of the harness: `bawn serve` with a policy, and its variants."""
import os
import pathlib
import shutil

from settings import DIR, MOCK, P

BENCH = pathlib.Path(__file__).resolve().parent
PROSE = ("english", "russian", "chinese")


def policy(folder, port, guards=True, more=""):
    text = (BENCH / "policy.yaml").read_text()
    text = text.replace("127.0.0.1:9200", f"127.0.0.1:{port}").replace("127.0.0.1:9100", f"127.0.0.1:{MOCK}")
    if not guards:
        text += "routes: [{operations: [chat], guardrail: none}]\n"
    text += more
    path = pathlib.Path(folder) / "bawn.yaml"
    path.write_text(text)
    return path


def system(build, name, port, guards=True, more="", words=()):
    """A fresh state folder; the pattern cache is made by the first start."""
    folder = pathlib.Path(DIR) / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for f in (folder, folder.parent):
        os.chmod(f, 0o755)                  # workers run as another user when root starts them
    return dict(cmd=[str(build / "bawn"), "serve", "-c", str(policy(folder, port, guards, more)), "--state", str(folder / "state"), *words],
                port=port, env={"LLM_KEY": "sk-bench"}, name=name, state=folder / "state")


def forget_spool(s):
    """What a long run recorded is not kept: it would fill the disk."""
    for f in (s["state"] / "spool").glob("**/*"):
        if f.is_file():
            os.truncate(f, 0)


def bodies(build, bin_dir):
    """Prompts in three scripts, and what the mock and the prober need, in the harness's folder."""
    import subprocess
    import sys
    os.makedirs(bin_dir, exist_ok=True)
    for tool in ("mock", "probe"):
        shutil.copy(build / "gateways" / tool, bin_dir)
    os.makedirs(P, exist_ok=True)
    more = []
    for language in PROSE:
        path = os.path.join(P, f"{language}.prose")
        with open(path, "wb") as f:
            subprocess.run([build / "micro", "prose", language, "7900"], stdout=f, check=True)
        more.append(f"8k-{language}={path}")
    subprocess.run([sys.executable, str(BENCH / "gateways" / "prompts.py"), P] + more, check=True)
