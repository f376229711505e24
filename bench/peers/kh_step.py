"""Minibatch steps of the Krotov-Hopfield rule (arXiv 2405.00679, A2) by NumPy and PyTorch, timed here.

Questions are lines of JSON on stdin, answers lines on stdout. Every form works on float32 samples that lie ready.
"""

import importlib
import json
import sys
import time


def main():
    libraries = {}
    for name, module in (("NumPy", "numpy"), ("PyTorch", "torch")):
        try:
            libraries[name] = importlib.import_module(module)
        except ImportError:
            pass
    answer({"versions": {name: library.__version__ for name, library in libraries.items()}})
    state = {}
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer(reply(question, state))
        except Exception as error:  # the run goes on with the others
            answer({"error": f"{type(error).__name__}: {error}"})


def reply(question, state):
    if question["action"] == "prepare":
        state.clear()
        state.update(read_layer(question))
        return {}
    step = forms[question["form"]]
    rate = question["learningRate"]
    weights = state["weights"].copy()
    arrays = (state["samples"], weights)
    if question["form"].startswith("PyTorch"):
        import torch

        torch.set_num_threads(state["threads"])
        arrays = tuple(torch.from_numpy(array) for array in arrays)
    clock = time.process_time if state["clock"] == "cpu" else time.perf_counter
    start = clock()
    winner, largest = step(*arrays, state["rule"], rate)
    milliseconds = 1000 * (clock() - start)
    return {"milliseconds": milliseconds, "largest": float(largest), "winner": winner.tolist()}


def read_layer(question):
    import numpy

    count, inputs, hidden = (question[key] for key in ("count", "inputs", "hidden"))
    pixels = numpy.fromfile(question["pixels"], "uint8").reshape(count, inputs)
    scales = numpy.fromfile(question["scales"], "float32")
    return {
        "samples": pixels.astype("float32") * scales[:, None],
        "weights": numpy.fromfile(question["weights"], "float32").reshape(hidden, inputs),
        "rule": question["rule"],
        "threads": question["threads"],
        "clock": question["clock"],
    }


def numpy_dense(samples, weights, rule, rate):
    """Pre-activations, factors and dW as whole matrices, as the published code has them; two argmax instead of its sort."""
    import numpy

    count = numpy.arange(len(samples))
    effective = weights * numpy.abs(weights) ** (rule["p"] - 2)
    values = samples @ effective.T
    winner = values.argmax(axis=1)
    if rule["k"] == 2:
        most = values[count, winner]
        values[count, winner] = -numpy.inf
        rival = values.argmax(axis=1)
        values[count, winner] = most
    else:
        first = numpy.argpartition(-values, rule["k"] - 1, axis=1)
        rival = first[:, rule["k"] - 1]
    factors = numpy.zeros_like(values)
    factors[count, winner] = 1
    factors[count, rival] = -rule["delta"]
    decay = (factors * values).sum(axis=0)
    change = rule["radius"] ** rule["p"] * (factors.T @ samples) - decay[:, None] * weights
    largest = numpy.abs(change).max()
    weights += numpy.float32(rate / max(largest, rule["precision"])) * change
    return winner, largest


def torch_ranks(samples, weights, rule):
    values = samples @ (weights * weights.abs() ** (rule["p"] - 2)).T
    return values, *values.topk(rule["k"], dim=1)


def torch_dense(samples, weights, rule, rate):
    import torch

    values, _, units = torch_ranks(samples, weights, rule)
    count = torch.arange(len(samples))
    factors = torch.zeros_like(values)
    factors[count, units[:, 0]] = 1
    factors[count, units[:, -1]] = -rule["delta"]
    decay = (factors * values).sum(0)
    change = rule["radius"] ** rule["p"] * (factors.T @ samples) - decay[:, None] * weights
    largest = change.abs().max().item()
    weights += rate / max(largest, rule["precision"]) * change
    return units[:, 0], largest


def torch_sparse(samples, weights, rule, rate):
    """Sums into the rows of winners and rivals alone, by hand."""
    import torch

    _, best, units = torch_ranks(samples, weights, rule)
    count = len(samples)
    factors = torch.cat([torch.ones(count), torch.full((count,), -rule["delta"])])
    moved = torch.cat([units[:, 0], units[:, -1]])
    rows, place = moved.unique(return_inverse=True)
    sums = torch.zeros(len(rows), samples.shape[1])
    sums.index_add_(0, place, torch.cat([samples, samples]) * factors[:, None])
    decay = torch.zeros(len(rows)).index_add_(0, place, factors * torch.cat([best[:, 0], best[:, -1]]))
    touched = weights[rows]
    change = rule["radius"] ** rule["p"] * sums - decay[:, None] * touched
    largest = change.abs().max().item()
    weights[rows] = touched + rate / max(largest, rule["precision"]) * change
    return units[:, 0], largest


forms = {"NumPy, dense": numpy_dense, "PyTorch, dense": torch_dense, "PyTorch, sparse": torch_sparse}


def answer(message):
    print(json.dumps(message), flush=True)


main()
