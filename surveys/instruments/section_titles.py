"""Titles of the sections that a questionnaire without sections falls into, in five languages. Data."""

SECTION_TITLES: dict[str, dict[str, str]] = {
    "want": {
        "en": "What moves you",
        "it": "Che cosa ti muove",
        "ro": "Ce te motivează",
        "zh-hans": "您的意愿",
        "fr": "Ce qui vous motive",
    },
    "know": {
        "en": "What you know",
        "it": "Che cosa sai",
        "ro": "Ce știi",
        "zh-hans": "您的知识",
        "fr": "Ce que vous savez",
    },
    "can": {
        "en": "What you are able to do",
        "it": "Che cosa puoi fare",
        "ro": "Ce poți face",
        "zh-hans": "您的条件",
        "fr": "Ce que vous pouvez faire",
    },
    "other": {
        "en": "Your work",
        "it": "Il tuo lavoro",
        "ro": "Munca ta",
        "zh-hans": "您的工作",
        "fr": "Votre travail",
    },
    "provider": {
        "en": "Working together",
        "it": "Lavorare insieme",
        "ro": "Cum lucrăm împreună",
        "zh-hans": "彼此合作",
        "fr": "Travailler ensemble",
    },
    "end": {
        "en": "To finish",
        "it": "Per finire",
        "ro": "La final",
        "zh-hans": "最后",
        "fr": "Pour finir",
    },
}
