"""The recording on README's first screen says what the commands say today (first-use, line 1)."""
import html
import re
import subprocess
import sys

import cli

pytestmark = cli.needs_plain_module


def said(svg):
    """What a viewer reads, without what is new each time: ids, times, hashes of this key and of this machine."""
    lines = re.findall(r"<text[^>]*>(.*?)</text>", svg.read_text(), re.S)
    text = html.unescape(re.sub(r"<[^>]*>", "", "".join(lines)))        # joined: where lines are folded hangs on lengths
    for pattern in (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", r"\d{4}-\d\d-\d\d[T ][0-9:.]+Z?", r"k:[0-9a-f]{16}",
                    r"sha256:[0-9a-f]+", r'"created": ?\d+', r"[0-9.]+ ms"):
        text = re.sub(pattern, "_", text)
    return re.sub(r"\s+", " ", text)


def test_the_recording_is_what_the_commands_say(tmp_path):
    made = tmp_path / "recording.svg"
    subprocess.run([sys.executable, cli.ROOT / "tools/recording.py", "--build", cli.BUILD, "--out", made], check=True, timeout=60)
    assert said(made) == said(cli.ROOT / "docs/recording.svg"), "it is behind: tools/recording.py"


def test_it_runs_for_twenty_seconds_and_shows_one_pass_and_one_block():
    svg = (cli.ROOT / "docs/recording.svg").read_text()
    delays = [float(d) for d in re.findall(r"animation-delay:([0-9.]+)s", svg)]
    assert delays == sorted(delays) and 15 < delays[-1] <= 20
    text = said(cli.ROOT / "docs/recording.svg")
    assert "You said: What is in stock?" in text and "content_filter" in text and "to exempt exactly this" in text
