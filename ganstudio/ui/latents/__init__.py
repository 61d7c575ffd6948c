"""The pieces of the latent explorer."""
