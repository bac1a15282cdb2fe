# SPDX-License-Identifier: Apache-2.0
"""A model as a file: plain numbers and a page of JSON in one .npz. Nothing in it is run when it is read (ADR 0026)."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray

from routing.learning.features import COLUMNS, SCHEME
from routing.learning.model import About, Model, Numbers

LARGEST = 500_000_000
"""Bytes, unpacked: what claims to be more is no model of ours."""

_MEMBERS = ("about", "columns", "idf", "weights", "bias")


class RefusedModel(ValueError):
    """The file cannot be used; says why, and what to do."""


def fingerprint(numbers: Numbers, values: Mapping[Any, tuple[str, ...]]) -> str:
    """The hash of what a model decides by."""
    found = hashlib.sha256(repr(sorted((name, tuple(of)) for name, of in values.items())).encode())
    for part in (numbers.columns, numbers.idf, numbers.weights, numbers.bias):
        found.update(str((part.dtype.str, part.shape)).encode())
        found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()


def write_model(model: Model, folder: Path) -> Path:
    """``classifier-<version>.npz`` in this folder, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"classifier-{model.about.version}.npz"
    about = np.frombuffer(model.about.model_dump_json().encode(), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez_compressed(packed, about=about, **{name: getattr(model.numbers, name) for name in _MEMBERS[1:]})
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(packed.getvalue())
    unfinished.replace(path)
    return path


def read_model(path: Path) -> Model:
    """Raises RefusedModel."""
    about, numbers = _parts(path)
    made_by, here = about.scikit_learn, sklearn.__version__
    if about.scheme != SCHEME:
        raise _refused(path, f"was made by another version of routing ({about.scheme}, here {SCHEME})")
    if made_by.split(".")[:2] != here.split(".")[:2]:
        raise _refused(path, f"was made by scikit-learn {made_by}, here is {here}")
    if _misfits(about, numbers):
        raise _refused(path, "has numbers that do not fit together")
    if fingerprint(numbers, about.values) != about.sha256:
        raise _refused(path, "was changed since it was written")
    return Model(about, numbers)


def _parts(path: Path) -> tuple[About, Numbers]:
    try:
        with zipfile.ZipFile(path) as packed:
            if sum(member.file_size for member in packed.infolist()) > LARGEST:
                raise _refused(path, "is larger than a model can be")
        with np.load(path, allow_pickle=False) as parts:
            about = About.model_validate_json(bytes(parts["about"]))
            return about, Numbers(*(parts[name] for name in _MEMBERS[1:]))
    except OSError as error:
        raise RefusedModel(
            f"{path} cannot be read ({error.strerror or 'it is damaged'}); name a file that can"
        ) from None
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, NotImplementedError) as error:
        if isinstance(error, RefusedModel):
            raise
        raise _refused(path, "is no model, or is damaged") from None


def _misfits(about: About, numbers: Numbers) -> bool:
    known, values = len(numbers.columns), sum(len(of) for of in about.values.values())
    shapes: list[tuple[NDArray[Any], tuple[int, ...], type]] = [
        (numbers.columns, (known,), np.int32),
        (numbers.idf, (known,), np.float32),
        (numbers.weights, (values, known), np.float32),
        (numbers.bias, (values,), np.float32),
    ]
    if any(part.shape != shape or part.dtype != kind for part, shape, kind in shapes):
        return True
    return bool(known and (numbers.columns.min() < 0 or numbers.columns.max() >= COLUMNS))


def _refused(path: Path, why: str) -> RefusedModel:
    return RefusedModel(f"{path.name} {why}; train a new one: python -m routing classifier train")
