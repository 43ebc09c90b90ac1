"""Sends requests to a console that are made from its own OpenAPI document: right ones, and wrong in every way
that the document makes possible. What to send, and as whom, is a JSON text on standard input; what came of it
is one on standard output. The same seed makes the same requests.

Schemathesis makes them; its own runner is not used, since it spends most of its time on reports.
"""

import json
import sys
from collections import Counter

import jsonschema_rs
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

# Requests of one kind in a row, before the next kind has its turn.
ROW = 6
# So many findings are told; a fault often shows in hundreds.
TOLD = 20
# What a refusal may be: everything else of 400 and more is a fault of the console's or of the document.
REFUSALS = {400, 401, 403, 404, 405, 409, 413, 422, 429}


NOTHING = st.none()
UNKNOWN = st.dictionaries(st.text(st.characters(codec="ascii"), min_size=1), st.text(max_size=20), min_size=1, max_size=3)


class Sender:
    def __init__(self, task):
        self.task = task
        self.browser = requests.Session()
        self.browser.trust_env = False
        self.document = self.browser.get(task["url"] + "/api/v1/openapi.json", timeout=30).json()
        self.schemas = {}
        self.sent = 0
        self.statuses = Counter()
        self.reached = Counter()
        self.findings = []

    def run(self):
        schema = schemathesis.openapi.from_dict(self.document)
        schema.config.generation.update(with_security_parameters=False)
        kinds = []
        for operation in schema.get_all_operations():
            operation = operation.ok()
            if operation.definition.raw["operationId"] not in self.task["left_out"]:
                kinds.extend(self.kinds(operation))
        turn = 0
        while self.sent < self.task["requests"]:
            for place, (operation, cases) in enumerate(kinds):
                self.row(operation, cases, self.task["seed"] + turn * len(kinds) + place)
            turn += 1
        return {
            "sent": self.sent,
            "statuses": dict(self.statuses),
            "reached": dict(self.reached),
            "findings": self.findings[:TOLD],
            "found": len(self.findings),
        }

    def kinds(self, operation):
        """Right and wrong ones, each for names of things that are there and for any names at all."""
        raw = operation.definition.raw
        named = [name["name"] for name in raw["parameters"] if name["in"] == "path"]
        there = st.fixed_dictionaries({name: st.sampled_from(self.task["known"][name]) for name in named})
        right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
        if "requestBody" in raw or len(raw["parameters"]) > len(named):
            wrong = st.tuples(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), NOTHING)
        else:
            # By the document nothing can be wrong with it; what it does not know at all is.
            wrong = st.tuples(right, UNKNOWN)
        for cases in (st.tuples(right, NOTHING), wrong):
            yield operation, st.tuples(cases, there)
            if named:
                yield operation, st.tuples(cases, NOTHING)

    def row(self, operation, cases, number):
        @seed(number)
        @settings(
            max_examples=ROW,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(cases)
        def send(made):
            (case, unknown), there = made
            if there:
                case.path_parameters = dict(there)
            if unknown:
                case.query = dict(unknown)
            self.send(operation, case, unknown is not None)

        send()

    def send(self, operation, case, unknown):
        for name, value in (case.path_parameters or {}).items():
            # The administrator who looks at it all afterwards must stay.
            if value in self.task["spared"].get(name, []):
                return
        arguments = case.as_transport_kwargs(base_url=self.task["url"])
        headers = dict(arguments.pop("headers", None) or {})
        cookies = arguments.pop("cookies", None)
        # Who asks is not left to chance: with a token beside a cookie each request would be refused for that.
        headers = {name: value for name, value in headers.items() if name.lower() not in ("authorization", "cookie")}
        headers.update(self.task["headers"])
        if cookies and "cookie" not in self.task["headers"]:
            arguments["cookies"] = cookies
        reply = self.browser.request(headers=headers, timeout=60, allow_redirects=False, **arguments)
        self.sent += 1
        self.statuses[str(reply.status_code)] += 1
        name = operation.definition.raw["operationId"]
        if reply.status_code == 200:
            self.reached[name] += 1
        wrong = self.judge(operation, case, unknown, reply)
        if wrong:
            self.findings.append(
                {
                    "operation": name,
                    "wrong": wrong,
                    "request": f"{reply.request.method} {reply.request.url}",
                    "body": repr(reply.request.body)[:2000],
                    "reply": f"{reply.status_code} {reply.headers.get('content-type')} {reply.text[:500]}",
                }
            )

    def judge(self, operation, case, unknown, reply):
        kind = reply.headers.get("content-type", "")
        if reply.status_code != 200:
            if reply.status_code not in REFUSALS:
                return "a status that no request should have"
            if kind != "application/json":
                return "a refusal that is no JSON"
            return self.fits("ApiError", {"$ref": "#/components/schemas/ApiError"}, reply)
        if unknown:
            return "done with a query that it does not know"
        for location, part in case.meta.components.items() if case.meta else ():
            if part.mode is GenerationMode.NEGATIVE and location.value in ("body", "query"):
                return f"done with a wrong {location.value}"
        declared = operation.definition.raw["responses"]["200"].get("content")
        if declared is None:
            return None if reply.content == b"null" else "a body where none is declared"
        if kind not in declared:
            return f"a content type that is not declared ({', '.join(declared)})"
        if kind == "application/json":
            return self.fits(operation.label, declared[kind]["schema"], reply)
        return None

    def fits(self, name, schema, reply):
        if name not in self.schemas:
            whole = {"components": self.document["components"], **schema}
            self.schemas[name] = jsonschema_rs.Draft202012Validator(whole)
        try:
            self.schemas[name].validate(reply.json())
        except (ValueError, jsonschema_rs.ValidationError) as error:
            return f"not what is declared: {error}"[:1000]
        return None


if __name__ == "__main__":
    json.dump(Sender(json.load(sys.stdin)).run(), sys.stdout)
