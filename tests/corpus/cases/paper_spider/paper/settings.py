COLLECTION = "articles"
ITEM_PIPELINES = {"paper.pipelines.Mongo": 300}
