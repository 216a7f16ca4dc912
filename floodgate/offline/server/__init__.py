"""One offline AWS for each project folder, in a process of its own, that any command on this machine can use."""
