# SPDX-License-Identifier: Apache-2.0
"""The forms in which Colombians write what tells who somebody is, in the order in which they are taken out."""

import re
from collections.abc import Sequence

NAME_SHORTEST = 3
"""Letters; shorter parts of a name would take "de" and "la" out of every sentence."""

PLACEHOLDERS = re.compile(r"\[(?:nombre|documento|correo|teléfono|dirección|radicado|número|fecha)\]")

Forms = Sequence[tuple[re.Pattern[str], str]]
"""Each with what is put in its place; of a match that begins with a word that stays, ``\\1`` is that word."""

_LOOSE = {"a": "[aá]", "e": "[eé]", "i": "[ií]", "o": "[oó]", "u": "[uúü]", "ñ": "[nñ]", " ": r"[ \t]+", ".": r"\.?"}


def _any(*words: str) -> str:
    """One of these, in any letters, with or without accents and dots."""
    loose = ("".join(_LOOSE.get(sign, re.escape(sign)) for sign in word) for word in words)
    return f"(?i:{'|'.join(loose)})"


_GAP = r"[ \t]*"
_UPPER, _LETTER = "A-ZÁÉÍÓÚÜÑ", "A-ZÁÉÍÓÚÜÑa-záéíóúüñ"
_PART = f"[{_UPPER}][{_LETTER}.'\\-]{{0,30}}"
_NAME = rf"{_PART}(?:[ \t]+(?:(?:de|del|la|las|los|y)[ \t]+){{0,2}}{_PART}){{0,5}}"
"""Words that begin with a capital, one after the other."""

_SMALL = r"[a-záéíóúüñ]{2,20}"
_NO_NAME = _any(
    "con", "y", "identificad", "de c", "vivo", "soy", "mi", "cc", "quiero", "le", "les", "para", "en", "tengo"
)
_SMALL_NAME = rf"{_SMALL}(?:[ \t]+(?!{_NO_NAME}\b){_SMALL}){{0,3}}"

_TITLE = _any(
    *(
        "señores",
        "señoras",
        "señora",
        "señorita",
        "señor(a)",
        "señor",
        "sra.",
        "sr.",
        "don",
        "doña",
        "doctora",
        "doctor",
    ),
    *("dra.", "dr.", "estimado", "estimada", "apreciado", "apreciada", "respetado", "respetada", "ingeniero"),
    *("ingeniera", "licenciado", "licenciada", "niño", "niña", "afiliado", "afiliada", "beneficiario", "beneficiaria"),
    *("peticionario", "peticionaria", "paciente", "usuario", "usuaria", "titular"),
)
_KIN = (
    _any("mi", "su", "nuestro", "nuestra")
    + r"[ \t]+"
    + _any(
        *(
            "hijo",
            "hija",
            "esposo",
            "esposa",
            "mama",
            "madre",
            "papa",
            "padre",
            "hermano",
            "hermana",
            "abuelo",
            "abuela",
        ),
        *("nieto", "nieta", "suegro", "suegra", "tio", "tia", "compañero", "compañera", "cuñado", "cuñada", "sobrino"),
        *("sobrina", "novio", "novia", "jefe", "jefa"),
    )
)
_SAYS = _any(
    "mi nombre es", "me llamo", "a nombre de", "nombres completos", "nombre completo", "nombres", "nombre", "soy", "yo,"
)
_CALLED = _any("mi nombre es", "me llamo")
_SIGNED = _any("atentamente", "cordialmente", "firma", "suscrita", "suscrito") + rf"{_GAP}[,.:]?\s*"

_DOCUMENT = _any(
    *("c.c.", "c. c.", "t.i.", "c.e.", "r.c.", "p.p.t.", "p.e.p.", "nuip", "nit", "rut", "cedula de ciudadania"),
    *("cedula de extranjeria", "cedula", "tarjeta de identidad", "registro civil", "pasaporte", "identificado con"),
    *("identificada con", "documento de identidad", "documento de identificacion", "documento", "identificacion"),
)
_NUMBER_WORD = _any("numero", "num.", "nro.", "no.", "nº", "n°", "es", "con", "la", "el", "de")
_SIGN = rf"(?:{_GAP}(?:{_NUMBER_WORD}|[#:.])){{0,4}}{_GAP}"

