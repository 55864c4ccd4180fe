MODELS = "artifacts/production"
MODEL = "interactions.pkl"
SHAPE = "shape.json"
BUCKET = "course-models"
