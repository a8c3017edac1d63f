"""Systems that need a build of their own.

aigw: Envoy AI Gateway, `aigw run` in OpenAI autoconfig mode.  Build cmd/aigw of the public repository
envoyproxy/ai-gateway with `go build` and put it at $GWBENCH_DIR/bin/aigw.  It fetches an Envoy of its own
unless func-e's EnvoyPath option is set; the figures here come from a build whose run.go passes
api.EnvoyPath(os.Getenv("AIGW_ENVOY")).  Its Envoy listens on every address: run it in an empty network
namespace,  unshare -n sh -c 'ip link set lo up; python3 bench.py run aigw'.
"""
import os


def systems(folder, mock, bin_, envoy):
    def aigw():
        d = os.path.join(folder, "aigw-home")
        os.makedirs(d, exist_ok=True)
        return dict(cmd=[bin_("aigw"), "run", "--config-home", d + "/c", "--data-home", d + "/d",
                         "--state-home", d + "/s", "--runtime-dir", d + "/r"], cwd=d, port=1975, slow=True, rate=200,
                    env={"OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": f"http://127.0.0.1:{mock}/v1",
                         "AIGW_ENVOY": envoy()["cmd"][0]})
    return {"aigw": aigw}
