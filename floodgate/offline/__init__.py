"""AWS on this machine: moto as the store, repaired where it is wrong, behind one set of resource handlers."""
