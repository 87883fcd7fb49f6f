"""Holds recipes against recipe.schema.json, as an editor would.

  schema.py SCHEMA verdicts FILE…     a line a file: accepted, refused or unreadable, a tab, the file
  schema.py SCHEMA mutations FILE…    a JSON object a line: keyword (its place in the schema), valid, text;
                                      recipes made of valid ones by turning on one keyword at a time
"""

import json
import re
import sys

import yaml
from jsonschema import Draft202012Validator, ValidationError, validators


class Core(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read recipes; PyYAML itself follows YAML 1.1."""


Core.yaml_implicit_resolvers = {}
for tag, pattern in [
    ("null", r"~|null|Null|NULL|"),
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"),
]:
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})\Z"), None)


def integer(loader, node):
    text = loader.construct_scalar(node)
    return int(text, 0) if text[:2] in ("0x", "0o") else int(text)


Core.add_constructor("tag:yaml.org,2002:int", integer)


def weight(node, seen):
    """How many values a node has with its aliases followed; infinite where it has no end."""
    if id(node) in seen:
        return seen[id(node)]
    seen[id(node)] = float("inf")
    children = []
    if isinstance(node, yaml.SequenceNode):
        children = node.value
    elif isinstance(node, yaml.MappingNode):
        children = [part for pair in node.value for part in pair]
    seen[id(node)] = 1 + sum(weight(child, seen) for child in children)
    return seen[id(node)]


def read(path):
    data = open(path, "rb").read()
    root = yaml.compose(data.decode("utf-8-sig"), Loader=Core)
    if root is not None and weight(root, {}) > 10_000:
        raise ValueError("too many values")
    return yaml.load(data.decode("utf-8-sig"), Loader=Core)


def pattern(validator, pattern, instance, schema):
    """ECMA-262's '$' is the end; Python's also stands before a last line end."""
    if validator.is_type(instance, "string") and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


Validator = validators.extend(Draft202012Validator, {"pattern": pattern})


def verdict(validator, path):
    try:
        return "accepted" if validator.is_valid(read(path)) else "refused"
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return "unreadable"


def lookup(schema, reference):
    for part in reference.removeprefix("#/").split("/"):
        schema = schema[part]
    return schema


CONDITIONS = {}


def condition(root, schema):
    if id(schema) not in CONDITIONS:
        CONDITIONS[id(schema)] = Validator({**schema, "$defs": root["$defs"]})
    return CONDITIONS[id(schema)]


def turns(root, schema, place, value):
    """Yields (keyword's place, other value) for each way to turn the value against one keyword, or to its edge."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        reference = schema["$ref"]
        yield from turns(root, lookup(root, reference), reference.removeprefix("#"), value)
    for branch, taken in (("then", True), ("else", False)):
        if branch in schema and condition(root, schema["if"]).is_valid(value) == taken:
            yield from turns(root, schema[branch], f"{place}/{branch}", value)
    for index, part in enumerate(schema.get("allOf", [])):
        yield from turns(root, part, f"{place}/allOf/{index}", value)
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        wrong = {"string": 5, "integer": "x y", "number": None, "boolean": "yes", "array": {"x y": 1}, "object": ["x y"]}
        for kind in kinds:
            yield f"{place}/type", wrong[kind]
        yield f"{place}/type", None
    for bound, step in (("minimum", -1), ("maximum", 1)):
        if bound in schema and not isinstance(value, (str, bool)):
            yield f"{place}/{bound}", schema[bound] + step
            yield f"{place}/{bound}", schema[bound]
    if "maxLength" in schema and isinstance(value, str):
        yield f"{place}/maxLength", "a" * (schema["maxLength"] + 1)
        yield f"{place}/maxLength", "a" * schema["maxLength"]
    if "minLength" in schema and isinstance(value, str):
        yield f"{place}/minLength", ""
    if "pattern" in schema and isinstance(value, str):
        for wrong in ("", " ", "a b{", "-", "A b\n"):
            yield f"{place}/pattern", wrong
    if "enum" in schema:
        yield f"{place}/enum", "no-such-value"
        for other in schema["enum"]:
            yield f"{place}/enum/{other}", other
    if "const" in schema and not isinstance(value, str):
        yield f"{place}/const", 0
    if "not" in schema:
        for other in schema["not"].get("enum", []) + [schema["not"].get("const", [])]:
            if isinstance(value, str) and isinstance(other, str):
                yield f"{place}/not", other
        if "\\n" in schema["not"].get("pattern", ""):
            yield f"{place}/not", "a\nb"
        if "required" in schema["not"]:
            yield f"{place}/not", {**value, "required": True, "default": value.get("default", 1)}
    if isinstance(value, list):
        if "minItems" in schema:
            yield f"{place}/minItems", []
        if "uniqueItems" in schema and value:
            yield f"{place}/uniqueItems", value + value[:1]
        for index, item in enumerate(value):
            for keyword, other in turns(root, schema.get("items"), f"{place}/items", item):
                yield keyword, value[:index] + [other] + value[index + 1 :]
    if isinstance(value, dict):
        for key in schema.get("required", []):
            yield f"{place}/required/{key}", {name: part for name, part in value.items() if name != key}
        if schema.get("additionalProperties") is False:
            yield f"{place}/additionalProperties", {**value, "no-such-key": 1}
        for key, part in schema.get("dependentSchemas", {}).items():
            if key in value:
                for other in root["$defs"]["type"]["enum"]:
                    yield f"{place}/dependentSchemas/{key}", {**value, "type": other}
        for key, part in value.items():
            inner, below = schema.get("properties", {}).get(key), f"{place}/properties/{key}"
            if inner is None and isinstance(schema.get("additionalProperties"), dict):
                inner, below = schema["additionalProperties"], f"{place}/additionalProperties"
                for keyword, other in turns(root, schema.get("propertyNames"), f"{place}/propertyNames", key):
                    if isinstance(other, str):
                        yield keyword, {(other if name == key else name): item for name, item in value.items()}
            for keyword, other in turns(root, inner, below, part):
                yield keyword, {**value, key: other}


def write(value):
    """The recipe as YAML, its script as the literal block that it must be."""
    if not isinstance(value, dict):
        return json.dumps(value) + "\n"
    lines = []
    for key, part in value.items():
        if key == "script" and isinstance(part, str) and part.strip() and "\n" not in part.strip("\n"):
            lines.append(f"script: |\n  {part.strip()}\n")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(part)}\n")
    return "".join(lines)


def main():
    schema = json.load(open(sys.argv[1]))
    Validator.check_schema(schema)
    validator = Validator(schema)
    seen = set()
    for path in sys.argv[3:]:
        if sys.argv[2] == "verdicts":
            print(f"{verdict(validator, path)}\t{path}")
            continue
        for keyword, value in turns(schema, schema, "", read(path)):
            text = write(value)
            if (keyword, text) not in seen:
                seen.add((keyword, text))
                print(json.dumps({"keyword": keyword, "valid": validator.is_valid(value), "text": text}))


main()
