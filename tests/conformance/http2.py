"""h2spec against a listener with HTTP/2 and, in the same run, against the same nginx without Bawn: no test may be lost.

Debian's nginx fails some of its own; which, hangs on the version and now and then on the time, so a test that only Bawn's listener fails
is run again on both before it counts."""
import os
import pathlib
import subprocess
import tempfile
import time
import xml.etree.ElementTree

import judge
import rows
import server

H2SPEC = rows.OUT / "bin/h2spec"
PLAIN = """daemon off; error_log stderr crit; pid {folder}/nginx.pid; events {{ worker_connections 512; }} {user}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
server {{ listen 127.0.0.1:{port} http2; location / {{ return 200 "hello"; }} }} }}
"""


class Plain:
    def __enter__(self):
        self.base, self.port = tempfile.TemporaryDirectory(prefix="bawn-plain-"), server.free_port()
        conf = pathlib.Path(self.base.name) / "nginx.conf"
        conf.write_text(PLAIN.format(folder=self.base.name, port=self.port, user="user root;" if os.getuid() == 0 else ""))
        self.process = subprocess.Popen(["nginx", "-p", self.base.name, "-c", str(conf)], stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.base.cleanup()


def spec(port, path, only=()):
    """test -> whether it passed."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        subprocess.run([str(H2SPEC), *only, "-h", "127.0.0.1", "-p", str(port), "-P", path, "-o", "1", "-j", report.name],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900)
        found = {}
        for case in xml.etree.ElementTree.parse(report.name).getroot().iter("testcase"):
            name = f"{case.get('package')} {case.get('classname')}"
            found[name] = found.get(name, True) and case.find("failure") is None and case.find("error") is None
    return found


def measure():
    suite = rows.Suite("h2spec", "2.2.1", "Go module summerwind/h2spec")
    if not H2SPEC.exists():
        return suite.skip("no Go, or it did not build")
    with judge.Judge(listener=", http2: true") as gate, Plain() as plain:
        workers = gate.workers()
        theirs, ours = spec(plain.port, "/"), spec(gate.port, "/v1/models")
        lost = sorted(test for test, passed in theirs.items() if passed and not ours.get(test))
        for again in range(2):
            if lost:
                theirs_again, ours_again = spec(plain.port, "/"), spec(gate.port, "/v1/models")
                lost = [t for t in lost if theirs_again.get(t) and not ours_again.get(t)]
        suite.row("plain nginx", rows.share(sum(theirs.values()), len(theirs)))
        suite.row("with Bawn", rows.share(sum(ours.values()), len(ours)))
        suite.row("only with Bawn passed", str(sum(ours.get(t, False) and not p for t, p in theirs.items())))
        suite.check("no test lost against plain nginx", len(theirs) > 100 and not lost, "; ".join(lost))
        suite.check("no worker died", gate.workers() == workers)
    return suite
