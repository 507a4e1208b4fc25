"""Special functions, under the names of torch.special."""


__all__ = [name for name in dir() if not name.startswith("_") and name != "ops"]
