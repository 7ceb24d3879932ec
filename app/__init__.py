"""The web application of Forward Pass.

Imports go one way: cli > main > features > deps > errors, middleware, models > db > kit, settings.
Inside a feature: routes > pages, deps > service > sync > files > queries > named rules > schemas.
Across features only `service` is imported (and accounts.deps, bank.schemas, quiz.views).
The named rules see no web, no database and no clock: now, seeds and run_demo are arguments.
The engine is reached only through app.demos and app.bank.expressions.
"""

import engine  # noqa: F401 - BLAS reads its number of threads once, when NumPy is first imported
