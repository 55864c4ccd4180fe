"""What commands print: values as text for people, or as JSON."""
