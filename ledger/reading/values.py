"""One cell to one value: dates, amounts, names and numbers, each kind with its own words for what is wrong."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")
REMEMBERED = 50_000
LONGEST_NAME = 240
LONGEST_NUMBER = 120
#: No date and no amount is longer; the patterns below would take minutes for pages of white space.
LONGEST_VALUE = 60
CENT = Decimal("0.01")


class Wrong(ValueError):
    """This text is no such value; the message says why, to the user."""


class Values(dict[str, T | None], Generic[T]):
    """Texts already read: each is parsed once, while the memory for them lasts. None stands for one that is wrong."""

    def __init__(self, parse: Callable[[str], T | None]) -> None:
        super().__init__()
        self.parse = parse
        self.reasons: dict[str, str] = {}
        self.none_met = False

    def __missing__(self, text: str) -> T | None:
        try:
            value = self.parse(text)
        except Wrong as error:
            self.reasons[text] = str(error)
            value = None
        if value is None:
            self.none_met = True
        self[text] = value
        return value

    def read(self, column: Sequence[str]) -> list[T | None]:
        """The values of a column. Without `none_met` afterwards none of them is None."""
        if len(self) > REMEMBERED:
            self.clear()
            self.reasons.clear()
            self.none_met = False
        return list(map(self.__getitem__, column))


class Amounts(Values[Decimal]):
    """Amounts rarely repeat, so a column of nothing but plain ones is read at one go."""

    def __init__(self, decimals: "Decimals", blank: Decimal) -> None:
        super().__init__(amount_reader(decimals, blank))
        self.plain = decimals is Decimals.POINT

    def read(self, column: Sequence[str]) -> list[Decimal | None]:
        """The values of a column."""
        if self.plain and PLAIN_COLUMN.fullmatch("\n".join(column) + "\n"):
            return list(map(Decimal, column))
        return super().read(column)


class Numbers(Values[str]):
    """Deals' numbers hardly ever repeat."""

    def __init__(self) -> None:
        super().__init__(read_number)

    def read(self, column: Sequence[str]) -> list[str | None]:
        """The values of a column."""
        stripped: list[str | None] = [text.strip() for text in column]
        if "" in stripped or max(map(len, column), default=0) > LONGEST_NUMBER:
            return super().read(column)
        return stripped


