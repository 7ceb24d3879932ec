"""The first page, help, the theme, and whether the server is well."""
