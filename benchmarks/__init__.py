"""How fast and how good the whole is: each module is a program that prints its figures."""
