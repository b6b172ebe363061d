"""What stops `make run`."""


class CannotStart(Exception):
    """Something that the person at the terminal has to change; the message is all they see."""
