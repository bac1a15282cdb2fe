# SPDX-License-Identifier: Apache-2.0
"""The forms in which Colombians write what tells who somebody is. In order: what comes first has been taken out already."""

import re
from collections.abc import Sequence

NAME_SHORTEST = 3
"""Letters; shorter parts of a name would take "de" and "la" out of every sentence."""

PLACEHOLDERS = re.compile(r"\[(?:nombre|documento|correo|teléfono|dirección|radicado|número|fecha)\]")

_UPPER = "A-ZÁÉÍÓÚÜÑ"
_LETTER = f"{_UPPER}a-záéíóúüñ"
_PART = f"[{_UPPER}][{_LETTER}.'\\-]{{0,30}}"
_NAME = rf"{_PART}(?:[ \t]+(?:(?:de|del|la|las|los|y)[ \t]+){{0,2}}{_PART}){{0,5}}"
"""Words that begin with a capital, one after the other."""

_TITLE = (
    r"(?:[Ss]e[ñn]or(?:es|as?)?|SE[ÑN]OR(?:ES|AS?)?|[Ss]e[ñn]or\(a\)|SE[ÑN]OR\(A\)|[Ss]r(?:a|es|ita)?\.?|SRA?\.?|[Dd]on|[Dd]o[ñn]a|DON|DO[ÑN]A"
    r"|[Dd]octora?|DOCTORA?|[Dd]ra?\.|DRA?\.|[Ee]stimad[oa]s?|[Aa]preciad[oa]s?|[Rr]espetad[oa]s?|[Ii]ngenier[oa]|[Ll]icenciad[oa]"
    r"|[Ss]e[ñn]orita|[Nn]i[ñn][oa]|[Aa]filiad[oa]|[Bb]eneficiari[oa]|[Pp]etic?ionari[oa]|[Pp]aciente|[Uu]suari[oa]|[Tt]itular)"
)
_KIN = (
    r"(?:[Mm]i|[Ss]u|[Nn]uestr[oa])[ \t]+(?:hij[oa]|espos[oa]|mam[aá]|madre|pap[aá]|padre|herman[oa]|abuel[oa]|niet[oa]|suegr[oa]"
    r"|ti[oa]|t[ií][oa]|compa[ñn]er[oa]|cu[ñn]ad[oa]|sobrin[oa]|novi[oa]|jef[ea])"
)
_SAYS = r"(?:[Mm]i nombre es|MI NOMBRE ES|[Mm]e llamo|ME LLAMO|[Aa] nombre de|[Nn]ombres?(?: completos?)?[ \t]*:|NOMBRES?[ \t]*:|[Yy]o,|YO,|[Ss]oy|SOY)"
_SIGNED = r"(?:[Aa]tentamente|[Cc]ordialmente|[Ff]irma|[Ss]uscrit[oa]|ATENTAMENTE|CORDIALMENTE)[ \t]*[,.:]?\s*"
_SMALL = r"[a-záéíóúüñ]{2,20}"
_DOCUMENT = (
    r"\b(?:C\.? ?C\.?|T\.? ?I\.?|C\.? ?E\.?|R\.? ?C\.?|P\.?P\.?T\.?|P\.?E\.?P\.?|NUIP|NIT|RUT|Nit|nit|cc|ti|nuip"
    r"|[Cc][eé]dula(?: de (?:ciudadan[ií]a|extranjer[ií]a))?|C[EÉ]DULA|[Tt]arjeta de identidad|[Rr]egistro civil|[Pp]asaporte|PASAPORTE"
    r"|[Dd]ocumento(?: de identidad| de identificaci[oó]n)?|DOCUMENTO|[Ii]dentificad[oa] con|[Ii]dentificaci[oó]n)"
)
_NUMBER_SIGN = (
    r"(?:[ \t]*(?:[Nn][uú]meros?|[Nn][uú]m\.?|[Nn]ro\.?|[Nn]o\.?|N[°º]\.?|#|:|es|con|la|el|de))*[ \t]*[:.]?[ \t]*"
)
_WAY = (
    r"(?:[Cc]alles?|CALLE|[Cc]ll?e?\.?|CLL?\.?|[Cc]arreras?|CARRERA|[Cc]ra\.?|CRA\.?|[Cc]r\.?|CR\.?|[Kk]ra?\.?|KRA?\.?|[Aa]venida|AVENIDA|[Aa]v\.?|AV\.?"
    r"|[Aa]k\.?|AK\.?|[Aa]c\.?|AC\.?|[Dd]iagonal|DIAGONAL|[Dd]iag\.?|[Dd]g\.?|DG\.?|[Tt]ransversal|TRANSVERSAL|[Tt]ransv\.?|[Tt]v\.?|TV\.?|[Cc]ircular|[Aa]utopista)"
)
_UNIT = (
    r"(?:[ \t]*,?[ \t]*(?:[Aa]pto\.?|[Aa]partamento|[Tt]orre|[Cc]asa|[Ii]nterior|[Ii]nt\.?|[Bb]loque|[Oo]ficina|[Oo]f\.?|[Ll]ocal|[Pp]iso|[Mm]anzana|[Mm]z\.?)"
    r"[ \t]*[A-Z0-9]{1,5}){0,4}"
)
_MONEY = r"(?<![$\d.,])(?<!\$ )"