_WAY = _any(
    *("calle", "cll.", "cl.", "carrera", "cra.", "cr.", "kra.", "kr.", "avenida", "av.", "ak.", "ac.", "diagonal"),
    *("diag.", "dg.", "transversal", "transv.", "tv.", "circular", "autopista"),
)
_SIDE = rf"(?:{_GAP}{_any('bis', 'sur', 'norte', 'este', 'oeste')}\b)?"
_CORNER = rf"{_GAP}\d{{1,3}}(?:(?:[A-Za-z]{{1,2}}|[ \t][A-Z])\b)?{_SIDE}{_SIDE}"
_NUMBERED = f"(?:[#–-]|{_any('no.', 'n°', 'nº', 'nro.', 'numero')})"
_UNIT = (
    rf"(?:{_GAP},?{_GAP}"
    + _any("apto.", "apartamento", "torre", "casa", "interior", "int.", "bloque", "oficina", "of.", "local", "piso")
    + rf"{_GAP}[A-Z0-9]{{1,5}}\b){{0,4}}"
)
_BLOCK = (
    _any("manzana", "mz.")
    + rf"{_GAP}[A-Z0-9]{{1,3}}{_GAP},?{_GAP}"
    + _any("casa", "lote", "cs.")
    + rf"{_GAP}\d{{1,4}}\b"
)

_COUNTRY = r"(?:\(?\+?57\)?[ .\-]?)?"
_MOBILE = r"\(?3\d{2}\)?[ .\-]?\d{3}[ .\-]?\d{2}[ .\-]?\d{2}"
_FIXED = r"\(?60\d\)?[ .\-]?\d{3}[ .\-]?\d{2}[ .\-]?\d{2}"
_CALL = (
    _any("telefono", "tel.", "celular", "cel.", "whatsapp", "fijo")
    + rf"(?:[ \t]+{_any('es el', 'es')})?{_GAP}[:.]?{_GAP}"
)

_BORN = _any("naci el", "nacida el", "nacido el", "nacimiento:", "nacimiento") + r"[ \t]+"
_DAY = r"\d{1,2}(?:[/\-.]\d{1,2}[/\-.]\d{2,4}|[ \t]+de[ \t]+[a-z]{4,10}(?:[ \t]+del?[ \t]+\d{4})?)"
_A_DATE = r"(?!\d{4}[-/]\d{1,2}[-/]\d{1,2}\b)(?!\d{1,2}[-/]\d{1,2}[-/]\d{4}\b)"
_AN_AMOUNT = rf"(?!\d{{1,3}}(?:[.,]?\d{{3}}){{1,4}}{_GAP}{_any('pesos', 'cop')})"
_LONG = rf"(?<![$\d])(?<!\$ )(?<!\d[.,])\b{_A_DATE}{_AN_AMOUNT}[A-Z]{{0,3}}-?\d(?:[ .,\-]?\d){{5,}}+"

ADDRESSES: Forms = (
    (re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}"), "[correo]"),
    (re.compile(r"(?<![\w@])@[A-Za-z_][\w.]{2,30}"), "[correo]"),
)
"""Of mail and of networks."""

WITH_DIGITS: Forms = (
    (re.compile(r"\b[A-Z]{2,10}-\d{4}-\d{5,9}-[\dX]\b"), "[radicado]"),
    (
        re.compile(rf"\b{_WAY}{_CORNER}{_GAP}{_NUMBERED}?{_CORNER}{_GAP}[-–]{_CORNER}{_UNIT}"),
        "[dirección]",
    ),
    (re.compile(rf"\b{_BLOCK}"), "[dirección]"),
    (re.compile(rf"(\b{_BORN}){_DAY}"), r"\1[fecha]"),
    (re.compile(rf"(\b{_DOCUMENT}{_SIGN})(?:[A-Z]{{1,3}}[ \t]?)?\d[\d.,' \-]{{3,18}}\d"), r"\1[documento]"),
    (re.compile(r"\b\d{3}\.\d{3}\.\d{3}[ \t]?-[ \t]?\d\b|\b\d{9}-\d\b"), "[documento]"),
    (re.compile(rf"(?<![\w$]){_COUNTRY}(?:{_MOBILE}|{_FIXED})(?!\d)"), "[teléfono]"),
    (re.compile(rf"(\b{_CALL})\d[\d .\-]{{5,14}}\d"), r"\1[teléfono]"),
    (re.compile(_LONG), "[número]"),
)
"""Numbers of any kind from six digits on; an amount of money stays: it has a $ before it or "pesos" behind."""

NAMES: Forms = (
    (re.compile(rf"(\b{_TITLE}(?:\(a\))?(?:[ \t]+{_TITLE})?{_GAP}[,:]?[ \t]+){_NAME}"), r"\1[nombre]"),
    (re.compile(rf"(\b{_KIN}{_GAP},?[ \t]+){_NAME}"), r"\1[nombre]"),
    (re.compile(rf"(\b{_SAYS}{_GAP}[:,]?[ \t]*){_NAME}"), r"\1[nombre]"),
    (re.compile(rf"(\b{_CALLED}[ \t]+){_SMALL_NAME}"), r"\1[nombre]"),
    (re.compile(rf"({_SIGNED}){_NAME}(?={_GAP}(?:\n|$|[.,\-]))"), r"\1[nombre]"),
)
"""Where a word before them says that a name follows."""
