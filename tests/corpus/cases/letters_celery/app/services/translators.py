from dataclasses import dataclass
from typing import Protocol

from app.core.config import get_settings


class Translator(Protocol):
    def translated(self, text: str, language: str) -> str: ...


@dataclass
class OpenAITranslator:
    key: str

    def translated(self, text: str, language: str) -> str:
        from openai import OpenAI

        answer = OpenAI(api_key=self.key).chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": f"{language}: {text}"}]
        )
        return answer.choices[0].message.content


@dataclass
class LocalTranslator:
    def translated(self, text: str, language: str) -> str:
        from argostranslate import translate

        return translate.translate(text, "en", language)


def get_translator() -> Translator:
    key = get_settings().openai_key
    return OpenAITranslator(key) if key else LocalTranslator()
