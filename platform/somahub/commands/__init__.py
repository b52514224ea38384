"""Commands of ``slo``, a module each: the function that typer makes a command of is ``command``."""
