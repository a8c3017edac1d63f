"""Real nginx with our module, in a private prefix, on free loopback ports. Never the system's service."""
import functools
import json
import os
import pathlib
import random
import resource
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BAWN_BUILD", ROOT / "build" / "release"))

POLICY = """version: 1
upstreams:
  main: {{dialect: openai, url: "http://127.0.0.1:{port}/v1", key: "env:BAWN_TEST_KEY", models: ["*"]}}
defaults: {{guardrail: test}}
guardrails:
  test:
    word_filters: {{custom: [{{words: [blockme], action: block}}]}}
    sensitive_information: {{entities: {{EMAIL: {{input: mask, output: mask}}}}}}
    input_limits: {{characters: 100000000}}
record: {{spool: {{folder: spool}}}}
"""

CONF = """
load_module {module};
{main}
worker_processes {workers}; daemon off; master_process on; error_log stderr {log}; pid nginx.pid;
worker_shutdown_timeout 20s;
events {{ worker_connections {connections}; }}
http {{
    access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
    bawn_policy bawn.yaml; bawn_spool {prefix}/spool {spool}; {http}
    upstream main {{ server 127.0.0.1:{upstream}; keepalive 16; }}
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_next_upstream off;
    proxy_set_header Authorization $bawn_authorization; proxy_set_header Accept-Encoding identity;
    proxy_connect_timeout 1s; proxy_read_timeout {read_timeout}; proxy_buffering {buffering};
    server {{
        listen 127.0.0.1:{port}; listen 127.0.0.1:{h2} http2;
        client_max_body_size {limit}; client_body_timeout 3s; keepalive_timeout 60s; lingering_timeout 1s;
        bawn on; bawn_dispatch on; bawn_answer_limit 2m;
        location / {{ {location} }}
        location @main {{ proxy_pass http://main$bawn_uri; }}
        location = /v1/embeddings {{ bawn_guardrail none; bawn_upstream main; }}
        location = /metrics {{ bawn off; bawn_status metrics; }}
        location = /healthz {{ bawn off; bawn_status health; }}
        location = /readyz {{ bawn off; bawn_status ready; }}
        {locations}
    }}
}}
"""


taken = set()


def free_port():
    """None of those that the kernel gives to connections: it may be one of them by the time a server binds it."""
    first_of_kernel = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(10000, max(first_of_kernel, 20000))
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in taken:
            taken.add(port)
            return port


@functools.cache
def nginx_version():
    said = subprocess.run(["nginx", "-v"], capture_output=True, text=True).stderr
    return tuple(map(int, said.split("nginx/")[1].split()[0].split(".")))


PASSES_HINTS = (1, 29, 0)          # since this version nginx reads past a 103, and passes it on where `early_hints` says so


def open_to_workers(folder):
    """Workers of another user must come through to it."""
    for part in (folder, *folder.parents):
        if str(part).startswith("/tmp/") and os.access(part, os.W_OK):
            part.chmod(0o755)


def workers_of(master):
    """Those that have begun: nginx gives them their title then."""
    def title(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return b""
    try:
        children = pathlib.Path(f"/proc/{master}/task/{master}/children").read_text().split()
    except OSError:
        return []                              # it is gone, and they have another parent
    return [int(child) for child in children if title(child).startswith(b"nginx: worker process")]


def until_replaced(old, workers, seconds=5):
    """After a reload an old worker answers beside the new ones for a while; this waits until none is left."""
    end = time.monotonic() + seconds
    while set(old) & set(workers()):
        assert time.monotonic() < end, "the old worker does not go"
        time.sleep(0.02)


@functools.cache
def libasan(module):
    linked = subprocess.run(["readelf", "-d", str(module)], capture_output=True, text=True).stdout
    if "libasan" not in linked:
        return None
    return subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True).stdout.strip()


class Spool:
    """A folder of records that grows; what was read is not read again, until `forget()`."""

    def __init__(self, folder):
        self.folder, self.files = pathlib.Path(folder), {}

    def forget(self):
        self.files = {}

    def events(self):
        """All, in order of file and place; a file's reading ends at the first frame that is not whole."""
        out = []
        for path in sorted(self.folder.glob("*.spool")):
            begin, events = self.files.get(path.name, (0, []))
            with open(path, "rb") as f:
                f.seek(begin)
                data, at = f.read(), 0
            while at + 20 <= len(data) and data[at:at + 4] == b"BWN1":
                size, = struct.unpack_from("<I", data, at + 4)
                if at + 20 + size > len(data):
                    break
                events.append(json.loads(data[at + 20:at + 20 + size]))
                at += (20 + size + 7) // 8 * 8
            self.files[path.name] = begin + at, events
            out += events
        return out


