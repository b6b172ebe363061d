"""`manage.py doctor`: every part looked at once, with what to do about what is wrong."""

from streair.core.doctor.examinations import (
    Examination,
    Unwell,
    Verdict,
    examine,
    register,
)

__all__ = ["Examination", "Unwell", "Verdict", "examine", "register"]
