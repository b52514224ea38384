"""Rules sent to a ruler: what must change is decided first, then sent."""
