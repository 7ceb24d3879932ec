"""The measure of a page: a `def` route and a Jinja2 template of fixed size, and nothing else."""

import jinja2
from fastapi import FastAPI
from starlette.responses import HTMLResponse

TEMPLATE = jinja2.Environment(autoescape=True).from_string(
    """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body>
<main><h1>{{ title }}</h1><ol>
{% for line in lines %}<li class="line {{ loop.cycle('odd', 'even') }}"><a href="/{{ loop.index }}">
{{ line }}</a></li>
{% endfor %}</ol></main></body></html>"""
)
LINES = [f"A line of text with its number, {number}" for number in range(40)]

app = FastAPI()


@app.get("/")
def show() -> HTMLResponse:
    return HTMLResponse(TEMPLATE.render(title="A bare page", lines=LINES))
