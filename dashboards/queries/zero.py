"""Nothing of a kind, as a line at 0 with a name: an empty graph of failures could as well be a broken one."""


def none(label: str) -> str:
    """0 with ``none`` as the label by which the graph names its series."""
    return f'label_replace(vector(0), "{label}", "none", "", "")'
