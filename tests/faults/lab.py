"""What fault scripts share: figures that are asked and measured, nginx and the gateway with a disk and a clock that can be made
to fail (shim.c, preloaded), and the mock and the clients of the end-to-end tests."""
import errno
import mmap
import os
import pathlib
import shutil
import struct
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import client  # noqa: E402
import gateway  # noqa: E402
import mock  # noqa: E402
import server  # noqa: E402

SHORT = bool(os.environ.get("FAULTS_SHORT"))
LIBRARY = server.BUILD / "libfaults.so"


def many(full, short):
    """How much of it: all, or what fits into `make check`."""
    return short if SHORT else full


class Figures:
    """passed and failed count figures; each is printed as it is known."""

    def __init__(self):
        self.passed = self.failed = 0

    def figure(self, what, asked, measured, ok):
        print(f"   {'ok' if ok else 'FAILED':<7}{what:<62} asked {asked:<14} measured {measured}", flush=True)
        self.passed += bool(ok)
        self.failed += not ok

    def none(self, what, wrong, of=None):
        """That nothing went wrong: `wrong` is a number or the list of what did."""
        n = wrong if isinstance(wrong, int) else len(wrong)
        self.figure(what, "0", f"{n}{'' if of is None else f' of {of}'}{'' if isinstance(wrong, int) or not n else f', as {list(wrong)[0]!r}'}", n == 0)

    def below(self, what, value, most, unit=""):
        self.figure(what, f"< {most}{unit}", f"{value:.3g}{unit}", value < most)


# ---- a disk and a clock that fail ----------------------------------------------------------------------------------
CALLS = ("open", "write", "sync", "truncate", "lock")       # as in shim.h
RULE = struct.Struct("6q")


class Shim:
    """The knobs of shim.c, in a file that all processes of a tree map."""

    def __init__(self, folder):
        self.path = pathlib.Path(folder) / "shim"
        self.path.write_bytes(bytes(16 + RULE.size * len(CALLS)))
        self.path.chmod(0o666)
        with open(self.path, "r+b") as f:
            self.map = mmap.mmap(f.fileno(), 0)

    def environment(self):
        return {"LD_PRELOAD": str(LIBRARY), "BAWN_SHIM": str(self.path)}

    def later(self, seconds):
        struct.pack_into("q", self.map, 0, int(seconds * 1e9))

    def fail(self, call, number=errno.EIO, nth=1, part=-1, sticky=True):
        RULE.pack_into(self.map, 16 + RULE.size * CALLS.index(call), nth, number, part, sticky, 0, 0)

    def failed(self, call):
        return RULE.unpack_from(self.map, 16 + RULE.size * CALLS.index(call))[5]

    def heal(self):
        self.map[16:] = bytes(RULE.size * len(CALLS))


class Nginx(server.Nginx):
    """server.Nginx with the shim before everything."""

    def __init__(self, upstream, shim, **options):
        self.shim = shim
        super().__init__(upstream, **options)

    def environment(self):
        env = super().environment()
        ours = self.shim.environment()
        ours["LD_PRELOAD"] = " ".join(filter(None, (env.get("LD_PRELOAD"), ours["LD_PRELOAD"])))
        return {**env, **ours}


# ---- things that are closed when a script ends ----------------------------------------------------------------------
class Lab(Figures):
    def __init__(self):
        super().__init__()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bawn-faults-"))
        server.open_to_workers(self.folder)
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(self.folder)      # where server.py makes its folders
        self.open = []

    def keep(self, thing, close):
        self.open.append((thing, close))
        return thing

    def upstream(self, script=None):
        up = self.keep(mock.Upstream(), mock.Upstream.close)
        up.script = script or up.script
        return up

    def shim(self):
        return Shim(self.folder)

    def nginx(self, upstream, shim=None, **options):
        made = Nginx(upstream, shim, **options) if shim else server.Nginx(upstream, **options)
        return self.keep(made.start(), lambda n: n.stop())

    def gateway(self, upstream, **options):
        place = self.folder / f"gateway-{len(self.open)}"
        place.mkdir()
        return self.keep(gateway.Gateway(place, upstream.port, **options).start(), lambda g: g.stop())

    def load(self, port, clients=4, **options):
        return self.keep(client.Load(port, clients, **options), client.Load.stop)

    def close(self):
        for thing, close in reversed(self.open):
            close(thing)
        shutil.rmtree(self.folder, ignore_errors=True)


# ---- small things ---------------------------------------------------------------------------------------------------
def answers(pieces=12, delay=0.004):
    """A model that says hello, or streams for a while."""
    async def script(up, asked, reader, writer):
        if asked.json().get("stream"):
            return await mock.stream(mock.events(["a word. "] * pieces), 300, delay=delay)(up, asked, reader, writer)
        return await mock.answer_json(mock.completion("hello"))(up, asked, reader, writer)
    return script


def until(condition, seconds=5.0):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def anonymous(pid):
    """RssAnon and what of it was swapped, in KiB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith(("RssAnon:", "VmSwap:")))


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def p99(seconds):
    return sorted(seconds)[min(len(seconds) - 1, len(seconds) * 99 // 100)]