class Nginx:
    def __init__(self, upstream, engine="real", **options):
        self.prefix = pathlib.Path(tempfile.mkdtemp(prefix="nginx-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
        self.upstream, self.engine = upstream, engine
        self.module = BUILD / "ngx_http_bawn_module.so"
        self.port, self.h2 = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self.file_limit = options.pop("file_limit", None)
        self.options = dict(main="", http="", location="", locations="", spool="", limit="4m", read_timeout="5s",
                            workers=1, connections=512, log="info", buffering="on", policy=POLICY)
        self.options.update(options)
        self.log, self.spool = [], Spool(self.prefix / "spool")
        self.write()

    def write(self):
        o = dict(self.options)
        policy = o.pop("policy").format(port=self.upstream.port)
        main = o.pop("main") + (" user root;" if os.getuid() == 0 else "")
        (self.prefix / "bawn.yaml").write_text(policy)
        (self.prefix / "spool").mkdir(exist_ok=True)
        (self.prefix / "nginx.conf").write_text(CONF.format(
            module=self.module, prefix=self.prefix, upstream=self.upstream.port, port=self.port, h2=self.h2,
            main=main, **o))

    def environment(self):
        env = dict(os.environ, BAWN_TEST_KEY="sk-of-the-upstream")
        asan = libasan(self.module)
        preload = [asan] if asan else []
        if self.engine == "scripted":          # preloaded: its name is the one that the module asks for
            preload.append(str(next((BUILD / "scripted").glob("libbawn.so*"))))
        if preload:
            env["LD_PRELOAD"] = " ".join(preload)
        if asan:
            env["ASAN_OPTIONS"] = "detect_leaks=1:abort_on_error=0:exitcode=99:log_to_stderr=1"
            # At its end nginx sometimes drops its table of connections; the module itself never calls ngx_alloc.
            folder = self.prefix / "s"             # one of nginx's temporary folders: a confined worker may read there at its end
            folder.mkdir(exist_ok=True)
            (folder / "lsan.supp").write_text("leak:ngx_alloc\n")
            env["LSAN_OPTIONS"] = f"suppressions={folder}/lsan.supp:print_suppressions=0"
            env["UBSAN_OPTIONS"] = "print_stacktrace=1"
        return env

    def limit(self):
        if self.file_limit is not None:        # writes past it fail with EFBIG: a full disk
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_limit, self.file_limit))

    def command(self, *more):
        return ["nginx", "-p", str(self.prefix) + "/", "-c", "nginx.conf", *more]

    def test(self):
        return subprocess.run(self.command("-t"), env=self.environment(), capture_output=True, text=True)

    def start(self):
        self.process = subprocess.Popen(self.command(), env=self.environment(), stderr=subprocess.PIPE, text=True,
                                        errors="replace", preexec_fn=self.limit)
        threading.Thread(target=self._read_log, daemon=True).start()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self.process.poll() is not None:
                time.sleep(0.1)
                raise RuntimeError("nginx did not start:\n" + self.text())
            try:
                if ((self.prefix / "nginx.pid").read_text().strip() == str(self.process.pid)    # else another has the port
                        and len(self.workers()) == self.options["workers"]):
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                    return self
            except OSError:
                pass
            time.sleep(0.02)
        raise RuntimeError("nginx does not listen:\n" + self.text())

    def _read_log(self):
        for line in self.process.stderr:
            self.log.append(line)

    def text(self):
        return "".join(self.log)

    def signal(self, what):
        self.process.send_signal(what)

    def workers(self):
        return workers_of(self.process.pid)

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGQUIT)
            try:
                self.process.wait(8)
            except subprocess.TimeoutExpired:
                self.signal(signal.SIGTERM)
                self.process.wait(8)
        time.sleep(0.05)

    def check(self):
        """What must not be in any log: crashes, sanitizer reports, nginx's own alerts."""
        bad = [line for line in self.log if any(w in line for w in (
            "AddressSanitizer", "LeakSanitizer", "runtime error", "[alert]", "[emerg]", "exited on signal", "Assertion"))]
        assert not bad, "".join(bad[:5]) + "\n" + self.text()[-4000:]

    def events(self):
        return self.spool.events()

    def event(self, id, seconds=5):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for event in self.events():
                if event.get("id") == id:
                    return event
            time.sleep(0.02)
        raise AssertionError(f"no event {id}")
