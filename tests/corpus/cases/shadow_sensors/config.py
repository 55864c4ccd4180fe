from environs import Env

env = Env()
env.read_env()
BROKER = env.str("BROKER", "localhost")
PLAIN = 3
