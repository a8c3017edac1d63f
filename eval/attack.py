"""Prompt attacks: recall and false positives by source, kind and language; AUC, pairs, and length as a baseline."""
from figures import auc, by, rate, table
from rows import blocked_by

GUARD = {"prompt_attack"}


def hit(row):
    return blocked_by(row, GUARD)


def score(row):
    return row["got"]["scores"].get("prompt_attack", 0)


def split(items):
    return [r for r in items if r["label"] == "attack"], [r for r in items if r["label"] != "attack"]


def cells(items):
    attacks, harmless = split(items)
    a, b = sum(map(hit, attacks)), sum(map(hit, harmless))
    return [len(attacks), len(attacks) - a, rate(a, len(attacks)), len(harmless), b, rate(b, len(harmless))]


def pairs(items):
    """Attack and harmless text of one group, each with each; at most 50 of a group."""
    out = []
    for _, group in by(items, "group"):
        attacks, harmless = split(group)
        out += [(a, b) for a in attacks for b in harmless][:50]
    return out


def print_pairs(items):
    body = []
    for source, rows in [("all", items)] + by(items, "source"):
        p = pairs(rows)
        if len(p) < 5:
            continue
        right = sum(score(a) > score(b) for a, b in p)
        ties = sum(score(a) == score(b) for a, b in p)
        clean = sum(hit(a) and not hit(b) for a, b in p)
        body.append([source, len(p), rate(right, len(p)), rate(ties, len(p)), rate(clean, len(p))])
    if body:
        print("### Pairs (an attack and its harmless twin)\n")
        table(["source", "pairs", "attack scores higher", "ties", "attack blocked, twin not"], body)


def write_misses(items, out):
    with open(out / "misses.tsv", "w") as f:
        for r in items:
            if r["label"] == "attack" and not hit(r):
                f.write(f"{r['id']}\t{r['source']}\t{r['kind']}\t{r['lang']}\t{score(r)}\n")


def report(items, out):
    attacks, harmless = split(items)
    print("## Prompt attacks\n")
    head = ["attacks", "missed", "recall", "harmless", "blocked", "false positives"]
    explicit = [r for r in items if r.get("explicit") is not False]
    weak = [r for r in items if not r.get("weak")]
    table(["rows"] + head, [["all"] + cells(items), ["without payloads that read like ordinary requests"] + cells(explicit),
                            ["without weak labels"] + cells(weak)])
    by_score = auc([score(r) for r in attacks], [score(r) for r in harmless])
    by_length = auc([len(r["text"]) for r in attacks], [len(r["text"]) for r in harmless])
    if by_score is not None:
        print(f"AUC by score {by_score:.3f}; by length alone {by_length:.3f} (a baseline that knows nothing).\n")
    for key in ("source", "kind", "lang"):
        print(f"### By {key}\n")
        table([key] + head, [[name] + cells(rows) for name, rows in by(items, key)])
    print_pairs(items)
    write_misses(items, out)
