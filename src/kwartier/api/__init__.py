"""The HTTP surface of the guide: a file per endpoint, the renderer, the control of the sandbox."""
