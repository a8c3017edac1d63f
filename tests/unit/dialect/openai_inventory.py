#!/usr/bin/env python3
"""Writes openai_inventory.jsonl: for each field that the official SDK's types know, a body that has it.

    pip install openai; ./openai_inventory.py > openai_inventory.jsonl

Run it when a new SDK comes out; the test openai_inventory then names the fields that our table does not know.
A line is the operation, a space, and a body: small, one field each, every variant of every union once.
"""
import collections.abc
import json
import types
import typing

import openai
import typing_extensions
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from openai.types.embedding_create_params import EmbeddingCreateParams
from openai.types.moderation_create_params import ModerationCreateParams
from pydantic import BaseModel

SCALARS = {str: "x y", bool: True, int: 1, float: 0.5, object: None, type(None): None}
LISTS = (list, collections.abc.Iterable, collections.abc.Sequence)
ONE = {"chat": {"model": "m", "messages": [{"role": "user"}]}, "embeddings": {"model": "m", "input": "x y"},
       "moderations": {"input": "x y"}}


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
                role = {"role": next(values(hints["role"]))} if "role" in hints and name != "role" else {}
                yield {name: value, **role}


def main():
    seen = set()
    print("# openai-python " + openai.__version__)
    for operation, kind in (("chat", CompletionCreateParamsStreaming), ("embeddings", EmbeddingCreateParams),
                            ("moderations", ModerationCreateParams), ("answer", ChatCompletion),
                            ("answer", ChatCompletionChunk), ("vectors", CreateEmbeddingResponse)):
        for value in values(kind):
            line = operation + " " + json.dumps({**ONE.get(operation, {}), **value})
            if "allowed_tools" in line and '"key"' in line:     # Dict[str, object] for what is a list of tools
                continue
            if line not in seen:
                seen.add(line)
                print(line)


if __name__ == "__main__":
    main()
