"""The OWASP Core Rule Set's own tests, each payload as a user's message. A black box: counted, never read into rules (RULINGS R32).

The tests are requests of a web shop; what a rule looks at there (parameters, a body) is what a person could paste into a chat, so the
values of the query or the body are the message. Tests whose payload stands elsewhere (headers, cookies, the path) are left out and
counted. A test is *positive* when its rule must find it, *negative* when it must not; a rule at paranoia level 2 to 4 finds a lone
quote, too: that is no attack in a chat, so level 1 has a row of its own."""
import re
import urllib.parse

import yaml

import judge
import rows

VERSION = "4.25.0"
FOLDER = rows.GO / f"corazawaf/coraza-coreruleset/v4@v{VERSION}"
GROUPS = {"942": "SQL injection", "932": "shell", "934": "templates and server-side code", "941": "XSS", "930": "files", "933": "PHP",
          "944": "Java"}


def levels():
    """rule id -> paranoia level, as the rules say it."""
    found = {}
    for conf in (FOLDER / "rules/@owasp_crs").glob("*.conf"):
        for rule in re.split(r"\n(?=SecRule|SecAction)", conf.read_text(encoding="utf-8")):
            id_, level = re.search(r'"?\s*\bid:(\d{6})', rule), re.search(r"paranoia-level/(\d)", rule)
            if id_ and level:
                found[int(id_[1])] = int(level[1])
    return found


def values(encoded):
    """Of a form's body or a query; a body that is none is the text itself."""
    if re.match(r"[\w.\[\]-]+=", encoded):
        return "\n".join(value for _, value in urllib.parse.parse_qsl(encoded, keep_blank_values=True))
    return urllib.parse.unquote_plus(encoded)


def payload(asked):
    kind = {k.lower(): str(v) for k, v in (asked.get("headers") or {}).items()}.get("content-type", "")
    if asked.get("data") and "multipart" not in kind:
        return values(str(asked["data"])) if "json" not in kind and "xml" not in kind else str(asked["data"])
    query = str(asked.get("uri", "")).partition("?")[2]
    return values(query) if query and not asked.get("data") else ""


def tests(group):
    """(rule, positive, text) of each, text empty where it is not in what a chat can carry."""
    for path in sorted(FOLDER.glob(f"tests/REQUEST-{group}-*/*.yaml")):
        for test in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]:
            for stage in test["stages"]:
                log = stage["output"].get("log") or {}
                if "expect_ids" in log or "no_expect_ids" in log:
                    text = payload(stage["input"]).encode("utf-8", "replace").decode()
                    yield int(path.stem), "expect_ids" in log, text


def measure():
    suite = rows.Suite("OWASP Core Rule Set, tests", VERSION, "Go module coraza-coreruleset")
    if not FOLDER.is_dir():
        return suite.skip("no Go, or no such module")
    level = levels()
    with judge.Judge() as gate:
        workers, everything = gate.workers(), []
        for group, name in GROUPS.items():
            taken = list(tests(group))
            cases = [t for t in taken if t[2].strip()]
            said = gate.say([text for _, _, text in cases])
            everything += said
            pairs = list(zip(cases, said))

            def count(positive, first=False):
                some = [o for (rule, is_, _), o in pairs if is_ == positive and (not first or level.get(rule, 1) == 1)]
                found = sum(bool(o.guards & {"code_injection", "exfiltration"}) for o in some)
                blocked = sum(o.action == "block" for o in some)
                return found, blocked, len(some)
            found, blocked, all_ = count(True)
            first = count(True, True)
            alarms, stopped, honest = count(False)
            suite.row(f"{group} {name}: positives found / blocked", f"{rows.share(found, all_)} / {rows.share(blocked, all_)}")
            suite.row(f"{group}: of these level 1", f"{rows.share(first[0], first[2])} / {rows.share(first[1], first[2])}")
            suite.row(f"{group}: negatives passed", rows.share(honest - stopped, honest))
            suite.row(f"{group}: left out", f"{len(taken) - len(cases)} of {len(taken)}")
        rows.stood(suite, gate, workers, everything)
    return suite
