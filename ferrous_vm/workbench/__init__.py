"""What any front shows of a script, as plain records: the page, the command line and any other door only carry it."""
