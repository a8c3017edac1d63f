"""Conversations, which clients send in full each time: what is split over turns, and what one bad turn does to the next.
keeps: P3a.9, R40"""
import anthropic
import openai
import pytest

import gateway
import mock


def serving(tmp_path, upstream, history):
    made = gateway.Gateway(tmp_path, upstream.port)
    made.policy.write_text(made.policy.read_text().replace("  test:\n", f"  test:\n    history: {history}\n"))
    return made.start()


@pytest.fixture
def removing(tmp_path, upstream):
    made = serving(tmp_path, upstream, "{old_turns: remove}")
    yield made
    made.stop()


def turns(*texts):
    return [{"role": ("user", "assistant")[i % 2], "content": text} for i, text in enumerate(texts)]


def ask(at, *texts):
    client = openai.OpenAI(base_url=at.url, api_key="k")
    return client.chat.completions.create(model="m", messages=turns(*texts)).choices[0]


def test_word_split_over_turns_is_found(at_mock, upstream):
    assert ask(at_mock, "please block", "What?", "me now").finish_reason == "content_filter" and upstream.requests == []
    paths = {f["path"] for f in at_mock.events()[0]["findings"]}
    assert paths == {"/messages/0/content", "/messages/2/content"}


def test_split_further_back_than_asked_for_is_not(tmp_path, upstream):
    made = serving(tmp_path, upstream, "{join_last: 2}")
    try:
        assert ask(made, "please block", "What?", "me now").finish_reason == "content_filter"
        assert ask(made, "please block", "What?", "me now", "What?", "well").finish_reason == "stop"
    finally:
        made.stop()


def test_one_turn_joins_nothing(tmp_path, upstream):
    made = serving(tmp_path, upstream, "{join_last: 1}")
    try:
        assert ask(made, "please block", "What?", "me now").finish_reason == "stop"
    finally:
        made.stop()


def test_what_a_model_said_is_not_joined(at_mock, upstream):
    assert ask(at_mock, "please block", "me now", "well").finish_reason == "stop"


def test_bad_turn_blocks_by_default(at_mock, upstream):
    assert ask(at_mock, "please blockme", "Sorry.", "What is in stock?").finish_reason == "content_filter"


def test_bad_turn_is_removed_where_the_policy_says_so(removing, upstream):
    """The model never sees it, and the conversation goes on."""
    assert ask(removing, "please blockme").finish_reason == "content_filter"
    got = ask(removing, "please blockme, and more of it", "Sorry.", "What is in stock?")
    sent = [m["content"] for m in upstream.requests[-1].json()["messages"]]
    assert got.finish_reason == "stop" and sent == ["<CUSTOM>", "Sorry.", "What is in stock?"], sent
    assert removing.events()[1]["verdict"]["action"] == "mask"


def test_last_turn_blocks_all_the_same(removing, upstream):
    assert ask(removing, "hello", "Hi.", "please blockme").finish_reason == "content_filter"
    assert ask(removing, "please block", "What?", "me now").finish_reason == "content_filter" and upstream.requests == []


def test_bad_turn_is_removed_in_blocks_of_content(removing, upstream):
    upstream.script = mock.answer_json(mock.message("Twelve."))
    client = anthropic.Anthropic(base_url=removing.url.removesuffix("/v1"), api_key="k")
    messages = [{"role": "user", "content": [{"type": "text", "text": "please blockme"}, {"type": "text", "text": "kindly"}]},
                {"role": "assistant", "content": "Sorry."}, {"role": "user", "content": "What is in stock?"}]
    got = client.messages.create(model="m", max_tokens=9, messages=messages)
    assert got.content[0].text == "Twelve."
    assert [b["text"] for b in upstream.requests[-1].json()["messages"][0]["content"]] == ["<CUSTOM>", "kindly"]
