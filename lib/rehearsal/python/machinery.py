"""What every gap filler shares: the report, the way to the emulator's own service APIs, and the rule of when a gap is
filled, left open, or closed upstream.

Four shapes of filler, one per kind of gap (see gaps.json):
  Type       the emulator does not know the type: the filler brings the whole resource.
  Property   the emulator's CloudFormation drops a property (or, kind `unfillable`, its service API does too).
  Attribute  Fn::GetAtt of a documented attribute fails.
  Creation   the emulator's CloudFormation refuses or garbles the resource: the service API creates it instead.
"""

import json
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import botocore.config
import botocore.exceptions
import botocore.session
from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners, stacks


class FillerError(Exception):
    """A gap could not be filled, so the stack must fail."""


class Report:
    """The uses of every gap and every seed, written to a file that is complete at any moment."""

    def __init__(self, path: str, gap_ids: list[str]):
        self._path = path
        self._lock = threading.Lock()
        self._content: dict = {"gaps": {gap: {"uses": [], "stale": []} for gap in gap_ids}, "seeded": []}
        self._write()

    def used(self, gap: str, logical_id: str, physical_id: str) -> None:
        with self._lock:
            self._content["gaps"][gap]["uses"].append({"logicalId": logical_id, "physicalId": physical_id})
            self._write()

    def stale(self, gap: str, reason: str) -> None:
        with self._lock:
            reasons = self._content["gaps"][gap]["stale"]
            if reason not in reasons:
                reasons.append(reason)
            self._write()

    def seeded(self, kind: str, key: str) -> None:
        with self._lock:
            self._content["seeded"].append({"kind": kind, "key": key})
            self._write()

    def _write(self) -> None:
        partial = f"{self._path}.partial"
        with open(partial, "w", encoding="utf-8") as file:
            json.dump(self._content, file, indent=1)
        os.replace(partial, self._path)


class Services:
    """Clients of the emulator's own service APIs, for the account and region of the stack being deployed."""

    def __init__(self, port: int):
        self._endpoint = f"http://127.0.0.1:{port}"
        self._session = botocore.session.Session()
        self._config = botocore.config.Config(
            retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, parameter_validation=True
        )
        # Clients are thread-safe, their creation is not.
        self._lock = threading.Lock()
        self._clients: dict = {}

    def __call__(self, service: str):
        key = (service, get_account_id(), get_region())
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._session.create_client(
                    service,
                    region_name=key[2],
                    endpoint_url=self._endpoint,
                    aws_access_key_id=key[1],
                    aws_secret_access_key="rehearsal",
                    config=self._config,
                )
            return self._clients[key]


def absent(call, *codes):
    """The result of a read, or None where the service answers that nothing is configured."""
    try:
        return call()
    except botocore.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return None
        raise


