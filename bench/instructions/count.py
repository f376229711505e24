"""Makes recorded calls on recorded memory in wasmtime, and prints the fuel that they burn: one for each instruction.

usage: count.py REQUEST, a JSON file {"wasm": path, "cases": [{"name", "memory": path, "calls": [...]}]}, a call
{"name", "args", "writes": [{"offset", "bytes": base64}]} with what is written into the memory before it
"""

import base64
import json
import sys

from wasmtime import Config, Engine, Func, Instance, Module, Store, ValType

PAGE = 65536
TANK = 2**62


def main():
    with open(sys.argv[1], encoding="utf8") as file:
        request = json.load(file)
    config = Config()
    config.consume_fuel = True
    engine = Engine(config)
    module = Module.from_file(engine, request["wasm"])
    print(json.dumps({case["name"]: count_case(engine, module, case) for case in request["cases"]}))


def count_case(engine, module, case):
    try:
        return count(engine, module, case)
    except Exception as error:
        sys.exit(f"{case['name']}: {error}")


def count(engine, module, case):
    store = Store(engine)
    store.set_fuel(TANK)
    # Both imports are of errors: a call of one ends the count.
    instance = Instance(store, module, [Func(store, one.type, refuse) for one in module.imports])
    exports = instance.exports(store)
    with open(case["memory"], "rb") as file:
        content = file.read()
    memory = exports["memory"]
    missing = len(content) // PAGE - memory.size(store)
    if missing > 0:
        memory.grow(store, missing)
    memory.write(store, content, 0)
    store.set_fuel(TANK)
    for call in case["calls"]:
        for write in call["writes"]:
            memory.write(store, base64.b64decode(write["bytes"]), write["offset"])
        function = exports[call["name"]]
        parameters = function.type(store).params
        function(store, *[converted(kind, value) for kind, value in zip(parameters, call["args"], strict=True)])
    return TANK - store.get_fuel()


def refuse(*_):
    raise RuntimeError("a kernel reported an error")


def converted(kind, value):
    """A number of JavaScript as a value of a parameter."""
    if kind in (ValType.f32(), ValType.f64()):
        return float(value)
    whole = int(value) & 0xFFFFFFFF
    return whole - 2**32 if whole >= 2**31 else whole


main()
