"""The stack: an AWS fleet that opens at an announced minute, declared with Pulumi."""
