"""The command line; its modules import torch and Qt only inside the command that needs them."""
