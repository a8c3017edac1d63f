"""What Bawn signs and frames for AWS, against botocore, which is what boto3 signs with and reads streams with.

The C side is a program of its own (engine/aws_driver.c). Requests of boto3 are caught before they are sent: nothing leaves this
machine. All that is random comes from one seed, BAWN_SEED. keeps: R36"""
import binascii
import datetime
import hashlib
import os
import random
import string
import struct
import subprocess
import urllib.parse

import pytest

boto3 = pytest.importorskip("boto3", reason="found no boto3; packaging/environment installs it")
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.eventstream
import botocore.exceptions

import server

DRIVER = server.BUILD / "aws_driver"
SEED = int(os.environ.get("BAWN_SEED", 1))
ADDED = ("authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256")
AFTERWARDS = ("content-length", "amz-sdk-invocation-id", "amz-sdk-request")      # what botocore adds when it has signed


def drive(verb, given):
    done = subprocess.run([DRIVER, verb], input=given, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout


def word(value):
    value = value if isinstance(value, bytes) else str(value).encode()
    return value.hex() or "-"


def bytes_of(text):
    return b"" if text == "-" else bytes.fromhex(text)


# ---- signing -----------------------------------------------------------------------------------------------------------
class Signed:
    """A request that botocore has signed, as it would be on the wire, and what botocore added to it."""

    def __init__(self, request, who, region, service):
        url = urllib.parse.urlsplit(request.url)
        body = request.body or b""
        headers = [(name, value.decode() if isinstance(value, bytes) else value) for name, value in request.headers.items()]
        named = {name.lower(): value for name, value in headers}
        self.theirs = {name: named[name] for name in ADDED if name in named}
        self.what = f"{request.method} {request.url} {headers}"
        rest = [(n, v) for n, v in headers if n.lower() not in ADDED + AFTERWARDS]
        if "host" not in named:
            rest.append(("Host", url.netloc))
        when = datetime.datetime.strptime(named["x-amz-date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
        digest = named.get("x-amz-content-sha256") or hashlib.sha256(body if isinstance(body, bytes) else body.encode()).hexdigest()
        words = [request.method, url.path or "/", url.query, digest, who.access_key, who.secret_key, who.token or "", region, service,
                 int(when.timestamp())]
        self.line = " ".join(map(word, words + [part for header in rest for part in header]))


def assert_same(all):
    """Each is signed alike by Bawn; the names, the values, and which ones."""
    answers = drive("sign", "".join(one.line + "\n" for one in all).encode()).decode().splitlines()
    assert len(answers) == len(all)
    for one, answer in zip(all, answers):
        assert not answer.startswith("refused"), f"{one.what}: {answer}"
        parts = [bytes_of(text).decode() for text in answer.split(" ")]
        assert dict(zip(parts[::2], parts[1::2])) == one.theirs, one.what


def credentials(dice):
    letters = string.ascii_letters + string.digits + "+/"
    text = lambda n: "".join(dice.choices(letters, k=n))
    token = text(dice.randint(1, 900)) + "==" if dice.random() < 0.4 else None
    return botocore.credentials.Credentials("AKIA" + text(16).upper().replace("/", "X").replace("+", "Y"),
                                            text(dice.choice((1, 16, 40, 60, 61, 128))), token)


SAID = ["a", "B", "z9", "-", "_", ".", "~", "..", " ", "  ", ":", "/", "%", "%3A", "%2f", "+", "=", "&", "?", "#", "é", "中", "😀", "'", "\"",
        "(", ")", "*", "!", ",", ";", "@", "$", "[", "]", "|", "\\", "^", "`", "{", "}", "<", ">"]
MODELS = ["anthropic.claude-3-haiku-20240307-v1:0", "eu.amazon.nova-lite-v1:0", "amazon.titan-embed-text-v2:0",
          "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-3-7-sonnet-20250219-v1:0",
          "arn:aws:bedrock:us-east-1:123456789012:custom-model/meta.llama3-1-8b-instruct-v1:0:128k/abcdefghij12",
          "arn:aws:sagemaker:us-west-2:123456789012:endpoint/my-endpoint"]


def text(dice, most):
    return "".join(dice.choices(SAID, k=dice.randint(0, most)))


def encode(value, safe=""):
    return urllib.parse.quote(value, safe="-._~" + safe)


def path_of(dice, s3):
    if dice.random() < 0.3:
        return "/model/" + encode(dice.choice(MODELS)) + dice.choice(("/converse", "/invoke", "/converse-stream", ""))
    parts = [encode(text(dice, 4), dice.choice(("", ":@!$'()*,;=+"))) for _ in range(dice.randint(0, 6))]
    if not s3:
        parts = [dice.choice((part, part, part, ".", "..", "")) for part in parts]
    return "/" + "/".join(parts) + dice.choice(("", "/"))


def query_of(dice):
    names = [encode(dice.choice(("a", "a-", "A", "b", "policy", "versionId", text(dice, 3)))) for _ in range(dice.randint(0, 6))]
    return "&".join(name + dice.choice(("", "=", "=" + encode(text(dice, 4)))) for name in names)


def headers_of(dice):
    headers = {"Content-Type": "application/json", "X-Amz-Target": "Service.Operation", "Accept": " */*  ", "User-Agent": "me",
               "Connection": "close", "Transfer-Encoding": "identity", "Range": "bytes=0-9", "Expect": "100-continue",
               "X-Amzn-Bedrock-GuardrailIdentifier": "g-1", "x-amz-meta-é".encode("ascii", "ignore").decode() + "z": "é  中"}
    chosen = {name: headers[name] for name in dice.sample(sorted(headers), dice.randint(0, len(headers)))}
    for _ in range(dice.randint(0, 3)):
        value = "".join(dice.choices(["a", "b,c", "\"d  e\"", " ", "  ", "\t", "=", ";", "ü"], k=dice.randint(0, 8)))
        chosen[dice.choice(("X-Custom-", "x-amz-meta-", "A-")) + dice.choice("abcXYZ")] = value
    return chosen


def random_request(dice, monkeypatch, s3):
    who, body = credentials(dice), dice.randbytes(dice.choice((0, 1, 100)))
    region, service = dice.choice(("us-east-1", "eu-central-1", "ap-southeast-2")), "s3" if s3 else dice.choice(("bedrock", "sts", "es"))
    host = dice.choice(("bedrock-runtime.eu-central-1.amazonaws.com", "b.s3.amazonaws.com", "127.0.0.1:9000", "EXAMPLE.com"))
    url, query = "https://" + host + path_of(dice, s3), query_of(dice)
    request = botocore.awsrequest.AWSRequest(method=dice.choice(("GET", "POST", "PUT", "DELETE")), url=url + ("?" + query if query else ""),
                                             headers=headers_of(dice), data=body)
    request.headers["Host"] = host
    now = datetime.datetime.fromtimestamp(dice.randrange(0, 2**32), datetime.timezone.utc)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *a, **k: now)
    if dice.random() < 0.1:
        request.context["payload_signing_enabled"] = False
    (botocore.auth.S3SigV4Auth if s3 else botocore.auth.SigV4Auth)(who, service, region).add_auth(request)
    return Signed(request, who, region, service)


@pytest.mark.parametrize("s3", [False, True], ids=["others", "s3"])
def test_random_requests_are_signed_as_botocore_signs_them(monkeypatch, s3):
    dice = random.Random(SEED)
    assert_same([random_request(dice, monkeypatch, s3) for _ in range(4000)])


def test_a_parameter_that_stands_unencoded_is_signed_as_it_would_be_encoded(monkeypatch):
    """botocore signs what it is given; AWS compares with the encoded form, which botocore gets as `params`."""
    who = botocore.credentials.Credentials("AKID", "secret")
    request = botocore.awsrequest.AWSRequest("GET", "https://h/", params={"b c": "d:e/f", "a": "é"})
    request.headers["Host"] = "h"
    botocore.auth.SigV4Auth(who, "bedrock", "us-east-1").add_auth(request)
    for query in ("b c=d:e/f&a=é", "b%20c=d%3Ae%2Ff&a=%C3%A9", "b%20c=d%3ae%2ff&a=%c3%a9"):
        request.url, request.params = "https://h/?" + query, {}
        assert_same([Signed(request, who, "us-east-1", "bedrock")])


# ---- boto3 -------------------------------------------------------------------------------------------------------------
class Raw:
    """The body of an answer that came over no network, in these pieces."""

    def __init__(self, *pieces):
        self.pieces = pieces

    def stream(self, *_, **__):
        yield from self.pieces

    def read(self, *_, **__):
        return b"".join(self.pieces)

    def close(self):
        pass


WHO = botocore.credentials.Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "IQoJb3JpZ2luX2VjE+/==")


def boto(service, *pieces, kind="application/json", region="eu-central-1"):
    """A client, and the requests that it would have sent; each is answered with these pieces."""
    client = boto3.client(service, region_name=region, aws_access_key_id=WHO.access_key, aws_secret_access_key=WHO.secret_key,
                          aws_session_token=WHO.token, config=botocore.config.Config(retries={"total_max_attempts": 1}, request_checksum_calculation="when_required"))
    sent = []

    def answer(request, **_):
        sent.append(request)
        return botocore.awsrequest.AWSResponse(request.url, 200, {"Content-Type": kind}, Raw(*pieces))

    client.meta.events.register("before-send", answer)
    return client, sent


def test_what_boto3_sends_to_bedrock_is_signed_alike():
    client, sent = boto("bedrock-runtime", b"{}")
    say = [{"role": "user", "content": [{"text": "Hello"}]}]
    for model in MODELS:
        client.converse(modelId=model, messages=say)
        client.converse_stream(modelId=model, messages=say)
        client.invoke_model(modelId=model, body=b'{"inputText":"Hello"}')
        client.invoke_model(modelId=model, body=b"{}", contentType="application/json", guardrailIdentifier="g1", guardrailVersion="1")
    client.apply_guardrail(guardrailIdentifier="arn:aws:bedrock:eu-central-1:123456789012:guardrail/g1", guardrailVersion="DRAFT",
                           source="INPUT", content=[{"text": {"text": "x"}}])
    control, asked = boto("bedrock", b"{}")
    control.list_foundation_models(byProvider="Ämazon & Co/x", byOutputModality="TEXT")
    control.get_foundation_model(modelIdentifier=MODELS[0])
    control.list_guardrails(guardrailIdentifier="arn:aws:bedrock:eu-central-1:123456789012:guardrail/g1", maxResults=3, nextToken="a+/=")
    requests = sent + asked
    assert len(requests) == 4 * len(MODELS) + 4 and "%3A0/converse" in requests[0].url
    assert_same([Signed(request, WHO, "eu-central-1", "bedrock") for request in requests])


def test_what_boto3_sends_to_s3_is_signed_alike():
    client, sent = boto("s3", b"", kind="application/xml")
    for key in ("a", "a b/c:d", "ä/中/😀", "x//y/../z", "per%cent+plus", "~-._"):
        client.put_object(Bucket="bucket", Key=key, Body=b"text", ContentType="text/plain", Metadata={"k": "v"})
        client.get_object(Bucket="bucket", Key=key, Range="bytes=0-9")
    client.get_bucket_policy(Bucket="bucket")
    client.get_bucket_encryption(Bucket="bucket")
    client.list_objects_v2(Bucket="bucket", Prefix="a/b c", Delimiter="/", ContinuationToken="1+/=")
    assert len(sent) == 15 and sent[12].url.endswith("?policy")
    assert_same([Signed(request, WHO, "eu-central-1", "s3") for request in sent])


# ---- framing -----------------------------------------------------------------------------------------------------------
def header(name, kind, value=b""):
    return bytes([len(name)]) + name + bytes([kind]) + value


def say_header(name, value):
    return header(name, 7, struct.pack(">H", len(value)) + value)


def frame(headers, payload):
    head = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    head += struct.pack(">I", binascii.crc32(head))
    return head + headers + payload + struct.pack(">I", binascii.crc32(head + headers + payload))


def random_headers(dice):
    """All that a message must say, and headers of every type, in any order."""
    kind = dice.choice(("event", "event", "event", "exception", "error"))
    said = [say_header(b":message-type", kind.encode()),
            say_header({"event": b":event-type", "exception": b":exception-type", "error": b":error-code"}[kind],
                       dice.choice((b"chunk", b"contentBlockDelta", b"x", "ü".encode(), b"n" * 300)))]
    if dice.random() < 0.8:
        said.append(say_header(b":content-type", b"application/json"))
    if kind == "error":
        said.append(say_header(b":error-message", dice.choice((b"", b"no", "ä".encode()))))
    sizes = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
    for i in range(dice.choice((0, 0, 1, 5, 15))):
        name, of = f"h{i}".encode() * dice.choice((1, 1, 50)), dice.randrange(10)
        if of == 7:
            said.append(say_header(name, dice.choice((b"", b"v", "中".encode(), b"v" * 1000))))
        elif of == 6:
            said.append(header(name, 6, struct.pack(">H", 20) + dice.randbytes(20)))
        else:
            said.append(header(name, of, dice.randbytes(sizes[of])))
    dice.shuffle(said)
    return b"".join(said)


def random_stream(dice):
    stream = b"".join(frame(random_headers(dice), dice.randbytes(dice.choice((0, 1, 30, 3000)))) for _ in range(dice.randint(1, 6)))
    damage = dice.random()
    if damage < 0.3:
        at, bit = dice.randrange(len(stream)), 1 << dice.randrange(8)
        stream = stream[:at] + bytes([stream[at] ^ bit]) + stream[at + 1:]
    elif damage < 0.5:
        stream = stream[:dice.randrange(len(stream))]
    elif damage < 0.6:
        at = dice.randrange(len(stream))
        stream = stream[:at] + dice.randbytes(dice.randint(1, 9)) + stream[at:]
    return stream


def botocore_reads(stream):
    """What botocore makes of it: the messages before a failure, and how it ends."""
    buffer, messages, at, end = botocore.eventstream.EventStreamBuffer(), [], 0, None
    buffer.add_data(stream)
    try:
        for message in buffer:
            total, n = struct.unpack_from(">II", stream, at)
            messages.append((message.headers, stream[at + 12:at + 12 + n], message.payload))
            at += total
    except botocore.eventstream.ParserError:
        end = "failed"
    return messages, end or ("end" if at == len(stream) else "cut")


def bawn_reads(streams, dice, largest=24 << 20):
    given = b"".join(struct.pack(">III", len(s), largest, dice.choice((0, dice.randrange(1, 2**31)))) + s for s in streams)
    read, all = [], []
    for line in drive("read", given).decode().splitlines():
        if " " in line:
            kind, *rest = line.split(" ")
            read.append((kind, *map(bytes_of, rest)))
        else:
            all.append((read, line))
            read = []
    assert len(all) == len(streams)
    return all


def test_streams_are_read_as_botocore_reads_them():
    dice = random.Random(SEED)
    streams, ends = [random_stream(dice) for _ in range(3000)], set()
    for stream, (ours, end) in zip(streams, bawn_reads(streams, dice)):
        theirs, their_end = botocore_reads(stream)
        assert end == their_end and len(ours) == len(theirs), stream.hex()
        ends.add(end)
        for (kind, name, content_type, error_message, raw, payload), (headers, their_raw, their_payload) in zip(ours, theirs):
            of = {"event": ":event-type", "exception": ":exception-type", "error": ":error-code"}[kind]
            assert headers[":message-type"] == kind and headers[of] == name.decode()
            assert headers.get(":content-type", "") == content_type.decode()
            assert headers.get(":error-message", "") == error_message.decode()
            assert (raw, payload) == (their_raw, their_payload)
    assert ends == {"end", "cut", "failed"}


def test_botocore_reads_what_is_written():
    """Events and exceptions; and edited messages, whose headers stay as they were."""
    dice, lines, expected = random.Random(SEED), [], []
    for _ in range(1000):
        payload = dice.randbytes(dice.choice((0, 1, 30, 3000)))
        kind = dice.choice(("event", "exception", "headers"))
        raw = random_headers(dice) if kind == "headers" else dice.choice((b"chunk", b"validationException", "ü".encode()))
        lines.append(f"{kind} {word(raw)} {word(payload)}\n")
        if kind == "headers":
            raw_reader = botocore.eventstream.EventStreamHeaderParser()
            expected.append((raw_reader.parse(raw), payload))
        else:
            expected.append(({":message-type": kind, f":{kind}-type": raw.decode(), ":content-type": "application/json"}, payload))
    stream = drive("write", "".join(lines).encode())
    theirs, end = botocore_reads(stream)
    assert end == "end" and [(headers, payload) for headers, _, payload in theirs] == expected


def pieces(dice, stream):
    while stream:
        n = dice.randint(1, 40)
        yield stream[:n]
        stream = stream[n:]


def written(*messages):
    return drive("write", "".join(f"{kind} {word(name)} {word(payload)}\n" for kind, name, payload in messages).encode())


HELLO = [("event", "messageStart", '{"role":"assistant"}'),
         ("event", "contentBlockDelta", '{"contentBlockIndex":0,"delta":{"text":"Hello"}}')]


def converse_stream(stream):
    client, _ = boto("bedrock-runtime", *pieces(random.Random(SEED), stream), kind="application/vnd.amazon.eventstream")
    return client.converse_stream(modelId=MODELS[0], messages=[{"role": "user", "content": [{"text": "Hello"}]}])["stream"]


def test_boto3_hears_a_stream_that_is_written():
    heard = list(converse_stream(written(*HELLO, ("event", "messageStop", '{"stopReason":"guardrail_intervened"}'))))
    assert heard == [{"messageStart": {"role": "assistant"}},
                     {"contentBlockDelta": {"delta": {"text": "Hello"}, "contentBlockIndex": 0}},
                     {"messageStop": {"stopReason": "guardrail_intervened"}}]


def test_boto3_raises_an_exception_that_is_written():
    heard = []
    with pytest.raises(botocore.exceptions.EventStreamError) as raised:
        for event in converse_stream(written(*HELLO, ("exception", "validationException", '{"message":"blocked by policy"}'))):
            heard.append(event)
    assert len(heard) == 2
    assert raised.value.response["Error"] == {"Code": "validationException", "Message": "blocked by policy"}
