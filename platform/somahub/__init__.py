"""What runs: the platform's spec and the command line."""
