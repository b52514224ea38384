"""Alert policies replayed over history: what the generated rules would have done, step by step.

The only place that imports numpy; nothing else of ``slo`` imports this.
"""
