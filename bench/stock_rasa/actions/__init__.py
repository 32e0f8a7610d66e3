"""The actions of the stock project."""
