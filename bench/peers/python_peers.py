"""NumPy and PyTorch doing the works of works.js: questions are lines of JSON on stdin, answers lines on stdout."""

import json
import sys
import time

import importlib


def main():
    libraries = {}
    for name, module in (("NumPy", "numpy"), ("PyTorch", "torch")):
        try:
            libraries[name] = importlib.import_module(module)
        except ImportError:
            pass
    answer({"versions": {name: library.__version__ for name, library in libraries.items()}})
    tasks = {}
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer(reply(question, tasks))
        except Exception as error:  # the run goes on with the others
            answer({"error": f"{type(error).__name__}: {error}"})


def reply(question, tasks):
    action, library = question["action"], question["library"]
    if action == "prepare":
        kinds = numpy_works if library == "NumPy" else torch_works
        tasks[library] = {"compute": kinds[question["kind"]](question)}
    elif action == "run":
        start = time.perf_counter()
        tasks[library]["result"] = tasks[library]["compute"]()
        return {"milliseconds": 1000 * (time.perf_counter() - start)}
    elif action == "result":
        import numpy

        values = numpy.ascontiguousarray(tasks[library]["result"])
        values.tofile(question["file"])
        return {"precision": str(values.dtype)}
    elif action == "close":
        del tasks[library]
    return {}


def read(entry):
    import numpy

    return numpy.fromfile(entry["file"], entry["precision"]).reshape(entry["shape"])


def numpy_product(question):
    a, b = (read(question["inputs"][key]) for key in "ab")
    return (lambda: a @ b.T) if question["form"] == "NT" else (lambda: a @ b)


def numpy_covariance(question):
    import numpy

    samples = read(question["inputs"]["samples"])
    return lambda: numpy.cov(samples, rowvar=False, dtype=numpy.float64)


def numpy_eigenvalues(question):
    import numpy

    matrix = read(question["inputs"]["matrix"])
    return lambda: numpy.linalg.eigvalsh(matrix)[::-1]


def torch_product(question):
    import torch

    a, b = (torch.from_numpy(read(question["inputs"][key])) for key in "ab")
    return (lambda: a @ b.T) if question["form"] == "NT" else (lambda: a @ b)


def torch_covariance(question):
    import torch

    samples = torch.from_numpy(read(question["inputs"]["samples"]))
    return lambda: torch.cov(samples.T.double())


def torch_eigenvalues(question):
    import torch

    matrix = torch.from_numpy(read(question["inputs"]["matrix"]))
    return lambda: torch.linalg.eigvalsh(matrix).flip(0)


numpy_works = {"product": numpy_product, "covariance": numpy_covariance, "eigenvalues": numpy_eigenvalues}
torch_works = {"product": torch_product, "covariance": torch_covariance, "eigenvalues": torch_eigenvalues}


def answer(message):
    print(json.dumps(message), flush=True)


main()
