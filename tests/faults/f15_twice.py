"""F15: two gateways on one state folder: the second is refused and the first serves on. What a power cut leaves of the record's
writes: every prefix of a spool file opens (unit/record/spool_faults.c). The store's database is not built. keeps: F15"""
import subprocess

import client
import lab
import programs
import server


def run(desk):
    up = desk.upstream()
    served, started = desk.gateway(up), 0
    for _ in range(lab.many(10, 3)):
        policy = served.folder / "second.yaml"
        policy.write_text(served.policy.read_text().replace(str(served.port), str(server.free_port())))
        try:
            second = subprocess.run([str(server.BUILD / "bawn"), "serve", "-c", str(policy), "--state", str(served.state)], cwd=served.folder,
                                    env=dict(lab.os.environ, LLM_KEY="x"), capture_output=True, timeout=10)
            started += second.returncode == 0
        except subprocess.TimeoutExpired:
            started += 1
    desk.none("second gateways that began on the same state", started)
    answer = client.ask(served, client.chat("hello"))
    desk.figure("the first one", "200", answer.status, answer.status == 200)
    programs.run(desk, "unit_record_spool_faults", "every prefix of a spool file, and every call to the disk that fails")