def covers(found: Any, wanted: Any) -> bool:
    """Whether everything wanted was found. Services add defaults and reorder lists, so both are allowed."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(covers(found.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            return False
        left = list(found)
        for item in wanted:
            match = next((candidate for candidate in left if covers(candidate, item)), None)
            if match is None:
                return False
            left.remove(match)
        return True
    return found == wanted


@dataclass(frozen=True)
class Type:
    gap: str
    type: str
    # (services, logical_id, properties, stack_name) -> (physical_id, attributes)
    create: Callable
    # (services, physical_id, properties)
    delete: Callable
    # (services, physical_id, old, new) -> attributes, or None where the change needs a replacement.
    update: Callable = lambda *_: None


@dataclass(frozen=True)
class Property:
    gap: str
    type: str
    # (properties) -> the declared value in the service API's own shape, None where it is not declared.
    wanted: Callable
    # (services, physical_id, properties) -> the present value in the same shape.
    read: Callable
    # (services, physical_id, wanted value, properties)
    write: Callable | None = None
    # (services, physical_id, properties), when an update drops the property.
    clear: Callable | None = None
    # What the service reports where nothing is declared: a template that declares just that proves nothing.
    default: Any = None
    # For a value that lives on outside the template after the create.
    on_create_only: bool = False


@dataclass(frozen=True)
class Attribute:
    gap: str
    type: str
    # (services, physical_id) -> attributes
    read: Callable


@dataclass(frozen=True)
class Creation:
    gaps: tuple[str, ...]
    type: str
    # (properties) -> whether this resource is touched by the gap at all
    concerns: Callable
    # (context, native handler, logical_id, properties, stack_name) -> (physical_id, attributes)
    create: Callable
    # Whether the native update may handle a change of tags alone.
    tags_in_place: bool = False


@dataclass(frozen=True)
class Context:
    services: Services
    report: Report


@dataclass(frozen=True)
class Change:
    """One resource as its provisioner has just left it. `old` is None after a create."""

    logical_id: str
    physical_id: str
    properties: dict
    old: dict | None


def fill_properties(context: Context, fillers: list[Property], unfillable: set[str], change: Change) -> None:
    services, physical_id, properties = context.services, change.physical_id, change.properties
    clear_dropped(services, fillers, change)
    declared = [(filler, filler.wanted(properties)) for filler in fillers if proves_something(filler, change)]
    # All are read before the first is written: one call to a service can set the properties of several fillers.
    read = [(filler, wanted, filler.read(services, physical_id, properties)) for filler, wanted in declared]
    for filler, wanted, found in read:
        if not covers(found, wanted):
            fill_property(context, filler, filler.gap in unfillable, wanted, change)
        elif change.old is None:
            # After an update the value is there because the filler put it there.
            context.report.stale(filler.gap, "CloudFormation sets the property now: drop the entry and its filler.")


def clear_dropped(services: Services, fillers: list[Property], change: Change) -> None:
    if change.old is None:
        return
    for filler in fillers:
        dropped = filler.wanted(change.properties) is None and filler.wanted(change.old) is not None
        if dropped and filler.clear is not None:
            filler.clear(services, change.physical_id, change.old)


def proves_something(filler: Property, change: Change) -> bool:
    wanted = filler.wanted(change.properties)
    if wanted is None:
        return False
    if change.old is not None:
        return not filler.on_create_only
    return filler.default is None or not covers(filler.default, wanted)


def fill_property(context: Context, filler: Property, unfillable: bool, wanted: Any, change: Change) -> None:
    services, physical_id, properties = context.services, change.physical_id, change.properties
    if filler.write is not None:
        filler.write(services, physical_id, wanted, properties)
    kept = filler.read(services, physical_id, properties)
    if unfillable and covers(kept, wanted):
        context.report.stale(filler.gap, "The service API keeps the property now: turn the entry into a filled one.")
    elif not unfillable and not covers(kept, wanted):
        raise FillerError(f"Gap {filler.gap} is not filled on {physical_id}: wanted {wanted}, the service has {kept}.")
    context.report.used(filler.gap, change.logical_id, physical_id)


def install(gaps: list[dict], fillers: list, services: Services, report: Report) -> None:
    """Wraps the emulator's provisioners. Refuses a list and a set of fillers that do not belong together."""
    listed = {gap["id"]: gap for gap in gaps}
    written = [gap for filler in fillers for gap in getattr(filler, "gaps", None) or (filler.gap,)]
    if sorted(written) != sorted(listed):
        raise SystemExit(
            f"gaps.json and the fillers differ. Without a filler: {sorted(set(listed) - set(written))}, "
            f"without an entry: {sorted(set(written) - set(listed))}, twice: "
            f"{sorted({gap for gap in written if written.count(gap) > 1})}."
        )
    context = Context(services, report)
    touched = {filler.type for filler in fillers}
    for resource_type in touched:
        own = [filler for filler in fillers if filler.type == resource_type]
        for filler in own:
            if isinstance(filler, Type):
                install_type(context, filler)
        unfillable = {gap for gap, entry in listed.items() if entry["kind"] == "unfillable"}
        install_wrapper(context, unfillable, resource_type, own)

    # A loopback call from the event loop would wait for itself.
    runs_on_worker_thread = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda type_: type_ in touched or runs_on_worker_thread(type_)


