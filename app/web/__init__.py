"""HTTP: routes, messages, problems, headers, metrics and logs."""
