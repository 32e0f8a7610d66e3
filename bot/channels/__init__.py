"""How replies reach people: the web API and its page, Telegram, plain text."""
