"""Settings of the harness, from the environment (README.md)."""
import os
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DIR = os.environ.get("GWBENCH_DIR") or os.path.join(tempfile.gettempdir(), "gwbench")
MOCK = int(os.environ.get("MOCK_PORT", "9100"))
PORT = int(os.environ.get("GW_PORT", "9200"))
REFPORT = PORT + 1
GW_CPU, LOAD_CPU = os.environ.get("GW_CPU", "0"), os.environ.get("LOAD_CPU", "1")
NICE = int(os.environ.get("NICE", "-10" if os.geteuid() == 0 else "0"))
CONNS = os.environ.get("CONNS", "32")
ROUNDS = int(os.environ.get("ROUNDS", "3"))
SPIN = os.environ.get("SPIN", "1") == "1"             # keep both cores out of idle while timing
SCALE = float(os.environ.get("SCALE", "1"))           # shortens or lengthens every timed run
LOCK = os.environ.get("TIMING_LOCK", os.path.join(tempfile.gettempdir(), "timing.lock"))
PATH = "/v1/chat/completions"
P = os.path.join(DIR, "prompts")


def w(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    return path


def bin_(n):
    return os.path.join(DIR, "bin", n)
