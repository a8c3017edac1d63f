"""Personal data: recall and precision by label. Spans of the rows are code points, findings are bytes."""
from figures import by, rate, table

LABELS = {                                              # label -> kinds of the guards
    "PERSON": ["NAME"], "ADDRESS": ["ADDRESS"], "LOCATION": ["ADDRESS"], "ZIP": ["ADDRESS"], "EMAIL": ["EMAIL"],
    "PHONE": ["PHONE"], "CREDIT_CARD": ["CREDIT_DEBIT_CARD_NUMBER"], "CVV": ["CREDIT_DEBIT_CARD_CVV"], "PIN": ["PIN"],
    "SSN": ["US_SOCIAL_SECURITY_NUMBER"], "IBAN": ["INTERNATIONAL_BANK_ACCOUNT_NUMBER"],
    "BANK_ACCOUNT": ["US_BANK_ACCOUNT_NUMBER"], "SWIFT": ["SWIFT_CODE"], "IP": ["IP_ADDRESS"], "MAC": ["MAC_ADDRESS"],
    "URL": ["URL"], "DATE_TIME": ["DATE_TIME"], "AGE": ["AGE"], "USERNAME": ["USERNAME"], "PASSWORD": ["PASSWORD"],
    "AWS_ACCESS_KEY": ["AWS_ACCESS_KEY", "AWS"], "AWS_SECRET_KEY": ["AWS_SECRET_KEY", "AWS_SECRET"], "API_KEY": ["*"],
    "PASSPORT": ["PASSPORT_NUMBER", "_PASSPORT_NUMBER", "_PASSPORT"], "DRIVER_LICENSE": ["DRIVER_ID", "_DRIVER_LICENSE"],
    "LICENSE_PLATE": ["LICENSE_PLATE", "_VEHICLE_REGISTRATION"], "VIN": ["VEHICLE_IDENTIFICATION_NUMBER"],
    "ORGANIZATION": [],
}
CREDENTIALS = {"AWS_ACCESS_KEY", "AWS_SECRET_KEY", "API_KEY", "PASSWORD"}      # a key of one sort is one of another
WEAK = {"PERSON", "LOCATION", "ORGANIZATION", "URL"}    # what a row with `weak` has labelled at all


def means(label, finding):
    guard, _, name = finding["kind"].partition(".")
    return any(name == k or (k[0] == "_" and name.endswith(k)) or (k == "*" and guard == "secrets")
               for k in LABELS.get(label, []))


def spans(row):
    """Labelled spans in bytes."""
    text, at, out = row["text"], [0], []
    for c in text:
        at.append(at[-1] + len(c.encode("utf-8", "surrogatepass")))
    for s in row["spans"]:
        out.append((at[s["start"]], at[s["end"]], s["label"]))
    return out


def overlap(span, f):
    return min(span[1], f["end"]) - max(span[0], f["begin"])


class Count:
    def __init__(self):
        self.gold = self.touched = self.covered = self.found = self.right = 0


def judged(row, label):
    return not row.get("weak") or label in WEAK


def count_row(counts, row):
    findings = [f for f in row["got"]["findings"] if f["guard"] in ("pii", "secrets")]
    gold = spans(row)
    for span in gold:
        if not judged(row, span[2]):
            continue
        c = counts.setdefault(span[2], Count())
        hits = [f for f in findings if means(span[2], f) and overlap(span, f) > 0]
        c.gold += 1
        c.touched += bool(hits)
        c.covered += any(f["begin"] <= span[0] and f["end"] >= span[1] for f in hits)
    for f in findings:
        labels = [x for x in LABELS if means(x, f)] or ["(no label) " + f["kind"]]
        if not any(judged(row, x) for x in labels):
            continue
        c = counts.setdefault(labels[0], Count())
        labels += CREDENTIALS if f["guard"] == "secrets" else []
        c.found += 1
        c.right += any(overlap(s, f) > 0 and (s[2] in labels or labels[0][0] == "(") for s in gold)


def report(items):
    counts = {}
    for row in items:
        count_row(counts, row)
    print("## Personal data\n")
    print("`found` touches the labelled span with a finding of its kind, `covered` covers all of it. Precision: findings of "
          "a kind that touch a span of its label. ADDRESS, LOCATION and ZIP share a kind, counted under the first.\n")
    table(["label", "spans", "found", "recall", "covered", "findings", "right", "precision"],
          [[k, c.gold, c.touched, rate(c.touched, c.gold), rate(c.covered, c.gold), c.found, c.right, rate(c.right, c.found)]
           for k, c in sorted(counts.items())])
    print("### By source\n")
    body = []
    for source, rows in by(items, "source"):
        total = {}
        for row in rows:
            count_row(total, row)
        gold, touched = sum(c.gold for c in total.values()), sum(c.touched for c in total.values())
        found, right = sum(c.found for c in total.values()), sum(c.right for c in total.values())
        body.append([source, len(rows), gold, rate(touched, gold), found, rate(right, found)])
    table(["source", "rows", "spans", "recall", "findings", "precision"], body)
