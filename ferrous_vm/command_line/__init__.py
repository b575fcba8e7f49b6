"""What `ferrous` does for each of its words that needs more than a few lines; `__main__` reads the words."""
