from ray import tune

valid_share = 0.1
all_coins = ["BTC", "ETH"]
models = ["NBEATS", "XGB", "Prophet"]
default_args = {"output_chunk_length": 1}
spaces = {"NBEATS": {"input_chunk_length": tune.randint(1, 24)}, "XGB": {"lags": tune.randint(1, 24)}, "Prophet": {}}
