"""The review of a period: what each budget did, why, at what cost, and what is due; from the history, for good."""
