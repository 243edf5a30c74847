"""The generators' intents, each in its own words, as the shipped scorecard's list has them."""

from auricle_samples.dialogues import Dialogue

CHOICES = {
    "order": (
        "взять товар в рассрочку", "оформить полис", "продлить страховку", "забронировать номер", "записать машину на ремонт",
        "записаться к врачу", "оформить карту", "откликнуться на вакансию", "пригласить на собеседование", "book a room",
        "записаться на курс вождения", "купить абонемент", "заменить окна", "выбрать курс языка", "вернуться к занятиям",
        "rent a storage room",
    ),
    "change": (
        "перенести доставку", "сменить тариф", "обменять товар", "перенести приём", "change the delivery", "change the plan",
        "сменить инструктора", "заморозить абонемент",
    ),
    "cancel": ("отключить услугу", "отменить бронь", "сменить провайдера", "cancel a booking", "end the rent"),
    "status": ("узнать, где заказ", "узнать, готова ли машина", "узнать о выплате", "find the order"),
    "question": ("узнать условия рассрочки", "узнать цену приёма", "узнать о списаниях", "ask about a charge"),
    "problem": ("починить интернет", "сообщить о беде с картой", "fix the internet", "устранить продувание"),
    "money": (
        "вернуть деньги за товар", "получить перерасчёт", "оспорить списание", "потребовать компенсацию",
        "get a refund for downtime",
    ),
    "complaint": (
        "пожаловаться на номер", "пожаловаться на ремонт", "пожаловаться на приём", "пожаловаться на обслуживание",
        "complain about a room",
    ),
}  # fmt: skip
CHOICE_OF = {words: choice for choice, many in CHOICES.items() for words in (choice, *many)} | {"other": "other"}


def choice(dialogue: Dialogue) -> str:
    """The scorecard's word for the dialogue's intent. Raises KeyError for one that stands in no row of the table."""
    return CHOICE_OF[dialogue.truth.intent]
