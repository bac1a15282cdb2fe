# SPDX-License-Identifier: Apache-2.0
"""The client of SmartSupervision against a platform that checks what it is sent, over HTTP."""

from collections.abc import AsyncIterator

import pytest
from regulator_stub import KEY, PASSWORD, USER, Platform, platform_at

from intake.domain.regulator.file import Code
from intake.regulator.codes import smartsupervision_codes
from intake.regulator.gateway import FileRefused, Refusal, RegulatorAway, RemoteFile, Taken, Unknown
from intake.regulator.smartsupervision import WAIT_AFTER_429, Account, SmartSupervision

COMPLAINT: dict[str, Code] = {
    "codigo_queja": "14232026000001",
    "departamento_cod": "05",
    "municipio_cod": "05001",
    "canal_cod": 13,
    "producto_cod": 103,
    "macro_motivo_cod": 930,
    "fecha_creacion": "2026-03-02T08:00:00",
    "nombres": "José Peña «Ñandú»",
}
UPDATE: dict[str, Code] = {
    "codigo_queja": "14232026000001",
    "estado_cod": 2,
    "fecha_actualizacion": "2026-03-02T09:00:00",
    "canal_cod": 13,
    "producto_cod": 103,
    "macro_motivo_cod": 930,
    "sexo": 10,
}
CLOSING: dict[str, Code] = {**UPDATE, "estado_cod": 4, "a_favor_de": 1, "fecha_cierre": UPDATE["fecha_actualizacion"]}


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with platform_at(Platform()) as found:
        yield found


def gateway_to(platform: Platform, waits: list[float] | None = None, **own: object) -> SmartSupervision:
    """``waits``: instead of sleeping it notes for how long it would have."""
    values: dict[str, object] = {"password": PASSWORD, "key": KEY, "pace": 0.0, "timeout": 60.0, **own}
    account, phrases = Account(platform.at, USER, **values), smartsupervision_codes().phrases  # type: ignore[arg-type]

    async def note(seconds: float) -> None:
        (waits if waits is not None else []).append(seconds)

    return SmartSupervision(account, phrases, note)


@pytest.fixture
async def gateway(platform: Platform) -> AsyncIterator[SmartSupervision]:
    found = gateway_to(platform)
    yield found
    await found.close()


async def test_every_page_is_pulled_and_what_is_acknowledged_comes_no_more(
    platform: Platform, gateway: SmartSupervision
) -> None:
    for n in range(5):
        platform.complain(f"142300{n}")
    found = [item["codigo_queja"] async for page in gateway.pull() for item in page]
    assert found == [f"142300{n}" for n in range(5)]
    assert await gateway.ack([*found[:4], "999"]) == ["999"]
    assert [item["codigo_queja"] async for page in gateway.pull() for item in page] == found[4:]


async def test_more_than_a_hundred_are_acknowledged_in_parts(platform: Platform, gateway: SmartSupervision) -> None:
    codes = [f"1423{n}" for n in range(205)]
    for code in codes:
        platform.complain(code)
    assert await gateway.ack(codes) == []
    assert all(one.acknowledged for one in platform.complaints.values())
    assert platform.asked.count("POST /api/complaint/ack/") == 3


async def test_files_are_fetched_without_our_keys(platform: Platform, gateway: SmartSupervision) -> None:
    platform.complain("14231", files={"recibo ñ.pdf": b"%PDF-1"})
    [file] = await gateway.fetch_files("14231")
    assert (file.name, b"".join([piece async for piece in gateway.download(file)])) == ("recibo ñ.pdf", b"%PDF-1")


@pytest.mark.parametrize("url", ["http://10.0.0.1/secret", "https://elsewhere.example/x", "file:///etc/passwd"])
async def test_files_are_fetched_from_nowhere_else(gateway: SmartSupervision, url: str) -> None:
    with pytest.raises(FileRefused):
        [piece async for piece in gateway.download(RemoteFile(url, "x", ""))]


async def test_a_file_that_is_too_large_is_not_read_to_its_end(platform: Platform) -> None:
    platform.complain("14231", files={"grande.bin": b"x" * 5_000_000})
    gateway = gateway_to(platform, largest_file=1_000_000)
    [file] = await gateway.fetch_files("14231")
    with pytest.raises(FileRefused):
        [piece async for piece in gateway.download(file)]
    await gateway.close()


