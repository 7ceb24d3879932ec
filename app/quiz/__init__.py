"""Asking questions, taking answers and explaining them."""
