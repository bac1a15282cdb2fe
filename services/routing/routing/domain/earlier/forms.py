# SPDX-License-Identifier: Apache-2.0
"""The forms in which Colombians write what tells who somebody is, in the order in which they are taken out."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from routing.domain.words import folded

NAME_SHORTEST = 3
"""Letters; shorter parts of a name would take "de" and "la" out of every sentence."""

PLACEHOLDERS = re.compile(r"\[(?:nombre|documento|correo|teléfono|dirección|radicado|número|fecha)\]")


class Form(NamedTuple):
    """``put`` takes its place; a word before it that stays is ``\\1``. Where none of ``signs`` is, nor is it."""

    pattern: re.Pattern[str]
    put: str
    signs: tuple[str, ...] = ()


_LOOSE = {"a": "[aá]", "e": "[eé]", "i": "[ií]", "o": "[oó]", "u": "[uúü]", "ñ": "[nñ]", " ": r"[ \t]+", ".": r"\.?"}


def _any(words: str) -> str:
    """One of these, divided by bars: in any letters, with or without accents and dots."""
    loose = ("".join(_LOOSE.get(sign, re.escape(sign)) for sign in word) for word in words.split("|"))
    return f"(?i:{'|'.join(loose)})"


def _signs(words: str) -> tuple[str, ...]:
    """The words' beginnings, as they stand in a text without accents: a text without any is not looked through."""
    return tuple(sorted({re.split(r"[^a-z]", folded(word))[0] for word in words.split("|")}))


_GAP = r"[ \t]*"
_UPPER, _LETTER = "A-ZÁÉÍÓÚÜÑ", "A-ZÁÉÍÓÚÜÑa-záéíóúüñ"
_PART = f"[{_UPPER}][{_LETTER}.'\\-]{{0,30}}"
_NAME = rf"{_PART}(?:[ \t]+(?:(?:de|del|la|las|los|y)[ \t]+){{0,2}}{_PART}){{0,5}}"
"""Words that begin with a capital, one after the other."""

_SMALL = r"[a-záéíóúüñ]{2,20}"
_NO_NAME = _any("con|y|identificad|de c|vivo|soy|mi|cc|quiero|le|les|para|en|tengo")
_SMALL_NAME = rf"{_SMALL}(?:[ \t]+(?!{_NO_NAME}\b){_SMALL}){{0,3}}"

_TITLES = (
    "señores|señoras|señora|señorita|señor(a)|señor|sra.|sr.|don|doña|doctora|doctor|dra.|dr.|estimado|estimada|apreciado"
    "|apreciada|respetado|respetada|ingeniero|ingeniera|licenciado|licenciada|niño|niña|afiliado|afiliada|beneficiario"
    "|beneficiaria|peticionario|peticionaria|paciente|usuario|usuaria|titular"
)
_TITLE = _any(_TITLES)
_KIN = (
    "hijo|hija|esposo|esposa|mama|madre|papa|padre|hermano|hermana|abuelo|abuela|nieto|nieta|suegro|suegra|tio|tia"
    "|compañero|compañera|cuñado|cuñada|sobrino|sobrina|novio|novia|jefe|jefa"
)
_OF_KIN = rf"{_any('mi|su|nuestro|nuestra')}[ \t]+{_any(_KIN)}"
_SAYS = "mi nombre es|me llamo|a nombre de|nombres completos|nombre completo|nombres|nombre|soy|yo,"
_CALLED = "mi nombre es|me llamo"
_SIGNED = "atentamente|cordialmente|firma|suscrita|suscrito"

_DOCUMENT = _any(
    "c.c.|c. c.|t.i.|c.e.|r.c.|p.p.t.|p.e.p.|nuip|nit|rut|cedula de ciudadania|cedula de extranjeria|cedula"
    "|tarjeta de identidad|registro civil|pasaporte|identificado con|identificada con|documento de identidad"
    "|documento de identificacion|documento|identificacion"
)
_SIGN = rf"(?:{_GAP}(?:{_any('numero|num.|nro.|no.|nº|n°|es|con|la|el|de')}|[#:.])){{0,4}}{_GAP}"

_WAYS = (
    "calle|cll.|cl.|carrera|cra.|cr.|kra.|kr.|avenida|av.|ak.|ac.|diagonal|diag.|dg.|transversal|transv.|tv.|circular"
    "|autopista"
)
_SIDE = rf"(?:{_GAP}{_any('bis|sur|norte|este|oeste')}\b)?"
_CORNER = rf"{_GAP}\d{{1,3}}(?:(?:[A-Za-z]{{1,2}}|[ \t][A-Z])\b)?{_SIDE}{_SIDE}"
_NUMBERED = f"(?:[#–-]|{_any('no.|n°|nº|nro.|numero')})"
_UNIT_WORD = _any("apto.|apartamento|torre|casa|interior|int.|bloque|oficina|of.|local|piso")
_UNIT = rf"(?:{_GAP},?{_GAP}{_UNIT_WORD}{_GAP}[A-Z0-9]{{1,5}}\b){{0,4}}"
_BLOCK = rf"{_any('manzana|mz.')}{_GAP}[A-Z0-9]{{1,3}}{_GAP},?{_GAP}{_any('casa|lote|cs.')}{_GAP}\d{{1,4}}\b"

