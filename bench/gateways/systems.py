"""The configuration of every system that is measured. A system is a table: its command, port, headers, environment."""
import glob
import json
import os
import shutil

from settings import DIR, HERE, MOCK, PORT, bin_, w

def nginx_conf(port, extra_main="", extra_srv=""):
    d = os.path.join(DIR, f"nginx-{port}-{'m' if extra_main else 'p'}")
    os.makedirs(d + "/logs", exist_ok=True)
    w(d + "/nginx.conf", f"""
{extra_main}
worker_processes 1; pid {d}/nginx.pid; error_log {d}/logs/error.log error; daemon off;
user root;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 10000000; client_body_temp_path {d}/body; proxy_temp_path {d}/proxy;
  fastcgi_temp_path {d}/f; uwsgi_temp_path {d}/u; scgi_temp_path {d}/s;
  client_body_buffer_size 2m; client_max_body_size 16m; tcp_nodelay on;
  upstream llm {{ server 127.0.0.1:{MOCK}; keepalive 64; keepalive_requests 10000000; }}
  server {{
    listen 127.0.0.1:{port};
    {extra_srv}
    location / {{ proxy_pass http://llm; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_buffering off; }}
  }}
}}
""")
    return ["nginx", "-p", d, "-c", d + "/nginx.conf"]


def sys_nginx(port=PORT):
    return dict(cmd=nginx_conf(port))


def sys_modsec(port=PORT):
    d = os.path.join(DIR, "modsec")
    src = open("/usr/share/nginx/docs/modsecurity/modsecurity.conf").read()
    src = src.replace("SecRuleEngine DetectionOnly", "SecRuleEngine On")
    src = src.replace("/var/log/nginx/modsec_audit.log", d + "/audit.log")
    src = src.replace("unicode.mapping 20127", "/usr/share/nginx/docs/modsecurity/unicode.mapping 20127")
    w(d + "/main.conf", src + """
Include /etc/modsecurity/crs/crs-setup.conf
Include /etc/modsecurity/crs/REQUEST-900-EXCLUSION-RULES-BEFORE-CRS.conf
Include /usr/share/modsecurity-crs/rules/*.conf
Include /etc/modsecurity/crs/RESPONSE-999-EXCLUSION-RULES-AFTER-CRS.conf
""")
    return dict(cmd=nginx_conf(port, "load_module /usr/lib/nginx/modules/ngx_http_modsecurity_module.so;",
                               f"modsecurity on; modsecurity_rules_file {d}/main.conf;"),
                guard="CRS 3.3 paranoia level 1, request side")


def sys_haproxy(port=PORT):
    c = w(os.path.join(DIR, "haproxy.cfg"), f"""
global
  nbthread 1
  maxconn 2000
  tune.bufsize 131072
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend f
  bind 127.0.0.1:{port}
  default_backend b
backend b
  server s 127.0.0.1:{MOCK} pool-max-conn 64
""")
    return dict(cmd=["haproxy", "-db", "-f", c])


def envoy_yaml(port):
    return f"""
static_resources:
  listeners:
  - address: {{socket_address: {{address: 127.0.0.1, port_value: {port}}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: i
          route_config: {{virtual_hosts: [{{name: v, domains: ["*"], routes: [{{match: {{prefix: "/"}}, route: {{cluster: llm, timeout: 0s}}}}]}}]}}
          http_filters:
          - name: envoy.filters.http.router
            typed_config: {{"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
  clusters:
  - name: llm
    type: STATIC
    load_assignment: {{cluster_name: llm, endpoints: [{{lb_endpoints: [{{endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {MOCK}}}}}}}}}]}}]}}
"""


def sys_envoy(port=PORT):
    b = (glob.glob(DIR + "/envoy/lib/python3*/site-packages/envoy/_bin/envoy") or [shutil.which("envoy") or ""])[0]
    return dict(cmd=[b, "-c", w(DIR + "/envoy.yaml", envoy_yaml(port)), "--concurrency", "1", "-l", "error",
                     "--disable-hot-restart"])


PII = r"(?:\d[ -]?){13,16}|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}|\b\d{3}-\d{2}-\d{4}\b|bluefalcon|[Ii]gnore (?:all )?previous instructions"


