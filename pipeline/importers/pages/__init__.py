"""A web page: what it says of itself, and where in it the article stands."""
