"""The public door of the platform: sessions."""
