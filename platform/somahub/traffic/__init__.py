"""What users of the platform do, as a steady load that counts for itself how it was answered."""
