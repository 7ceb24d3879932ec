"""Who is asking: guests today, people with a name later."""
