"""The wire as a contract of its own: the guide's names and shapes, translated once, for server and client alike."""
