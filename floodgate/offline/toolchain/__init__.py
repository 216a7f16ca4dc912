"""The Pulumi engine: found where it is installed, or built once from Go modules into the user's cache."""
