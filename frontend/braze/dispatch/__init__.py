"""From calls to recordings: arguments, versions, what is kept, and what serves a call."""
