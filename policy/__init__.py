"""Rules that a stack must keep, judged by Pulumi's policy engine: surges, security, and who is told."""
