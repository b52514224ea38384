"""First steps with what is there already: proposed specs, other tools' specs, and the records' past."""
