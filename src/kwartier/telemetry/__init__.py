"""What an operator sees of the platform: log, metrics, readiness (A2, C6)."""
