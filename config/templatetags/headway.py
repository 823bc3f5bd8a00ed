"""Template tags and filters of the product: the drawn parts, formats and form fields.

The filters take the organization's formats, which every page has: `{{ total|number:formats }}`.
"""

from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.widgets import ChoiceWidget

from config import svg
from config.formats import Formats, Localized, Number, formats_of
from config.svg import avatar, icon, meter, status_mark

register = template.Library()
register.simple_tag(icon)
register.simple_tag(meter)
register.simple_tag(avatar)
register.simple_tag(status_mark)


@register.simple_tag(takes_context=True)
def delta(context: template.Context, gap: Number | None, text: str = "", none: str = "Not set") -> str:
    """The gap to pace: an arrow, a number, and the words for screen readers."""
    return svg.delta(gap, text=text, none=none, formats=context["formats"])


@register.filter
def formats(organization: Localized) -> Formats:
    """How an organization writes; for letters, which know nothing of pages."""
    return formats_of(organization)


@register.filter
def number(value: Number | None, formats: Formats) -> str:
    """1,234.5, or nothing."""
    return "" if value is None else formats.number(value)


@register.filter
def money(value: Number | None, formats: Formats) -> str:
    """€1,200, or nothing."""
    return "" if value is None else formats.money(value)


@register.filter
def short_money(value: Number | None, formats: Formats) -> str:
    """€2.01m, or nothing."""
    return "" if value is None else formats.short_money(value)


@register.filter
def percent(ratio: Number | None, formats: Formats) -> str:
    """A ratio of 1.03 as 103%, or nothing."""
    return "" if ratio is None else formats.percent(ratio)


@register.filter
def day(value: date | None, formats: Formats) -> str:
    """22 Oct 2026, or nothing."""
    return "" if value is None else formats.day(value)


@register.filter
def weekday(value: date | None, formats: Formats) -> str:
    """Thursday 22 October, or nothing."""
    return "" if value is None else formats.weekday(value)


@register.filter
def month(value: date | None, formats: Formats) -> str:
    """October 2026, or nothing."""
    return "" if value is None else formats.month(value)


@register.filter
def moment(value: datetime | None, formats: Formats) -> str:
    """22 Oct 2026, 14:05 on the organization's wall, or nothing."""
    return "" if value is None else formats.moment(value)


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, label: str = "", hint: str = "", *, without_hint: bool = False, **attributes: Any
) -> dict[str, Any]:
    """One form field with its label, help and errors, tied together for screen readers.

    `attributes` go to the control: `{% field form.email autocomplete="username" %}`.
    """
    widget = bound.field.widget
    several = bool(bound.use_fieldset and isinstance(widget, ChoiceWidget))
    single = getattr(widget, "input_type", "") == "checkbox" and not several
    hint = "" if without_hint else hint or str(bound.help_text)
    if not (several or single):
        attributes["class"] = f"input {widget.attrs.get('class', '')}".strip()
    parts = [part for part, there in (("helptext", hint), ("error", bound.errors)) if there]
    attributes["aria-describedby"] = " ".join(f"{bound.auto_id}_{part}" for part in parts) or False
    return {
        "field": bound,
        "control": "" if several else bound.as_widget(attrs=attributes),
        "label": label or bound.label,
        "hint": hint,
        "kind": "several" if several else "single" if single else "text",
    }
