"""Forms of text and sound that public bug reports tell of, each posted through the door: what is read, hidden and heard of it."""

import struct
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from auricle_asr.recordings.decoder_pool import DecoderPool
from auricle_asr.recordings.decoding import DecoderLimits, decode
from auricle_contracts import Transcript
from auricle_languages import Languages, analyse_turn
from auricle_records import results
from integration.gateway.conftest import PROMPTS, Door
from integration.gateway.posted import PEOPLE, chat, fresh
from unit.asr.audio_files import encoded, tone, wav

Amounts = list[tuple[str | int, str]]
AMOUNTS: list[tuple[str, Amounts]] = [
    ("Это стоит полторы тысячи рублей", [(1500, "RUB")]),
    ("полтораста рублей", [(150, "RUB")]),
    ("Цена тысяча девятьсот девяносто девять рублей", [(1999, "RUB")]),
    ("стоит две пятьсот", [(2500, "")]),
    ("пол тысячи рублей", [(500, "RUB")]),
    ("пара тысяч рублей", [(2000, "RUB")]),
    ("пару сотен рублей", [(200, "RUB")]),
    ("сотня рублей", [(100, "RUB")]),
    ("косарь стоит", [(1000, "")]),
    ("пять штук рублей", [(5000, "RUB")]),
    ("девяносто девять рублей девяносто копеек", [("99.90", "RUB")]),
    ("тысячу двести", [(1200, "")]),
    ("1.299,90 руб", [("1299.90", "RUB")]),
    ("12.500 руб", [(12500, "RUB")]),
    ("12,5 т.р.", [(12500, "RUB")]),
    ("15 к", [(15000, "")]),
    ("комиссия 0,125%", [("0.125", "percent")]),
    ("ставка 12,375%", [("12.375", "percent")]),
    ("0.125% fee", [("0.125", "percent")]),
    ("скидка 15%", [(15, "percent")]),
    ("полпроцента", [("0.5", "percent")]),
    ("одна целая две десятых процента", [("1.2", "percent")]),
    ("три целых пять процента", [("3.5", "percent")]),
    ("две запятая пять процента", [("2.5", "percent")]),
    ("двенадцать и семь процентов", [("12.7", "percent")]),
    ("1'500 руб", [(1500, "RUB")]),
    ("1\u2009500 ₽", [(1500, "RUB")]),
    ("1 500₽", [(1500, "RUB")]),
    ("1500р.", [(1500, "RUB")]),
    ("1500руб/мес", [(1500, "RUB")]),
    ("1500-2000 руб", [(1500, "RUB"), (2000, "RUB")]),
    ("1,5–2 тыс руб", [(1500, "RUB"), (2000, "RUB")]),
    ("полторы-две тысячи", [(1500, ""), (2000, "")]),
    ("тыщ пять", [(5000, "")]),
    ("рублей 500-600", [(500, "RUB"), (600, "RUB")]),
    ("1500 $", [(1500, "USD")]),
    ("USD 1500", [(1500, "USD")]),
    ("1 500 тенге", [(1500, "KZT")]),
    ("1500 BYN", [(1500, "BYN")]),
    ("в 2026 году стоит 500 рублей", [(500, "RUB")]),
    ("1 руб. 05 коп.", [("1.05", "RUB")]),
    ("дом 15, 500 рублей", [(500, "RUB")]),
    ("миллион сто рублей", [(1000100, "RUB")]),
    ("сто тысяч миллионов", []),
    ("двумястами рублями", [(200, "RUB")]),
    ("пятьсот плюс двести доставка", [(500, ""), (200, "")]),
    ("двадцать один рубль", [(21, "RUB")]),
    ("одна тысяча", [(1000, "")]),
    ("за тысячу двести рублей тридцать копеек", [("1200.30", "RUB")]),
    ("на 20 процентов дешевле, 1200 вместо 1500 рублей", [(20, "percent"), (1200, "RUB"), (1500, "RUB")]),
    ("скидка 10—15 процентов", [(10, "percent"), (15, "percent")]),
    ("1 000 000,00 руб.", [(1000000, "RUB")]),
    ("100 тыс.", [(100000, "")]),
    ("2,5 млн. руб.", [(2500000, "RUB")]),
    ("2 млн 300", [(2300000, "")]),
    ("три двести", [(3200, "")]),
    ("шесть шестьсот шестьдесят шесть", [(6666, "")]),
    ("Квартира стоит четыре миллиона восемьсот пятьдесят тысяч рублей.", [(4850000, "RUB")]),
    ("Первый взнос 1 млн 200 тыс. рублей", [(1200000, "RUB")]),
    ("15 тысяч 90 рублей", [(15090, "RUB")]),
    ("Шкаф стоит сто двадцать девять девятьсот девяносто.", [(129990, "")]),
    ("сто двадцать девять девятьсот девяносто рублей", [(129990, "RUB")]),
    ("Итого 89 123 456 780 рублей", [(89123456780, "RUB")]),
    ("Звонок стоил 120 000 рублей", [(120000, "RUB")]),
]


