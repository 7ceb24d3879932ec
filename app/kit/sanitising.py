"""The allow-list that every rendered text passes."""

import nh3
from markupsafe import Markup

_HTML = (
    "a blockquote br code div em h2 h3 h4 h5 h6 hr img li ol p pre s span strong "
    "table tbody td th thead tr ul"
)
_MATHML = (
    "math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms "
    "mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none"
)
_MATHML_ATTRIBUTES = (
    "accent accentunder class columnalign columnlines depth display displaystyle fence form height "
    "linethickness lspace mathvariant maxsize minsize movablelimits notation rowlines rspace "
    "scriptlevel separator stretchy style symmetric voffset width"
)
_MATHML_STYLES = {
    *("text-align", "justify-items", "math-shift", "font-variant-caps", "font-size", "width"),
    *(f"padding-{side}" for side in ("left", "right", "top", "bottom")),
    *(f"border-{side}" for side in ("left", "right", "top", "bottom")),
}
_SCROLLER = {"class", "tabindex", "role", "aria-label"}

_CLEANER = nh3.Cleaner(
    tags={*_HTML.split(), *_MATHML.split()},
    attributes={
        **{tag: set(_MATHML_ATTRIBUTES.split()) for tag in _MATHML.split()},
        **dict.fromkeys(("div", "span", "pre"), _SCROLLER),
        "math": {*_MATHML_ATTRIBUTES.split(), "aria-label"},
        "a": {"href", "title"},
        "img": {"src", "alt", "loading"},
        "code": {"class"},
        "ol": {"start"},
        "th": {"class", "scope"},
        "td": {"class"},
    },
    filter_style_properties=_MATHML_STYLES,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener",
)


def sanitise(html: str) -> Markup:
    """Return HTML reduced to the tags, attributes and addresses that texts may have."""
    return Markup(_CLEANER.clean(html))  # noqa: S704 - this is the one place that makes HTML safe
