# SPDX-License-Identifier: Apache-2.0
"""Whether a mail is from whom it says, as far as our own mail server found out (RFC 8601, RFC 7489)."""

from intake.domain.mail import Defect, ParsedMail
from ventanilla_contracts.envelope import Frozen
from ventanilla_contracts.vocabulary import Authenticated


class SenderCheck(Frozen):
    """``verdict`` is what the house goes by; the others are what the server wrote, None where it wrote nothing."""

    verdict: Authenticated = "none"
    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None


UNCHECKED = SenderCheck()


def check_sender(mail: ParsedMail, own_server: str, *, from_the_house: bool) -> SenderCheck:
    """``own_server`` is the authserv-id of our mail server; without one nothing is known of anybody.

    ``from_the_house``: the sender claims to be one of us. Our server knows our own people, so a mail in the name of
    one of them that it found nothing good to say about is a forgery.
    """
    if not own_server:
        return UNCHECKED
    results, passed = _found_by(own_server, mail)
    if Defect.SEVERAL_SENDERS in mail.defects:  # nobody can tell which of them was checked
        results, passed = {**results, "dmarc": "permerror", "auth": "none"}, frozenset()
    verdict = _verdict(results, passed, mail.from_address or "")
    if from_the_house and verdict == "none":
        verdict = "pass" if results.get("auth") == "pass" else "fail"
    return SenderCheck(verdict=verdict, spf=results.get("spf"), dkim=results.get("dkim"), dmarc=results.get("dmarc"))


def _found_by(server: str, mail: ParsedMail) -> tuple[dict[str, str], frozenset[str]]:
    """What our server wrote when it took the mail in; what bears its name further down came with the mail."""
    ours = [one for one in mail.authentication if one.server == server.lower()]
    results: dict[str, str] = {}
    passed: set[str] = set()
    for one in ours:
        if one.hop == ours[0].hop:
            results = one.results | results
            passed.update(one.passed)
    return results, frozenset(passed)


def _verdict(results: dict[str, str], passed: frozenset[str], address: str) -> Authenticated:
    match results.get("dmarc"):
        case "pass":
            return "pass"
        case "fail":
            return "fail"
    domain = address.rpartition("@")[2].lower()
    return "pass" if any(_aligned(domain, one) for one in passed) else "none"


def _aligned(domain: str, signer: str) -> bool:
    """The same organisation, as far as names tell (RFC 7489 §3.1, relaxed, without a list of public suffixes)."""
    if "." not in signer or not domain:
        return False
    return domain == signer or domain.endswith(f".{signer}") or signer.endswith(f".{domain}")
