"""SCOPCHAT, a self-hosted business texting desk."""