def sys_portkey(port=PORT, guard=False):
    h = ["x-portkey-provider: openai", f"x-portkey-custom-host: http://127.0.0.1:{MOCK}/v1"]
    if guard:
        g = [{"default.regexMatch": {"rule": PII, "not": True}, "deny": True}]
        cfg = {"provider": "openai", "api_key": "sk-bench", "custom_host": f"http://127.0.0.1:{MOCK}/v1",
               "input_guardrails": g, "output_guardrails": g}
        h = ["x-portkey-config: " + json.dumps(cfg)]
    return dict(cmd=["node", "--import", HERE + "/portkey-fix.mjs", DIR + "/npm/node_modules/@portkey-ai/gateway/build/start-server.js",
                     f"--port={port}", "--headless"], env={"NODE_ENV": "production"}, hdrs=h,
                guard="default.regexMatch on input and output" if guard else "")


LITELLM_CUSTOM = f'''
import re
from fastapi import HTTPException
from litellm.integrations.custom_guardrail import CustomGuardrail
RX = re.compile({PII!r}, re.I)
class RegexGuard(CustomGuardrail):
    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        for m in data.get("messages") or []:
            if isinstance(m.get("content"), str) and RX.search(m["content"]):
                raise HTTPException(status_code=400, detail="blocked")
        return data
'''


def sys_litellm(port=PORT, guard=""):
    d = DIR + "/litellm-" + (guard or "plain")
    y = f"""
model_list:
  - model_name: gpt-4o-mini
    litellm_params: {{model: openai/gpt-4o-mini, api_base: "http://127.0.0.1:{MOCK}/v1", api_key: sk-bench}}
litellm_settings: {{set_verbose: false, telemetry: false}}
"""
    if guard == "regex":
        w(d + "/rxguard.py", LITELLM_CUSTOM)
        y += """
guardrails:
  - guardrail_name: rx
    litellm_params: {guardrail: rxguard.RegexGuard, mode: pre_call, default_on: true}
"""
    if guard == "filter":
        y += """
guardrails:
  - guardrail_name: cf
    litellm_params:
      guardrail: litellm_content_filter
      mode: [pre_call, post_call]
      default_on: true
      patterns:
        - {pattern_type: prebuilt, pattern_name: email, action: BLOCK}
        - {pattern_type: prebuilt, pattern_name: us_ssn, action: BLOCK}
        - {pattern_type: prebuilt, pattern_name: visa, action: BLOCK}
      blocked_words:
        - {keyword: bluefalcon, action: BLOCK}
        - {keyword: ignore all previous instructions, action: BLOCK}
"""
    c = w(d + "/config.yaml", y)
    return dict(cmd=[DIR + "/litellm/bin/litellm", "--config", c, "--host", "127.0.0.1", "--port", str(port),
                     "--num_workers", "1"], cwd=d, slow=True, rate=20,
                env={"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "LITELLM_TELEMETRY": "False",
                     "LITELLM_MODE": "PRODUCTION", "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true", "PYTHONPATH": d,
                     "PATH": DIR + "/litellm/bin:" + os.environ["PATH"]},
                guard={"regex": "custom guardrail, one regex, input only",
                       "filter": "litellm_content_filter, 3 patterns + 2 words, input and output"}.get(guard, ""))


def sys_ours(port=PORT):
    u = os.environ["OUR_URL"]
    hp, path = u.split("//", 1)[1].split("/", 1)
    return dict(cmd=["sh", "-c", "exec " + os.environ["OUR_CMD"]] if os.environ.get("OUR_CMD") else None,
                port=int(hp.split(":")[1]), path="/" + path, guard=os.environ.get("OUR_GUARD", ""),
                hdrs=[x for x in os.environ.get("OUR_HDRS", "").split("\n") if x],
                env={"UPSTREAM": f"http://127.0.0.1:{MOCK}"})


SYSTEMS = {
    "direct": lambda: dict(cmd=None, port=MOCK),
    "nginx": sys_nginx,
    "nginx-modsec": sys_modsec,
    "haproxy": sys_haproxy,
    "envoy": sys_envoy,
    "portkey": sys_portkey,
    "portkey-guard": lambda: sys_portkey(guard=True),
    "litellm": sys_litellm,
    "litellm-regex": lambda: sys_litellm(guard="regex"),
    "litellm-filter": lambda: sys_litellm(guard="filter"),
    "ours": sys_ours,
}
import extra  # noqa: E402  (needs sys_envoy)

SYSTEMS.update(extra.systems(DIR, MOCK, bin_, sys_envoy))
