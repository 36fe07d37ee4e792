"""Fictitious meters: the table of their EANs, the models behind them, and what they measure and when it comes in."""
