# SPDX-License-Identifier: Apache-2.0
"""The JSON Schemas of the organisation's files: `python -m routing.schemas` writes them beside the samples."""

import json
from pathlib import Path

from pydantic import BaseModel

from routing.domain.answering.rules import AnsweringFile
from routing.domain.classifying.file import ClassificationFile
from routing.domain.matrix.file import MatrixFile
from routing.domain.promising.slas import SlasFile

FILES: dict[str, type[BaseModel]] = {
    "answering": AnsweringFile,
    "classification": ClassificationFile,
    "matrix": MatrixFile,
    "slas": SlasFile,
}
PLACE = Path(__file__).parent / "data" / "schemas"


def schema_text(name: str) -> str:
    """The schema as it is written down."""
    model = FILES[name]
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def path_of(name: str) -> Path:
    return PLACE / f"{name}.schema.json"


if __name__ == "__main__":
    PLACE.mkdir(exist_ok=True)
    for each in FILES:
        path_of(each).write_text(schema_text(each), "utf-8")
