"""What science-platform adds to JupyterHub: profiles, remote servers, lifetimes and login."""
