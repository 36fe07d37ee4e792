"""The operator's surface: deliveries, the registry, and what is known of them, over HTTP with scopes (C1, R3, R4)."""
