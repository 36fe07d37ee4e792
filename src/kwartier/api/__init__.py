"""The HTTP surface of the guide: the gateway, a file per endpoint, the renderer."""