_COUNTRY = r"(?:\(?\+?57\)?[ .\-]?)?"
_MOBILE = r"\(?3\d{2}\)?[ .\-]?\d{3}[ .\-]?\d{2}[ .\-]?\d{2}"
_FIXED = r"\(?60\d\)?[ .\-]?\d{3}[ .\-]?\d{2}[ .\-]?\d{2}"
_CALLS = "telefono|tel.|celular|cel.|whatsapp|fijo"
_CALL = rf"{_any(_CALLS)}(?:[ \t]+{_any('es el|es')})?{_GAP}[:.]?{_GAP}"

_BORN = rf"{_any('naci el|nacida el|nacido el|nacimiento:|nacimiento')}[ \t]+"
_DAY = r"\d{1,2}(?:[/\-.]\d{1,2}[/\-.]\d{2,4}|[ \t]+de[ \t]+[a-z]{4,10}(?:[ \t]+del?[ \t]+\d{4})?)"
_A_DATE = r"(?!\d{4}[-/]\d{1,2}[-/]\d{1,2}\b)(?!\d{1,2}[-/]\d{1,2}[-/]\d{4}\b)"
_AN_AMOUNT = rf"(?!\d{{1,3}}(?:[.,]?\d{{3}}){{1,4}}{_GAP}{_any('pesos|cop')})"
_LONG = rf"(?<![$\d])(?<!\$ )(?<!\d[.,])\b{_A_DATE}{_AN_AMOUNT}[A-Z]{{0,3}}-?\d(?:[ .,\-]?\d){{5,}}+"

ADDRESSES: Sequence[Form] = (
    Form(re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}"), "[correo]", ("@",)),
    Form(re.compile(r"(?<![\w@])@[A-Za-z_][\w.]{2,30}"), "[correo]", ("@",)),
)
"""Of mail and of networks."""

WITH_DIGITS: Sequence[Form] = (
    Form(re.compile(r"\b[A-Z]{2,10}-\d{4}-\d{5,9}-[\dX]\b"), "[radicado]", ("-",)),
    Form(
        re.compile(rf"\b{_any(_WAYS)}{_CORNER}{_GAP}{_NUMBERED}?{_CORNER}{_GAP}[-–]{_CORNER}{_UNIT}"),
        "[dirección]",
        ("-", "–"),
    ),
    Form(re.compile(rf"\b{_BLOCK}"), "[dirección]", ("manzana", "mz")),
    Form(re.compile(rf"(\b{_BORN}){_DAY}"), r"\1[fecha]", ("naci",)),
    Form(re.compile(rf"(\b{_DOCUMENT}{_SIGN})(?:[A-Z]{{1,3}}[ \t]?)?\d[\d.,' \-]{{3,18}}\d"), r"\1[documento]"),
    Form(re.compile(r"\b\d{3}\.\d{3}\.\d{3}[ \t]?-[ \t]?\d\b|\b\d{9}-\d\b"), "[documento]", ("-",)),
    Form(re.compile(rf"(?<![\w$]){_COUNTRY}(?:{_MOBILE}|{_FIXED})(?!\d)"), "[teléfono]"),
    Form(re.compile(rf"(\b{_CALL})\d[\d .\-]{{5,14}}\d"), r"\1[teléfono]", _signs(_CALLS)),
    Form(re.compile(_LONG), "[número]"),
)
"""Numbers of any kind from six digits on; an amount of money stays: it has a $ before it or "pesos" behind."""

NAMES: Sequence[Form] = (
    Form(
        re.compile(rf"(\b{_TITLE}(?:\(a\))?(?:[ \t]+{_TITLE})?{_GAP}[,:]?[ \t]+){_NAME}"),
        r"\1[nombre]",
        _signs(_TITLES),
    ),
    Form(re.compile(rf"(\b{_OF_KIN}{_GAP},?[ \t]+){_NAME}"), r"\1[nombre]", _signs(_KIN)),
    Form(re.compile(rf"(\b{_any(_SAYS)}{_GAP}[:,]?[ \t]*){_NAME}"), r"\1[nombre]", ("nombre", "llamo", "soy", "yo,")),
    Form(re.compile(rf"(\b{_any(_CALLED)}[ \t]+){_SMALL_NAME}"), r"\1[nombre]", ("nombre es", "llamo")),
    Form(
        re.compile(rf"(\b{_any(_SIGNED)}{_GAP}[,.:]?\s*){_NAME}(?={_GAP}(?:\n|$|[.,\-]))"),
        r"\1[nombre]",
        _signs(_SIGNED),
    ),
)
"""Where a word before them says that a name follows."""