async def test_amounts_are_read_from_what_was_posted(door: Door) -> None:
    transcript = await posted(door, *(text for text, _ in AMOUNTS))
    languages = Languages.load(PROMPTS)
    read = {
        text: [(amount.value, amount.unit) for amount in analyse_turn(turn, languages).amounts]
        for (text, _), turn in zip(AMOUNTS, transcript.turns, strict=True)
    }
    assert read == {text: [(Decimal(value), unit) for value, unit in amounts] for text, amounts in AMOUNTS}


PHONES = [
    "Запишите: 8\u2010926\u2010123\u201045\u201067", "Запишите: 8\u200b926\u200b123\u200b45\u200b67",
    "Запишите: 8\u2212926\u2212123\u221245\u221267", "Запишите: 8\u00ad926\u00ad123\u00ad45\u00ad67",
    "Запишите: 8\u2060926\u2060123\u206045\u206067", "Вот: \u202a+7 926 123-45-67\u202c", "Вот: 8&nbsp;926&nbsp;123-45-67",
    "Вот: 8_926_123_45_67", "Вот: 8~926~123~45~67", "Вот: 8|926|123|45|67", "Вот: 8•926•123•45•67",
    "Вот: 8\u202f926\u202f123\u202f45\u202f67", "Вот: ８９２６１２３４５６７", "Вот: +7 (926) 123.45.67", "Вот: 926.123.45.67",
    "Вот: " + "".join(f"{digit}\ufe0f\u20e3" for digit in "89261234567"),
    "Тел. 8 (4012) 53.17.24", "Телефон 53.17.24", "wa.me/79261234567", "tel:+79261234567", "8-926-123-45-67", "+7926-1234567",
    "007 926 123 45 67", "ok 89261234567", "tg 89261234567", "SMS 89261234567",
]  # fmt: skip
HIDDEN = [
    ("8-926-123-45-67 доб. 123", "[ТЕЛЕФОН_1] доб. 123"),
    ("СНИЛС 112.233.445.95", "СНИЛС [СНИЛС_1]"),
    ("Ivan 89261234567", "[ИМЯ_1] [ТЕЛЕФОН_1]"),
    ("Иванова-Петрова Мария", "[ИМЯ_1]"),
    ("Сухово-Кобылин Александр", "[ИМЯ_1]"),
    ("John Smith просил перезвонить", "[ИМЯ_1] просил перезвонить"),
    ("Ленина 5-12", "[АДРЕС_1]"),
    ("Ленинский пр-т, 32", "[АДРЕС_1]"),
    ("Пишите, Пе\u0308тр Ильич", "Пишите, [ИМЯ_1]"),
    ("запишите фамилию: ка эр о тэ о вэ", "запишите фамилию: [ИМЯ_1]"),
    ("лена нижнее подчёркивание ка собака яндекс точка ру", "[ПОЧТА_1]"),
    ("лена дефис кротова собака почта точка ру", "[ПОЧТА_1]"),
    ("паспорт сорок пять десять сто двадцать три четыреста пятьдесят шесть", "паспорт [ПАСПОРТ_1]"),
]
OPEN = [
    "Перезвоните мне 2026-11-21", "Перезвоните 25.12.2026", "Перезвоню 21-11-2026", "Позвоните 2026/11/21 10:30",
    "Позвоните завтра в 14:30, заказ 4567890", "Перезвоните: заказ А-1234567 не пришёл", "позвонил и сказал что 1500 2500 рублей",
    "Звонок стоил 120 000 рублей", "Позвонила в 2025 2026 годах", "Перезвоните, остаток 1 250 000",
    "Перезвоню вам 2026-12-01, остаток 1 250 000", "Мобильный телефон Samsung 12 256", "Итого 89 123 456 780 рублей",
    "сто пятьдесят два ноль три", "Поехал во Владимир", "Город Владимир", "Купила роман Достоевского",
]  # fmt: skip
SURNAMES = """Иванов Попов Соколов Фёдоров Лебедев Козлов Орлов Никитин Соловьёв Григорьев Кузьмин Гусев Поляков Ковалёв Антонов
    Баранов Беляев Титов Крылов Власов Тихонов Данилов Чернов Калинин Маслов Лазарев Пономарёв Прохоров Овчинников Колесников Кузнецов
    Зайцев Волков Медведев Воробьёв Голубев Комаров Котов Лапин Зыков Мясников Стрелков""".split()


