"""Runs the rules of machinery.py against a provisioner and a service made for the purpose, and prints the outcomes.

Arguments: folder of machinery.py, path for the report.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])
import machinery
from ministack.services.cloudformation import provisioners

REPORT = sys.argv[2]
TYPE = "AWS::Test::Type"


def outcome(kind="property", native_sets=False, service_keeps=True, declared="wanted", written=("gap-one",)):
    kept, deleted = {}, []

    def create(_logical_id, properties, _stack_name):
        kept["id"] = properties["Value"] if native_sets else "default"
        return "id", {}

    provisioners._RESOURCE_HANDLERS[TYPE] = {"create": create, "delete": lambda id_, _: deleted.append(id_)}

    def write(_services, id_, value, _properties):
        if service_keeps:
            kept[id_] = value

    if kind == "type":
        fillers = [machinery.Type("gap-one", TYPE, create, lambda *_: None)]
    else:
        fillers = [
            machinery.Property(
                "gap-one", TYPE, lambda p: p["Value"], lambda _s, id_, _p: kept[id_], write, default="default"
            )
        ]
    result = {}
    report = machinery.Report(REPORT, list(written))
    try:
        machinery.install([{"id": gap, "kind": kind} for gap in written], fillers, None, report)
        provisioners._RESOURCE_HANDLERS[TYPE]["create"]("Logical", {"Value": declared}, "stack")
    except (machinery.FillerError, SystemExit) as error:
        result["error"] = type(error).__name__
    with open(REPORT, encoding="utf-8") as file:
        gap = json.load(file)["gaps"]["gap-one"]
    return {
        **result,
        "stale": [reason.split(": ")[0] for reason in gap["stale"]],
        "uses": len(gap["uses"]),
        "kept": kept.get("id"),
        "deleted": bool(deleted),
    }


OUTCOMES = {
    "dropped property is filled": outcome(),
    "property that is set already is stale": outcome(native_sets=True),
    "declared default proves nothing": outcome(declared="default"),
    "unfillable property that the service keeps is stale": outcome(kind="unfillable"),
    "unfillable property that the service loses is reported": outcome(kind="unfillable", service_keeps=False),
    "filler that has no effect fails the create and deletes the resource": outcome(service_keeps=False),
    "registered type is stale": outcome(kind="type"),
    "entry without a filler is refused": outcome(written=("gap-one", "gap-two")),
}

print(json.dumps(OUTCOMES))
