"""The front end for the real Pulumi engine: a provider of `aws` resources over gRPC, answered by an offline world."""
