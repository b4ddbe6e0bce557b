"""HTTP to the platforms: many small calls over connections that are kept; files go another way."""
