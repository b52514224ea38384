"""What is whole of files of which a part is broken: every document, and every SLO of one, stands for itself."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from slo.errors import SLOError, SpecNotFoundError
from slo.formats import documents, openslo, reader, sloth, sloth_windows
from slo.formats.document import Document
from slo.formats.reader import Loaded

Accepts = Callable[[list[Document]], object]


def read(path: Path) -> Loaded:
    """As ``reader.read``, without what is broken, which is in ``left`` with its reason.

    Raises ``SpecNotFoundError`` only where nothing is whole.
    """
    left: list[str] = []
    units = [
        unit
        for file in reader.yaml_files(path)
        for document in _documents(file, left)
        for unit in _single(document)
    ]
    shared = _whole([], [u for u in units if _is_shared(u)], _read_shared, left)
    slos = [unit for unit in units if not _is_shared(unit)]
    kept = _whole(shared, slos, lambda some: reader.assemble(some, str(path), reader.slug(path)), left)
    if not kept[len(shared) :]:
        raise SpecNotFoundError(
            str(path), f"no SLO there is whole; the last: {left[-1]}" if left else "no SLOs there"
        )
    loaded = reader.assemble(kept, str(path), reader.slug(path))
    notes = dict.fromkeys(map(_readable, loaded.notes))
    return Loaded(loaded.platform, tuple(notes), tuple(dict.fromkeys(left)))


def _whole(kept: list[Document], units: list[Document], accepts: Accepts, left: list[str]) -> list[Document]:
    """What is kept and those of the units that are accepted with it: all at once, else half by half."""
    if not units:
        return kept
    try:
        accepts([*kept, *units])
    except SLOError as error:
        half = len(units) // 2
        if half:
            return _whole(_whole(kept, units[:half], accepts, left), units[half:], accepts, left)
        left.append(_readable(str(error)))
        return kept
    return [*kept, *units]


def _documents(file: Path, left: list[str]) -> list[Document]:
    """The documents of a file; of a stream with a broken one, the others."""
    try:
        text = documents.text_of(file)
    except SLOError as error:
        left.append(str(error))
        return []
    try:
        return documents.in_text(text, str(file))
    except SLOError:
        found: list[Document] = []
        for number, piece in enumerate(_pieces(text), start=1):
            place = f"{file} (document {number})"
            try:
                found += documents.in_text(piece, place)
            except SLOError as error:
                left.append(str(error))
        return found


def _pieces(text: str) -> Iterator[str]:
    """The documents of a stream, each after as many lines as in the stream, so that errors name the right one."""
    starts = [0, *(match.start() for match in re.finditer(r"^---(?=\s|$)", text, re.MULTILINE))]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        if text[start:end].strip():
            yield "\n" * text.count("\n", 0, start) + text[start:end]


def _single(document: Document) -> list[Document]:
    """Sloth has several SLOs in a document: a document for each, marked with its index."""
    holder = document.body.get("spec", document.body)
    slos = holder.get("slos") if isinstance(holder, dict) else None
    if reader.kind_of(document)[0] not in {sloth.VERSION, sloth_windows.API} or not isinstance(slos, list):
        return [document]
    bodies: list[dict[str, Any]] = [holder | {"slos": [slo]} for slo in slos]
    if holder is not document.body:
        bodies = [document.body | {"spec": body} for body in bodies]
    return [Document(f"{document.place}\0{i}\0", body) for i, body in enumerate(bodies)] or [document]


def _readable(text: str) -> str:
    """A message about an SLO that was read alone, with its index in the document."""
    return re.sub(r"\0\d+\0", "", re.sub(r"\0(\d+)\0(.*?\bslos\.)0\b", r"\2\1", text, count=1))


def _is_shared(document: Document) -> bool:
    """Whether a document is for others to refer to, and holds no SLO itself."""
    api, kind = reader.kind_of(document)
    return (api, kind) == reader.CATALOGUE or (api in openslo.APIS and kind != "SLO")


def _read_shared(shared: list[Document]) -> None:
    sloth_windows.period([d for d in shared if reader.kind_of(d) == reader.CATALOGUE])
    openslo.read([d for d in shared if reader.kind_of(d)[0] in openslo.APIS])
