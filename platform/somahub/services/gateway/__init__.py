"""The public door of the platform: sessions, wizards, workflows and their progress."""