def install_type(context: Context, filler: Type) -> None:
    if filler.type in provisioners._RESOURCE_HANDLERS:
        context.report.stale(filler.gap, f"{filler.type} is registered now: drop the entry and its filler.")
        return

    def create(logical_id, properties, stack_name):
        physical_id, attributes = filler.create(context.services, logical_id, properties, stack_name)
        context.report.used(filler.gap, logical_id, physical_id)
        return physical_id, attributes

    def update(physical_id, old, new, stack_name, logical_id):
        attributes = filler.update(context.services, physical_id, old, new)
        # A new physical id tells the engine to delete the predecessor once the update holds.
        return create(logical_id, new, stack_name) if attributes is None else (physical_id, attributes)

    provisioners._RESOURCE_HANDLERS[filler.type] = {
        "create": create,
        "update": update,
        "update_with_logical_id": True,
        "delete": lambda physical_id, properties: filler.delete(context.services, physical_id, properties),
    }


def install_wrapper(context: Context, unfillable: set[str], resource_type: str, fillers: list) -> None:
    handler = provisioners._RESOURCE_HANDLERS[resource_type]
    native = dict(handler)
    creations = [filler for filler in fillers if isinstance(filler, Creation)]
    property_fillers = [filler for filler in fillers if isinstance(filler, Property)]
    attribute_fillers = [filler for filler in fillers if isinstance(filler, Attribute)]

    def native_create(logical_id, properties, stack_name):
        creation = next((item for item in creations if item.concerns(properties)), None)
        if creation is not None:
            return creation.create(context, native, logical_id, properties, stack_name)
        return native["create"](logical_id, properties, stack_name)

    def native_update(physical_id, old, new, stack_name, logical_id):
        creation = next((item for item in creations if item.concerns(old) or item.concerns(new)), None)
        if creation is not None and not (creation.tags_in_place and without_tags(old) == without_tags(new)):
            return native_create(logical_id, new, stack_name)
        if "update" not in native:
            return native_create(logical_id, new, stack_name)
        arguments = (logical_id,) if native.get("update_with_logical_id") else ()
        return native["update"](physical_id, old, new, stack_name, *arguments)

    def native_delete(physical_id, properties, logical_id):
        arguments = (logical_id,) if native.get("delete_with_logical_id") else ()
        native["delete"](physical_id, properties, *arguments)

    def complete(attributes: dict, change: Change):
        fill_properties(context, property_fillers, unfillable, change)
        for filler in attribute_fillers:
            attributes = fill_attributes(context, filler, attributes, change)
        return change.physical_id, attributes

    def create(logical_id, properties, stack_name):
        physical_id, attributes = native_create(logical_id, properties, stack_name)
        try:
            return complete(attributes, Change(logical_id, physical_id, properties, None))
        except Exception:
            # The engine rolls back only what a create returned.
            native_delete(physical_id, properties, logical_id)
            raise

    def update(physical_id, old, new, stack_name, logical_id):
        new_id, attributes = native_update(physical_id, old, new, stack_name, logical_id)
        return complete(attributes, Change(logical_id, new_id, new, old if new_id == physical_id else None))

    handler.update({"create": create, "update": update, "update_with_logical_id": True})


def without_tags(properties: dict) -> dict:
    return {key: value for key, value in properties.items() if key != "Tags"}


def fill_attributes(context: Context, filler: Attribute, attributes: dict, change: Change) -> dict:
    filled = filler.read(context.services, change.physical_id)
    if set(filled) <= set(attributes):
        context.report.stale(filler.gap, "Fn::GetAtt works by itself now: drop the entry and its filler.")
    else:
        context.report.used(filler.gap, change.logical_id, change.physical_id)
    return {**filled, **attributes}
