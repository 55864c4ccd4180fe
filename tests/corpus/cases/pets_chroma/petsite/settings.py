import environ

env = environ.Env()
SECRET_KEY = env("SECRET_KEY", default="dev")
INSTALLED_APPS = ["django.contrib.contenttypes", "rest_framework", "pets"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
