"""What Jupyter reads beside somebody's own configuration, whose other settings stay."""

# A file chosen in a widget is one message, and Tornado ends the connection at one of 10 MiB.
LARGEST_MESSAGE_BYTES = 256 * 2**20

# `c` is given by Jupyter, which runs this file
c.ServerApp.tornado_settings.update(  # type: ignore[name-defined]  # noqa: F821
    {"websocket_max_message_size": LARGEST_MESSAGE_BYTES}
)
