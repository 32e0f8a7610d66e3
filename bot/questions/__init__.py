"""What was asked: questions kept without their person, what they tell, and where the knowledge has gaps. ADR 15 says why it is so."""
