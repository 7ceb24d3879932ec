"""Helpers that know nothing about quizzes."""
