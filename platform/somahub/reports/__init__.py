"""Reports: what each objective's budget did in its window, and who was paged."""
