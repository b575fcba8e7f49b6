"""What lint, test and explore found, in the format that whoever reads it wants."""
