"""The short way from one schedule to the next: other pictures in the same places. Pure.

Who is on when depends on how long a translation lasts, not on what it looks like. When `shape()` of the inputs is what it was, `reproof()`
puts the new proofs where the old ones stood, in a fraction of the time and with the same bytes that the compiler would make.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

from cms.plugin_api.types import JSON, sha256
from cms.schedule.compile import written
from cms.schedule.fingerprint import fingerprint
from cms.schedule.inputs import ItemInput, ScheduleInputs
from cms.schedule.scenes import SceneBook, scene_id


def shape(inputs: ScheduleInputs) -> str:
    """A name for everything that decides who is on when, and what there is to remark. It leaves out proofs, pixels and
    `valid_from_ms`, but not how long each page lasts, whether it moves, and whether a translation can be shown at all."""
    book = SceneBook(inputs, [])
    pages: dict[str, JSON] = {}
    for key, item in inputs.items.items():
        playable = [book.playable(one) for one in item.translations]
        pages[key] = [
            [one.item, one.language, [list(page[1:]) for page in shown.flat], [list(page[1:]) for page in shown.span]]
            for one, shown in zip(item.translations, playable, strict=True)
            if shown is not None
        ]
    remarks = sorted({(one.code, one.subject, *sorted(one.params.items())) for one in book.diagnostics})
    bare = {key: dataclasses.replace(item, translations=()) for key, item in inputs.items.items()}
    rest = dataclasses.replace(
        inputs, items=bare, assets={one: inputs.assets[one] for one in _fallback(inputs)}, manifests={}
    )
    return sha256(json.dumps([fingerprint(rest), pages, remarks], sort_keys=True).encode())


def _fallback(inputs: ScheduleInputs) -> frozenset[str]:
    return inputs.fallback.scene.assets() & inputs.assets.keys()


def reproof(document: bytes, inputs: ScheduleInputs) -> bytes | None:
    """The document that `compile_schedule(inputs)` makes, from one of inputs of the same `shape`; None where it cannot be told which
    new proof takes the place of which old one (an item drawn across the faces as well as on each, when both are new)."""
    assets, middle, old = _parts(document)
    book = SceneBook(inputs, [])
    for item in inputs.items.values():
        for one in item.translations:
            book.playable(one)
    book.fallback()
    names = _renamed(old["scenes"], inputs, book)
    if names is None:
        return None
    book.used.update(names.values())
    old["valid_from"] = inputs.valid_from_ms
    old["turns"] = [[names[scene], ms] for scene, ms in old["turns"]]
    old["scenes"] = book.scenes_json()
    return b"".join((assets, written(book.assets_json()), middle, written(old)[1:]))


def _parts(document: bytes) -> tuple[bytes, bytes, dict[str, JSON]]:
    """What stands before the assets, between them and the scenes, and everything from the scenes on, parsed. Keys are in order, and
    a quotation mark within a text is escaped, so the key of the scenes is found by its bytes. What lies between, nine tenths of a
    large document, is neither read nor written anew."""
    text = document.decode()
    opening = '{"assets":'
    _, after = json.JSONDecoder().raw_decode(text, len(opening))
    scenes = text.index(',"scenes":{', after) + 1
    return opening.encode(), text[after:scenes].encode(), json.loads("{" + text[scenes:])


def _renamed(scenes: dict[str, JSON], inputs: ScheduleInputs, book: SceneBook) -> dict[str, str] | None:
    """Old names of scenes and what stands there now."""
    proofs: dict[str, set[str]] = {}
    for scene in scenes.values():
        proofs.setdefault(scene["item"], set()).add(scene["proof"])
    fresh = _replacements(proofs, inputs.items.values())
    names = {}
    for name, scene in scenes.items():
        if name in book.known:
            names[name] = name
            continue
        proof = fresh.get((scene["item"], scene["proof"]))
        index = name.removeprefix(f"{scene['item']}#").partition("@")[0]
        new = scene_id(scene["item"], int(index), proof) if proof else ""
        if new not in book.known:
            return None
        names[name] = new
    return names


def _replacements(proofs: dict[str, set[str]], items: Iterable[ItemInput]) -> dict[tuple[str, str], str]:
    """The new proof by (item translation, old proof), where there is only one that it can be."""
    found = {}
    for item in items:
        for one in item.translations:
            known = {proof for proof in (one.proof, one.span_proof) if proof}
            gone, new = proofs.get(one.item, set()) - known, known - proofs.get(one.item, set())
            if len(gone) == len(new) == 1:
                found[one.item, gone.pop()] = new.pop()
    return found
