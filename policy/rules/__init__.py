"""The rules, one module for each subject; `policy.registry` lists them."""
