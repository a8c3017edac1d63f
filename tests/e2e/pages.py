"""Pages of docs/ as tests: the blocks of code that stand in one, in their order, and what it shows of an answer."""
import re

import server


def steps(page):
    """The page's policy, which is its first block of YAML, and [(language, code)] of all blocks behind it."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", (server.ROOT / "docs" / page).read_text(), re.M | re.S)
    first = [language for language, _ in blocks].index("yaml")
    return blocks[first][1], blocks[first + 1:]


def has_part(whole, part):
    """Whether all that the page shows is there; what it leaves out may be anything."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(k in whole and has_part(whole[k], v) for k, v in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(has_part, whole, part))
    return whole == part


def with_ports(text, at, standin, proxy=0):
    for port, of in ((8480, at), (9400, standin), (4000, proxy)):
        text = text.replace(f"127.0.0.1:{port}", f"127.0.0.1:{getattr(of, 'port', of)}")
    return text