async def test_what_is_there_already_is_taken(platform: Platform, gateway: SmartSupervision) -> None:
    for _ in range(2):
        assert await gateway.create(COMPLAINT) == Taken()
        assert await gateway.attach("14232026000001", "x_RESP_FINAL_SFC.pdf", b"%PDF-1") == Taken()
    for _ in range(2):
        assert await gateway.update(CLOSING) == Taken()
    assert len(platform.complaints["14232026000001"].updates) == 1


async def test_each_refused_field_is_told_in_the_words_of_the_platform(
    platform: Platform, gateway: SmartSupervision
) -> None:
    platform.refuses = {"municipio_cod": "El código del municipio no coincide."}
    told = await gateway.create({**COMPLAINT, "nombres": "N" * 51})
    assert isinstance(told, Refusal)
    assert "municipio_cod: El código del municipio no coincide." in told.words
    assert "nombres: Asegúrese de que este campo no tenga más de 50 caracteres." in told.words
    assert platform.complaints == {}


async def test_a_closing_without_the_final_answer_is_refused(platform: Platform, gateway: SmartSupervision) -> None:
    await gateway.create(COMPLAINT)
    told = await gateway.update(CLOSING)
    assert isinstance(told, Refusal)
    assert "respuesta final" in told.words[0]


async def test_what_the_platform_does_not_know_is_said_to_be_unknown(gateway: SmartSupervision) -> None:
    assert await gateway.update(UPDATE) == Unknown()
    assert await gateway.attach("14239", "x.pdf", b"x") == Unknown()


async def test_a_token_that_ended_is_changed_once_and_a_refresh_token_is_used_once(
    platform: Platform, gateway: SmartSupervision
) -> None:
    await gateway.create(COMPLAINT)
    for _ in range(3):
        platform.forget_tokens()
        assert await gateway.update(UPDATE) == Taken()
    assert (platform.logins, platform.refreshes) == (1, 3)
    platform.refresh.clear()
    platform.forget_tokens()
    assert await gateway.update(UPDATE) == Taken()
    assert (platform.logins, platform.refreshes) == (2, 4)


@pytest.mark.parametrize(("own", "why"), [({"password": "otra"}, "login"), ({"key": "otra"}, "signature")])
async def test_wrong_keys_are_nobodys_complaint(platform: Platform, own: dict[str, str], why: str) -> None:
    gateway = gateway_to(platform, None, **own)
    with pytest.raises(RegulatorAway, match=why):
        await gateway.create(COMPLAINT)
    await gateway.close()


async def test_an_outage_is_no_refusal(platform: Platform, gateway: SmartSupervision) -> None:
    platform.outage = True
    with pytest.raises(RegulatorAway, match="503"):
        await gateway.create(COMPLAINT)
    platform.outage = False
    assert await gateway.create(COMPLAINT) == Taken()


async def test_who_asks_too_fast_waits_and_not_for_ever(platform: Platform) -> None:
    waits: list[float] = []
    gateway = gateway_to(platform, waits)
    await gateway.create(COMPLAINT)
    for act in (gateway.update(UPDATE), gateway.attach("14232026000001", "x.pdf", b"%PDF-1")):
        platform.throttle, platform.retry_after = 3, "7"
        assert await act == Taken()
    assert waits == [7.0] * 6
    platform.throttle, platform.retry_after = 4, "x"
    with pytest.raises(RegulatorAway) as told:
        await gateway.update(UPDATE)
    assert told.value.seconds == WAIT_AFTER_429
    platform.throttle, platform.retry_after = 1, "3600"
    with pytest.raises(RegulatorAway) as told:
        await gateway.update(UPDATE)
    assert told.value.seconds == 3600.0
    assert max(waits) < 3600
    await gateway.close()


async def test_requests_keep_their_pace(platform: Platform) -> None:
    waits: list[float] = []
    gateway = gateway_to(platform, waits, pace=1000.0)
    for _ in range(3):
        assert await gateway.create(COMPLAINT) == Taken()
    await gateway.close()
    assert len(platform.asked) == 4  # with the login
    assert [round(seconds / 100) for seconds in waits] == [10, 10, 10]


async def test_nobody_there_is_away() -> None:
    gateway = gateway_to(Platform(at="http://127.0.0.1:9"))
    with pytest.raises(RegulatorAway):
        await gateway.create(COMPLAINT)
    await gateway.close()
