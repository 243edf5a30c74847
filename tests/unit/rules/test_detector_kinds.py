"""What detectors once took wrongly, a case of each kind and its neighbour that must stay as it is. The dialogues are ours."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from auricle_contracts import Channel, DetectionState, Role, RulesRequest, Transcript, Turn
from auricle_languages import Languages
from auricle_masking import Detector as Masking
from auricle_rules.answering import RuleSet

PROMPTS = Path("prompts")
RULES = RuleSet.read(PROMPTS / "rules", Languages.load(PROMPTS), Masking.load(PROMPTS), 0.5)
ROLES = {"a": Role.AGENT, "c": Role.CUSTOMER, "b": Role.BOT, "i": Role.IVR}
FOUND, NOT = DetectionState.FOUND, DetectionState.NOT_FOUND
CALL, CHAT, EMAIL = Channel.CALL, Channel.CHAT, Channel.EMAIL


def state(
    name: str, channel: Channel, lines: Sequence[str], known: dict[str, str], times: Sequence[tuple[int, int]] = ()
) -> DetectionState:
    """`lines`: "c: words"; `times`: seconds of each."""
    turns = tuple(
        Turn(
            id=number,
            participant=line[0],
            role=ROLES[line[0]],
            text=line[3:],
            start_ms=times[number - 1][0] * 1000 if times else None,
            end_ms=times[number - 1][1] * 1000 if times else None,
        )
        for number, line in enumerate(lines, 1)
    )
    transcript = Transcript(conversation_id="c", turns=turns)
    asked = RulesRequest(transcript=transcript, channel=channel, metadata=known, classes=(name,))
    return RULES.answer(asked).detections[0].state


@pytest.mark.parametrize(
    ("name", "channel", "lines", "known", "wanted"),
    [
        ("company_missing", CALL, ["i: Это «Сатурн».", "a: Добрый день, Вера, слушаю."], {"company": "Сатурн"}, NOT),
        ("company_missing", CALL, ["a: Добрый день, слушаю."], {"company": "Чай и плед"}, FOUND),
        ("introduction_missing", CHAT, ["c: Hi, open today?", "a: Hello, Tamsin from Oakley. Until six."], {}, NOT),
        ("introduction_missing", CALL, ["a: afternoon oakley windows here"], {"company": "Oakley"}, FOUND),
        ("introduction_missing", CHAT, ["b: На связи оператор Ульяна.", "c: Где мастер?", "a: В пути."], {}, NOT),
        ("introduction_missing", CALL, ["a: Столовая.", "c: С кем я говорю?", "a: Заведующая Таисия."], {}, NOT),
        ("greeting_missing", CHAT, ["c: Это снова я, вот фото.", "a: Вижу скол, обменяем."], {}, NOT),
        ("greeting_missing", EMAIL, ["c: Где заказ?", "a: Номер?", "c: 15.", "a: Здравствуйте! Едет."], {}, FOUND),
        ("name_misspelt", CHAT, ["c: Здравствуйте, Вячеслав. Где заказ?", "a: Вечаслав, едет."], {}, FOUND),
        ("name_misspelt", CHAT, ["c: I'm Walt, or Walter.", "a: Hello Walt, it's here."], {}, NOT),
        ("name_wrong", CHAT, ["c: Добрый день, Юлиан. Словарь есть?", "a: Юлик, есть."], {}, NOT),
        ("name_wrong", CHAT, ["c: Здравствуйте, Андрей. Почём?", "a: Здравствуйте, Сергей! Шесть."], {}, FOUND),
        ("name_wrong", EMAIL, ["c: Где заказ?\nРуслан Тагиев", "a: Руслан, едет.\nЕлизавета, «Оттиск»"], {}, NOT),
        ("name_not_adapted", CHAT, ["c: Где заказ?", "a: Добрый день! Провизор Люба. Едет."], {}, DetectionState.NO_OPPORTUNITY),
        ("name_not_used", CHAT, ["c: Call me Bee! Records?", "a: Yes.", "c: Ta.", "a: Ta Bee, bye."], {}, NOT),
        ("caps_and_exclamation", EMAIL, ["c: Gift?", "a: Reply with TO: [name] FROM: [name]."], {}, NOT),
        ("caps_and_exclamation", CHAT, ["c: Код?", "a: Введите промокод ОСЕНЬ."], {}, NOT),
        ("caps_and_exclamation", CHAT, ["c: Где?", "a: ЖДИТЕ СКОРО."], {}, FOUND),
        ("spelling", CHAT, ["c: Hi.", "a: Hello, Suki here.\nColm"], {}, NOT),
        ("spelling", CHAT, ["c: Привет.", "a: Досвидания, приятново вечера!"], {}, FOUND),
        ("placeholder_left", EMAIL, ["c: When?", "a: The visit is on [DATE]."], {}, FOUND),
        ("placeholder_left", EMAIL, ["c: Как обжаловать?", "a: По образцу: «Я, [фамилия], прошу»."], {}, NOT),
        ("placeholder_left", EMAIL, ["c: Гравировка [С.Д.] цела?", "a: [С.Д.] цела."], {}, NOT),
        ("emoji_in_refusal", CHAT, ["c: Места рядом есть?", "a: Рядом мест нет 😭"], {}, FOUND),
        ("emoji_in_refusal", CHAT, ["c: Спасибо!", "a: Не за что 😊"], {}, NOT),
        ("negative_emoji", CHAT, ["c: Сколько?", "a: Сто рублей 🤫"], {}, FOUND),
        ("filler_words", CALL, ["c: Сколько?", "a: ну короче как бы типа сто"], {}, FOUND),
        ("interrupting", CALL, ["c: Мы с мужем ещё не договорились.", "a: Понятно."], {}, NOT),
        ("ignorance_left_standing", CALL, ["c: Код какой?", "a: I don't know it yet, the warden texts it on Sunday."], {}, NOT),
        ("survey_not_offered", CALL, ["i: Специалист попросит вас оценить ответ.", "a: Сто.", "c: Ясно.", "a: До свидания."], {}, FOUND),
        ("survey_not_offered", CALL, ["i: Специалист попросит вас оценить ответ.", "a: Сто.", "c: Бегу!", "a: До свидания."], {}, NOT),
        ("survey_not_offered", CALL, ["a: Сто.", "c: Ясно.", "a: До свидания."], {}, DetectionState.NO_OPPORTUNITY),
        ("recording_not_announced", CALL, ["a: Вера? Это «Причал», вы оставляли заявку."], {}, FOUND),
        ("recording_not_announced", CALL, ["a: Это «Причал», звонок записывается, вы оставляли заявку."], {}, NOT),
        ("recording_not_announced", CALL, ["a: «Причал», Вера, слушаю вас."], {}, DetectionState.NO_OPPORTUNITY),
        ("discount_at_once", CHAT, ["a: Девять тысяч.", "c: Дороговато.", "a: Тогда семь, прямо сейчас."], {}, FOUND),
        ("discount_at_once", CHAT, ["a: Девять.", "c: Дороговато, а скидки есть?", "a: Минус пять процентов."], {}, NOT),
        ("template_of_past_chats", CHAT, ["c: Где?", "a: Ваш вопрос важен.", "c: Соседу слово в слово то же."], {}, FOUND),
        ("familiar_address", CHAT, ["c: Hello.", "a: I'm Iggy at Petal Post."], {"company": "Petal Post"}, NOT),
        ("familiar_address", CHAT, ["c: Подскажи, где заказ?", "a: Сейчас гляну, жди."], {}, NOT),
        ("familiar_address", EMAIL, ["c: Где заказ?\nЕкатерина Дёмина", "a: Привет, Катюха! Едет."], {}, FOUND),
        ("familiar_address", CHAT, ["c: How was it?", "a: We put the good sugar on."], {}, NOT),
        ("repeated_template", CHAT, ["c: Где?", "a: Здравствуйте! Груз в пути, ждите его.", "c: Ну?", "a: груз в пути, ждите его"],
         {}, FOUND),
        ("ignorance_left_standing", CALL, ["c: Кто звонил?", "a: Ну не знаю, Коля не врёт."], {}, NOT),
        ("transfer_unexplained", CALL, ["c: Как оплатить?", "a: Кидаю ссылку сейчас."], {}, DetectionState.NO_OPPORTUNITY),
        ("dead_air", CALL, ["a: Техподдержка.", "c: Алло, вы тут?", "a: Слушаю."], {}, DetectionState.NO_OPPORTUNITY),
        ("promise_without_date", CALL, ["c: Уберите.", "a: Уберу как-нибудь."], {}, FOUND),
        ("promise_without_date", EMAIL, ["c: Thanks.", "a: Shop again soon!"], {}, NOT),
        ("asks_for_secrets", CALL, ["c: Что дальше?", "a: пин продиктуйте для проверки"], {}, FOUND),
        ("asks_for_secrets", CALL, ["c: Что дальше?", "a: Если кто-то просит пин-код, это обман."], {}, NOT),
    ],
)  # fmt: skip
def test_words(name: str, channel: Channel, lines: list[str], known: dict[str, str], wanted: DetectionState) -> None:
    assert state(name, channel, lines, known) is wanted


HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("name", "channel", "lines", "times", "wanted"),
    [
        ("hold_without_asking", CALL, ["c: Где мастер?", "a: побудьте там", "a: едет"], [(0, 4), (5, 6), (200, 204)], FOUND),
        ("hold_without_asking", CALL, ["c: Где мастер?", "a: Так.", "a: Едет."], [(0, 4), (5, 6), (40, 44)], DetectionState.NO_OPPORTUNITY),
        ("hold_without_asking", CALL, ["c: Где?", "a: гляну по камерам минуту повисите", "c: вишу", "a: нашёл"],
         [(0, 4), (5, 9), (9, 10), (50, 52)], NOT),
        ("hold_too_long", CALL, ["c: Где?", "a: Ждите.", "a: Едет."], [(0, 4), (5, 6), (200, 204)], FOUND),
        ("dead_air", CALL, ["c: Где?", "a: Ждите.", "a: Едет."], [(0, 4), (5, 6), (200, 204)], NOT),
        ("dead_air", CALL, ["c: Где?", "a: Едет."], [(0, 4), (40, 44)], FOUND),
        ("interrupting", CALL, ["c: У меня билет, и я хотел узнать, можно ли…", "a: да да понимаю вас"], [(0, 10), (5, 8)], NOT),
        ("interrupting", CALL, ["c: У меня билет, и я хотел узнать, можно ли…", "a: поезд в семь десять"], [(0, 10), (5, 12)], FOUND),
        ("slow_reply", CHAT, ["c: Есть места?", "a: Есть."], [(0, 0), (2 * HOUR, 2 * HOUR)], FOUND),
        ("slow_reply", CHAT, ["c: Есть места? Не срочно.", "a: Есть."], [(0, 0), (2 * HOUR, 2 * HOUR)], NOT),
        ("slow_reply", CHAT, ["c: Есть места?", "a: Отвечу вам через два часа.", "c: Хорошо.", "a: Есть."],
         [(0, 0), (9, 9), (20, 20), (2 * HOUR, 2 * HOUR)], NOT),
        ("slow_reply", EMAIL, ["c: Есть места?", "a: Есть."], [(0, 0), (DAY, DAY)], NOT),
        ("slow_reply", EMAIL, ["c: Есть места?", "a: Есть."], [(0, 0), (3 * DAY, 3 * DAY)], FOUND),
    ],
)  # fmt: skip
def test_times(
    name: str, channel: Channel, lines: list[str], times: list[tuple[int, int]], wanted: DetectionState
) -> None:
    assert state(name, channel, lines, {}, times) is wanted
