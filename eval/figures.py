"""Figures: Wilson's interval, the area under the ROC curve, Markdown tables."""
import math


def wilson(k, n, z=1.96):
    """E. B. Wilson, JASA 22 (1927): the interval of a proportion that stays inside [0, 1] and is right for few rows."""
    if n == 0:
        return 0.0, 1.0
    p, d = k / n, 1 + z * z / n
    middle, half = (p + z * z / (2 * n)) / d, z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    return max(0.0, middle - half), min(1.0, middle + half)


def rate(k, n):
    low, high = wilson(k, n)
    return f"{100 * k / n:.1f} % ({100 * low:.1f}–{100 * high:.1f})" if n else "–"


def auc(positive, negative):
    """Mann and Whitney's U over n·m: how often a positive scores higher; ties count half. O(n log n)."""
    if not positive or not negative:
        return None
    both = sorted([(x, 1) for x in positive] + [(x, 0) for x in negative])
    above, i = 0.0, 0
    seen = 0                                            # negatives below
    while i < len(both):
        j = i
        while j < len(both) and both[j][0] == both[i][0]:
            j += 1
        p = sum(both[k][1] for k in range(i, j))
        n = j - i - p
        above += p * (seen + n / 2)
        seen += n
        i = j
    return above / (len(positive) * len(negative))


def table(head, body):
    print("| " + " | ".join(head) + " |")
    print("|" + "|".join([" --- "] + [" --: "] * (len(head) - 1)) + "|")
    for row in body:
        print("| " + " | ".join(str(x) for x in row) + " |")
    print()


def by(items, key):
    out = {}
    for x in items:
        out.setdefault(str(x.get(key, "–")), []).append(x)
    return sorted(out.items())
