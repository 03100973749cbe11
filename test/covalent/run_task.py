"""Runs one task through an executor of the real Covalent, as its dispatcher does.

    run_task.py EXECUTOR DISPATCH OPTIONS

Docker is stubbed at the plugin's own seam, `docker.from_env`: nothing is built, and what would have been is printed.
The rest is the plugin's: it pickles the function, writes the script, creates the Job, follows it and reads the result.
The task's part is played by whoever started this, once the Job's pod runs.
"""

import json
import sys

import docker
from covalent.executor import _executor_manager

RECORD = {"dockerfile": "", "tags": [], "pushed": [], "login": None}


class Image:
    def tag(self, name, tag):
        RECORD["tags"].append([name, tag])


class Images:
    def build(self, path, dockerfile, tag):
        with open(dockerfile, encoding="utf-8") as file:
            RECORD["dockerfile"] = file.read()
        return Image(), []

    def push(self, name, tag):
        RECORD["pushed"].append(name)


class Docker:
    images = Images()

    def login(self, **given):
        RECORD["login"] = given


def add(a, b):
    return a + b


def executor_of(name, options):
    """As a workflow makes it, and as the dispatcher makes it again from what a workflow has sent."""
    made = _executor_manager.executor_plugins_map[name](**options)
    sent = json.loads(json.dumps(made.to_dict()))
    assert sent["short_name"] == name, sent
    return _executor_manager.get_executor(sent["short_name"]).from_dict(sent)


def main():
    name, dispatch, options = sys.argv[1:]
    docker.from_env = Docker
    executor = executor_of(name, json.loads(options))
    try:
        result = executor.run(add, [1], {"b": 2}, {"dispatch_id": dispatch, "node_id": 0})
        print(json.dumps({"result": result, **RECORD}))
    except Exception as error:  # The test looks at whatever comes.
        print(json.dumps({"error": f"{type(error).__name__}: {error}", **RECORD}))


if __name__ == "__main__":
    main()
