"""The settings of the shared installation: the product's own, but for passwords, which are slow to check on purpose.

Dozens of people sign in there. Installations of a test's own check them as the product does.
"""

from scopchat.config.settings import *  # noqa: F403  everything else

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
