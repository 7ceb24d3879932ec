"""The table of question types: adding a type is writing its module and listing it here."""

from collections.abc import Mapping

from app.bank.types.base import AnyType, Grade, UnreadableAnswer, VariantError, holds
from app.bank.types.choice import MULTIPLE, SINGLE
from app.bank.types.formula import FORMULA
from app.bank.types.matching import MATCHING
from app.bank.types.numeric import NUMERIC
from app.bank.types.ordering import ORDERING

__all__ = ["KNOWN_TYPES", "TYPES", "AnyType", "Grade", "UnreadableAnswer", "VariantError", "holds"]

TYPES: Mapping[str, AnyType] = {
    kind.name: kind for kind in (SINGLE, MULTIPLE, NUMERIC, ORDERING, MATCHING, FORMULA)
}

KNOWN_TYPES = (*TYPES, "short", "open", "code")
"""All types of the format, whether this version can serve them or not."""
