"""The services of the platform, a package each."""