ADDRESSES: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5}"), "[correo]"),
    (re.compile(r"(?<![\w@])@[A-Za-z_][\w.]{2,30}"), "[correo]"),
)

WITH_DIGITS: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(r"\b[A-Z]{2,10}-\d{4}-\d{5,9}-[\dX]\b"), "[radicado]"),
    (
        re.compile(
            rf"\b{_WAY}[ \t]*\d{{1,3}}[ \t]*(?:[A-Za-z]{{1,3}}\b)?(?:[ \t]*(?:[Bb]is|BIS))?(?:[ \t]*(?:[Ss]ur|[Nn]orte|[Ee]ste|[Oo]este))?"
            rf"[ \t]*(?:#|[Nn][°ºo]\.?|[Nn]ro\.?|[Nn][uú]mero|-|–)?[ \t]*\d{{1,3}}[ \t]?[A-Za-z]{{0,2}}(?:[ \t]*(?:[Ss]ur|[Bb]is))?[ \t]*[-–][ \t]*\d{{1,3}}{_UNIT}"
        ),
        "[dirección]",
    ),
    (
        re.compile(
            r"\b(?:[Mm]anzana|[Mm]z\.?)[ \t]*[A-Z0-9]{1,3}[ \t]*,?[ \t]*(?:[Cc]asa|[Ll]ote|[Cc]s\.?)[ \t]*\d{1,4}\b"
        ),
        "[dirección]",
    ),
    (
        re.compile(
            rf"(?:(?<=nací el )|(?<=naci el )|(?<=acimiento: )|(?<=acimiento )|(?<=nacida el )|(?<=nacido el ))"
            r"\d{1,2}(?:[/\-.]\d{1,2}[/\-.]\d{2,4}|[ \t]+de[ \t]+[a-z]{4,10}(?:[ \t]+del?[ \t]+\d{4})?)"
        ),
        "[fecha]",
    ),
    (re.compile(rf"({_DOCUMENT}{_NUMBER_SIGN})(?:[A-Z]{{1,3}}[ \t]?)?\d[\d.,'  \-]{{3,18}}\d"), r"\1[documento]"),
    (re.compile(r"\b\d{3}\.\d{3}\.\d{3}[ \t]?-[ \t]?\d\b|\b\d{9}-\d\b"), "[documento]"),
    (
        re.compile(rf"(?<![\w$])(?:\(?\+?57\)?[ .\-]?)?\(?3\d{{2}}\)?[ .\-]?\d{{3}}[ .\-]?\d{{2}}[ .\-]?\d{{2}}(?!\d)"),
        "[teléfono]",
    ),
    (
        re.compile(r"(?<![\w$])(?:\(?\+?57\)?[ .\-]?)?\(?60\d\)?[ .\-]?\d{3}[ .\-]?\d{2}[ .\-]?\d{2}(?!\d)"),
        "[teléfono]",
    ),
    (
        re.compile(
            r"((?:[Tt]el[eé]fono|[Tt]el\.?|[Cc]elular|[Cc]el\.?|[Ww]hats?[Aa]pp|[Ff]ijo)(?: es(?: el)?)?[ \t]*[:.]?[ \t]*)\d[\d .\-]{5,14}\d"
        ),
        r"\1[teléfono]",
    ),
    (
        re.compile(
            rf"{_MONEY}\b(?!\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}\b)(?!\d{{1,2}}[-/]\d{{1,2}}[-/]\d{{4}}\b)[A-Z]{{0,3}}-?\d(?:[ .\-]?\d){{5,30}}\b(?![ \t]*(?:pesos|PESOS|COP))"
        ),
        "[número]",
    ),
)
"""Each with what is put in its place. An amount of money stays: it has a $ before it or "pesos" behind."""

NAMES: Sequence[tuple[re.Pattern[str], str]] = (
    (re.compile(rf"(\b{_TITLE}(?:\(a\))?(?:[ \t]+{_TITLE})?[ \t]*[,:]?[ \t]+){_NAME}"), r"\1[nombre]"),
    (re.compile(rf"(\b{_KIN}[ \t]*,?[ \t]+){_NAME}"), r"\1[nombre]"),
    (re.compile(rf"(\b{_SAYS}[ \t]*[:,]?[ \t]*){_NAME}"), r"\1[nombre]"),
    (
        re.compile(
            rf"(\b(?:[Mm]i nombre es|[Mm]e llamo)[ \t]+){_SMALL}(?:[ \t]+(?!con\b|y\b|identificad|de c|vivo\b|soy\b|mi\b|cc\b|quiero\b|les?\b|para\b|en\b|tengo\b|estoy\b){_SMALL}){{0,3}}"
        ),
        r"\1[nombre]",
    ),
    (re.compile(rf"({_SIGNED}){_NAME}(?=[ \t]*(?:\n|$|[.,\-]))"), r"\1[nombre]"),
)
"""Names, where a word before them says that a name follows."""
