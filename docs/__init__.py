"""The docs of the project, and the commands that write parts of them."""
