"""One handler for each resource type and function of the AWS provider, by AWS service."""
