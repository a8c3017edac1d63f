"""F07: reloads under load, with streams open, beside a plain nginx that gets as many: no request fails and no stream is cut.
keeps: F07"""
import signal
import subprocess
import time

import client
import lab
import server

PLAIN = """
worker_processes 1; daemon off; error_log stderr error; pid nginx.pid; worker_shutdown_timeout 20s;{user}
events {{ worker_connections 512; }}
http {{
    access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
    upstream main {{ server 127.0.0.1:{upstream}; keepalive 16; }}
    proxy_http_version 1.1; proxy_set_header Connection "";
    server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://main; proxy_buffering off; }} }}
}}
"""


class Plain:
    """nginx as it comes, in front of the same upstream."""

    def __init__(self, folder, upstream):
        self.port = server.free_port()
        (folder / "nginx.conf").write_text(PLAIN.format(upstream=upstream, port=self.port, user=" user root;" if lab.os.getuid() == 0 else ""))
        self.process = subprocess.Popen(["nginx", "-p", str(folder) + "/", "-c", "nginx.conf"], stderr=open(folder / "log", "w"))
        assert lab.until(lambda: server.workers_of(self.process.pid)), (folder / "log").read_text()

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


def run(desk):
    up, n = desk.upstream(lab.answers()), lab.many(100, 8)
    folder = desk.folder / "plain"
    folder.mkdir()
    served, plain = desk.gateway(up), desk.keep(Plain(folder, up.port), Plain.stop)
    loads, refused, slowest = (desk.load(served.port), desk.load(plain.port)), 0, 0.0
    for _ in range(n):
        began = time.monotonic()
        refused += served.bawn("reload", "-c", str(served.policy)).returncode != 0
        slowest = max(slowest, time.monotonic() - began)
        plain.reload()
        time.sleep(0.2)
    time.sleep(0.5)
    for load in loads:
        load.stop()
    ours, theirs = loads
    recorded = {e["id"] for e in served.events()}
    desk.none(f"{n} reloads that were refused", refused)
    desk.none("requests that failed, or streams that were cut", [str(b) for b in ours.broken], len(ours.broken) + len(ours.whole))
    desk.figure("... of the plain nginx beside it", "to compare", f"{len(theirs.broken)} of {len(theirs.broken) + len(theirs.whole)}", len(theirs.whole) > 0)
    desk.none("whole answers without a record", set(ours.whole) - recorded, len(ours.whole))
    desk.below("the slowest reload", slowest, 10, " s")