@pytest.mark.parametrize("text", PHONES)
async def test_a_phone_is_hidden_however_it_is_written(door: Door, text: str) -> None:
    shown = await masked(door, text)
    assert "[ТЕЛЕФОН_1]" in shown
    assert not any(char.isdigit() for char in shown.replace("[ТЕЛЕФОН_1]", "").replace("wa.me/", "")), shown


@pytest.mark.parametrize(("text", "shown"), HIDDEN)
async def test_personal_data_are_hidden_whole(door: Door, text: str, shown: str) -> None:
    assert await masked(door, text) == shown


@pytest.mark.parametrize("text", OPEN)
async def test_what_only_looks_like_personal_data_stays(door: Door, text: str) -> None:
    assert await masked(door, text) == text


async def test_surnames_that_are_nouns_too_are_hidden(door: Door) -> None:
    forms = {
        "Оплату подтвердил {} А.С.": "Оплату подтвердил [ИМЯ_1].",
        "Клиент {} просит перезвонить": "Клиент [ИМЯ_1] просит перезвонить",
        "А.С. {}": "[ИМЯ_1]",
        "С уважением, {} П.И.": "С уважением, [ИМЯ_1].",
    }
    wrong = {}
    for name in SURNAMES:
        for form, expected in forms.items():
            shown = await masked(door, form.format(name))
            if shown != expected:
                wrong[form.format(name)] = shown
    assert wrong == {}


def with_size(body: bytes, size: int) -> bytes:
    return body[:40] + struct.pack("<I", size) + body[44:]


def with_rate(body: bytes, bytes_per_s: int) -> bytes:
    return body[:28] + struct.pack("<I", bytes_per_s) + body[32:]


PLAIN = wav([tone(2)])
SOUNDS = {
    "plain": PLAIN, "a pipe of sox": with_size(PLAIN, 0x7FFFF000), "2 GiB": with_size(PLAIN, 0x80000000),
    "-37": with_size(PLAIN, 0xFFFFFFDB), "a quarter of the file": with_size(PLAIN, 8000), "half the byte rate": with_rate(PLAIN, 8000),
    "chained Ogg": encoded("opus", [tone(1)]) + encoded("opus", [tone(1)]), "MP3 of 8 kHz without ID3": encoded("mp3", [tone(2)])[45:],
}  # fmt: skip


@pytest.mark.parametrize("name", SOUNDS)
async def test_a_recording_is_heard_whole_and_without_a_false_flag(door: Door, name: str, tmp_path: Path) -> None:
    body = SOUNDS[name]
    kind = {"Content-Type": "application/octet-stream"}
    reply = await door.ours.post("/v1/conversations", content=body, headers=kind, params={"external_id": fresh()})
    assert reply.status_code == 202, reply.text
    kept = await door.ours.get(f"/v1/conversations/{reply.json()['id']}/recording", params={"unmasked": True})
    assert kept.content == body
    (tmp_path / "recording").write_bytes(kept.content)
    async with DecoderPool() as decoders:
        found = await decode(tmp_path / "recording", tmp_path, DecoderLimits(), decoders)
    assert found.duration_ms == pytest.approx(2000, abs=150)
    assert found.flags == ()


async def posted(door: Door, *texts: str, **fields: Any) -> Transcript:
    turns = [{"participant": "customer", "text": text} for text in texts]
    reply = await door.ours.post("/v1/conversations", json=chat(turns=turns, participants=PEOPLE) | fields)
    assert reply.status_code == 202, reply.text
    return await results.load_transcript(door.db, door.parts.store, "ours", reply.json()["id"])


async def masked(door: Door, text: str) -> str:
    """One turn of a customer as a page shows it."""
    transcript = await posted(door, text, language="ru-RU")
    shown = await door.ours.get(f"/v1/conversations/{transcript.conversation_id}/transcript")
    return str(shown.json()["turns"][0]["text"])