class DateOrder(StrEnum):
    """In which order a date names its parts."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class Decimals(StrEnum):
    """Which sign parts whole numbers from decimals; the other may group thousands, as may spaces and apostrophes."""

    POINT = "point"
    COMMA = "comma"


DATES = {
    DateOrder.YMD: re.compile(r"(?P<y>\d{4})([-./]?)(?P<m>\d{1,2})\2(?P<d>\d{1,2})", re.ASCII),
    DateOrder.DMY: re.compile(r"(?P<d>\d{1,2})([-./])(?P<m>\d{1,2})\2(?P<y>\d{4}|\d{2})", re.ASCII),
    DateOrder.MDY: re.compile(r"(?P<m>\d{1,2})([-./])(?P<d>\d{1,2})\2(?P<y>\d{4}|\d{2})", re.ASCII),
}
EXAMPLES = {DateOrder.YMD: "2026-03-31", DateOrder.DMY: "31/03/2026", DateOrder.MDY: "03/31/2026"}
TIME = re.compile(
    r"(?:T|,? )\s*(?P<time>\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?)"
    r"\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)


def date_reader(order: DateOrder, zone: ZoneInfo) -> Callable[[str], date | None]:
    """Read dates of one order, with or without a time of day; None for a blank.

    A moment that names its offset from UTC gives the date in `zone`; any other time of day is cut off. Two-digit years
    are 1970 to 2069.
    """
    pattern = DATES[order]

    def read(text: str) -> date | None:
        text = text.strip()
        if not text:
            return None
        if len(text) > LONGEST_VALUE:
            raise Wrong(f"This is not a date like {EXAMPLES[order]}.")
        match = pattern.match(text)
        rest = text[match.end() :] if match else ""
        time = TIME.fullmatch(rest) if rest else None
        if match is None or (rest and time is None):
            raise Wrong(f"This is not a date like {EXAMPLES[order]}.")
        year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
        if len(match["y"]) == 2:
            year += 2000 if year < 70 else 1900
        try:
            found = date(year, month, day)
        except ValueError as error:
            raise Wrong(f"There is no such day; dates are read like {EXAMPLES[order]}.") from error
        if not 1900 <= year <= 2199:
            raise Wrong("The year must be 1900 to 2199.")
        return _local(found, time["time"], time["zone"], zone) if time and time["zone"] else found

    return read


def _local(day: date, time: str, offset: str, zone: ZoneInfo) -> date:
    clock = re.split("[.,]", time)[0].zfill(5 if time.count(":") == 1 else 8)
    offset = "+00:00" if offset in ("Z", "UTC") else offset
    try:
        return datetime.fromisoformat(f"{day:%Y-%m-%d}T{clock}{offset}").astimezone(zone).date()
    except ValueError as error:
        raise Wrong("There is no such time of day.") from error


PLAIN_AMOUNT = re.compile(r"-?\d{1,14}(?:\.\d{1,2})?", re.ASCII)
PLAIN_COLUMN = re.compile(rf"(?:{PLAIN_AMOUNT.pattern}\n)*+", re.ASCII)
CURRENCY = r"(?:[A-Z]{3}|[\u20a0-\u20bf$£¥¢]|R\$|kr\.?|zł|Kč|Ft|Fr\.?|lei)"


def _amount_pattern(point: str, group: str) -> re.Pattern[str]:
    digits = rf"\d{{1,3}}(?:(?P<g>[ '’{group}])\d{{2,3}}(?:(?P=g)\d{{2,3}})*(?<=\d{{3}}))|\d+"
    return re.compile(
        rf"(?P<open>\()?\s*(?P<minus>[-+])?\s*{CURRENCY}?\s*(?P<minus2>[-+])?\s*"
        rf"(?P<whole>{digits})?(?:{point}(?P<part>\d*))?\s*{CURRENCY}?\s*(?P<minus3>-)?\s*(?P<close>\))?",
        re.ASCII,
    )


AMOUNTS = {Decimals.POINT: _amount_pattern(r"\.", ","), Decimals.COMMA: _amount_pattern(",", ".")}
AMOUNT_EXAMPLES = {Decimals.POINT: "1,234.56", Decimals.COMMA: "1.234,56"}


def amount_reader(decimals: Decimals, blank: Decimal) -> Callable[[str], Decimal]:
    """Read amounts to two decimals, half up. Currency signs are passed over; a minus may be a pair of parentheses."""
    pattern, example = AMOUNTS[decimals], AMOUNT_EXAMPLES[decimals]

    def read(text: str) -> Decimal:
        if decimals is Decimals.POINT and PLAIN_AMOUNT.fullmatch(text):
            return Decimal(text)
        # Spaces of every width become one: the pattern would try each way to share out several among its parts.
        text = " ".join(text.split())
        if not text:
            return blank
        if len(text) > LONGEST_VALUE:
            raise Wrong("This number is too long.")
        match = pattern.fullmatch(text.replace("\u2212", "-"))
        if match is None or not (match["whole"] or match["part"]) or bool(match["open"]) != bool(match["close"]):
            raise Wrong(f"This is not a number like {example}.")
        whole = re.sub(r"\D", "", match["whole"] or "0").lstrip("0") or "0"
        if len(whole) > 14:
            raise Wrong("This number has more than 14 digits before the decimals.")
        found = Decimal(f"{whole}.{match['part'] or 0}").quantize(CENT, ROUND_HALF_UP)
        minuses = [match["minus"] == "-", match["minus2"] == "-", bool(match["minus3"]), bool(match["open"])]
        if sum(minuses) > 1:
            raise Wrong(f"This is not a number like {example}.")
        if found >= 10**14:
            raise Wrong("This number has more than 14 digits before the decimals.")
        return -found if any(minuses) else found

    return read


def read_name(text: str) -> str:
    """A name or a product, without outer white space; blank is allowed."""
    text = text.strip()
    if len(text) > LONGEST_NAME or len(text.casefold()) > LONGEST_NAME:
        raise Wrong(f"This is longer than {LONGEST_NAME} characters.")
    return text


def read_number(text: str) -> str:
    """A deal's own number, as it stands; it must not be blank."""
    text = text.strip()
    if not text:
        raise Wrong("There is no number, so this row can't be known again.")
    if len(text) > LONGEST_NUMBER:
        raise Wrong(f"This is longer than {LONGEST_NUMBER} characters.")
    return text
