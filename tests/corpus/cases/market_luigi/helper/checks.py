def checked(data, name):
    print("-" * 9, name)
    print(data.shape, {column: str(data[column].dtype) for column in data})
    for column in data:
        share = data[column].isnull().mean()
        if share > 0.1:
            print(f"{column}: {share:.0%} missing")
