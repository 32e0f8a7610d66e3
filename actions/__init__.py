"""Rasa's custom actions: thin. Each reads the message and the slots, asks `bot/`, and returns one reply and the slots."""
