"""What a server is besides its data: configuration, statistics, INFO, memory, channels, documents of commands."""
