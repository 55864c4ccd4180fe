def without_doubles(rows):
    if rows.duplicated().sum() > 0:
        kept = rows.drop_duplicates(keep="first")
        print("before:", rows.shape, "after:", kept.shape)
        return kept
    print("no doubles")
    return rows
