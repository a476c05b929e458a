"""The texts that people read, in English and in the selected language.

A text is written in English where it is used. A `Message` is that text, for code that returns texts: it is English for
programs, such as in JSON, and the command translates it when it prints it. `translated` is for code that prints.
"""

from mlproject.translation.languages import LANGUAGES, Language, selected_language, use_language
from mlproject.translation.messages import Message, counted, joined, translated
from mlproject.translation.numbers import format_date, format_number

__all__ = [
    "LANGUAGES",
    "Language",
    "Message",
    "counted",
    "format_date",
    "format_number",
    "joined",
    "selected_language",
    "translated",
    "use_language",
]
