#!/usr/bin/env python3
"""Writes DIALECT_inventory.jsonl: for each field that the official SDK's types know, a body that has it.

    pip install openai anthropic botocore
    for d in openai anthropic bedrock responses; do ./inventory.py $d > ${d}_inventory.jsonl; done

Run it when a new SDK comes out; the test `inventory` then names the fields that our tables do not know.
A line is the operation, a space, and a body: small, one field each, every variant of every union once.
"""
import collections.abc
import datetime
import json
import os
import re
import sys
import types
import typing

import typing_extensions
from pydantic import BaseModel

SCALARS = {str: "x y", bool: True, int: 1, float: 0.5, object: None, type(None): None, datetime.datetime: "2026-01-01T00:00:00Z"}
LISTS = (list, collections.abc.Iterable, collections.abc.Sequence)
ONE = {"chat": {"model": "m", "messages": [{"role": "user"}]}, "embeddings": {"model": "m", "input": "x y"},
       "moderations": {"input": "x y"}, "converse": {"messages": []}, "responses": {"model": "m", "input": "x y"},
       "messages": {"model": "m", "messages": [{"role": "user", "content": "x"}]}}


def members(kind):
    """Names and types of an object type's members, or None."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
    if hasattr(kind, "__required_keys__"):
        return typing.get_type_hints(kind, include_extras=True)
    return None


def values(kind):
    """Values of a type, each showing one more field."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if kind in SCALARS or kind is None:
        yield SCALARS.get(kind)
    elif kind is os.PathLike or kind is typing.IO or typing.get_origin(kind) in (os.PathLike, typing.IO):
        return                                                  # a file: the SDK makes a string of it
    elif origin in (typing_extensions.Required, typing_extensions.NotRequired, typing.Annotated):
        yield from values(inner[0])
    elif origin is typing.Literal:
        yield inner[0]
    elif origin in (typing.Union, types.UnionType):
        for variant in inner:
            yield from values(variant)
    elif origin in LISTS or "SequenceNotStr" in str(origin):
        for value in values(inner[0]):
            yield [value]
    elif origin in (dict, collections.abc.Mapping):
        yield {"key": next(values(inner[1]))}
    else:
        hints = members(kind)
        for name, hint in hints.items():
            for value in values(hint):
                tags = {tag: next(values(hints[tag])) for tag in ("role", "type", "index") if tag in hints and name != tag}
                yield {name: value, **tags}


def openai_kinds():
    import openai
    from openai.types import CreateEmbeddingResponse
    from openai.types.chat import ChatCompletion, ChatCompletionChunk
    from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
    from openai.types.embedding_create_params import EmbeddingCreateParams
    from openai.types.moderation_create_params import ModerationCreateParams

    return openai, (("chat", CompletionCreateParamsStreaming), ("embeddings", EmbeddingCreateParams),
                    ("moderations", ModerationCreateParams), ("answer", ChatCompletion), ("answer", ChatCompletionChunk),
                    ("vectors", CreateEmbeddingResponse))


def anthropic_kinds():
    import anthropic
    from anthropic.types import Message, RawMessageStreamEvent
    from anthropic.types.message_create_params import MessageCreateParamsStreaming

    return anthropic, (("messages", MessageCreateParamsStreaming), ("message", Message), ("event", RawMessageStreamEvent))


class Shape:
    """A shape of botocore's model, read as the types above."""

    def __init__(self, shape, inside=()):
        self.shape, self.inside = shape, inside

    def values(self):
        kind = self.shape.type_name
        if kind == "structure" and self.shape.is_document_type:
            yield {"key": "x y"}
        elif kind == "structure":
            if self.shape.name in self.inside:
                return
            for name, member in self.shape.members.items():
                if member.serialization.get("location"):
                    continue
                for value in Shape(member, (*self.inside, self.shape.name)).values():
                    yield {name: value}
            if not self.shape.members:
                yield {}
        elif kind == "list":
            for value in Shape(self.shape.member, self.inside).values():
                yield [value]
        elif kind == "map":
            for value in Shape(self.shape.value, self.inside).values():
                yield {"key": value}
        elif kind == "string":
            yield self.shape.enum[0] if self.shape.enum else "x y"
        else:
            yield {"blob": "eHk=", "boolean": True, "float": 0.5}.get(kind, 1)


def bedrock_kinds():
    import botocore
    import botocore.session
    model = botocore.session.get_session().get_service_model("bedrock-runtime")
    kinds = [("converse", Shape(model.operation_model("Converse").input_shape)),
             ("said", Shape(model.operation_model("Converse").output_shape))]
    for name, event in model.operation_model("ConverseStream").output_shape.members["stream"].members.items():
        kinds.append(("event." + name, Shape(event)))
    return botocore, kinds
def responses_kinds():
    """Items, tools and answers stand in several places by the same rows: each place is walked once, by the kind that has the most."""
    import openai
    from openai.types.responses import Response, ResponseStreamEvent
    from openai.types.responses.response_create_params import ResponseCreateParamsStreaming

    return openai, (("responses", ResponseCreateParamsStreaming), ("response", Response), ("response_event", ResponseStreamEvent))


def is_repeated(operation, value):
    """What stands in several places by the same rows is shown once: tools in a request's `tools` (what a server of tools lists apart),
    items in an answer, answers not in events, where one of each kind is enough. Repeated instructions are taken out unread."""
    item = next((i for key in ("input", "output") for i in value.get(key) or [] if isinstance(i, dict)), {})
    tools = item.get("tools") or (operation == "response" and value.get("tools")) or [{}]
    inner = value.get("response") or value.get("item") or {}
    return (item == {"type": None} or ("instructions" in value and operation == "response") or (len(tools[0]) > 1 and not {"input_schema", "annotations"} & set(tools[0]))
            or (operation == "response_event" and bool(inner) and set(inner) - {"type"} != {"id"}))


def shape(line):
    """What tells two lines apart: where their fields stand, not which of its words an enum has, nor which tool has a switch."""
    line = re.sub(r'"(input|output)Assessments?": .*', "", line)        # a report: all of it is text
    line = re.sub(r'"(type|name|role)": "[^ "]*"(, )?', "", line)
    return re.sub(r'"configs": .*?}}', "", re.sub(r": (null|true|1|0\.5|\"[^ \"]*\")", ": 0", line))


def main():
    sdk, kinds = {"openai": openai_kinds, "anthropic": anthropic_kinds, "bedrock": bedrock_kinds, "responses": responses_kinds}[sys.argv[1]]()
    seen = set()
    print(f"# {sdk.__name__}-python {sdk.__version__}")
    for operation, kind in kinds:
        for value in kind.values() if isinstance(kind, Shape) else values(kind):
            if is_repeated(operation, value):
                continue
            if operation == "converse" and "messages" in value:
                value["messages"][0].setdefault("role", "user")
            if operation in ("event.contentBlockStart", "event.contentBlockDelta"):
                value.setdefault("contentBlockIndex", 1)
            line = operation + " " + json.dumps({**ONE.get(operation, {}), **value})
            if "allowed_tools" in line and '"key"' in line:     # Dict[str, object] for what is a list of tools
                continue
            same = shape(line)
            if same not in seen:
                seen.add(same)
                print(line)


if __name__ == "__main__":
    main()
