"""The assistant on many machines: two gateways, two Rasa servers, and the servers they share."""
