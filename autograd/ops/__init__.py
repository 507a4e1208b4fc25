"""The primitives with their derivatives, and the functions composed of them, a family a file."""
