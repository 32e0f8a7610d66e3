"""The one custom action: it says one sentence."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher


class ActionAnswer(Action):  # type: ignore[misc]  # the SDK is untyped
    """Answers every question alike."""

    def name(self) -> str:
        """Return the name of the domain."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Say the sentence."""
        dispatcher.utter_message(text="Bạn cần tờ khai theo mẫu và giấy tờ tùy thân, nộp tại Bộ phận một cửa.")
        return []
