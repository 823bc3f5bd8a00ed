"""The forms of the pages that do without JavaScript what the grid does with it: a block, one number for more cells."""

import csv
import io
from collections.abc import Sequence

from django import forms

from targets.forms import LARGEST_BLOCK, Pasted
from targets.readers import Grid

LONGEST_BLOCK = 200_000


class PlacedForm(forms.Form):
    """A form that names a cell of a grid: one of the people whose targets the viewer may set, and a channel."""

    member = forms.TypedChoiceField(label="Person", coerce=int)
    channel = forms.TypedChoiceField(label="Channel", coerce=int)

    def __init__(self, grid: Grid, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.grid = grid
        self.fields["member"].choices = [(row.member_id, row.name) for row in grid.rows if row.editable]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            (column.channel_id, column.name) for column in grid.columns if column.channel_id and not column.archived
        ]


class BlockPageForm(PlacedForm):
    """A block from a spreadsheet and its first cell. `loaded` says what the page showed, as in the grid's form."""

    block = forms.CharField(
        label="Numbers",
        strip=False,
        max_length=LONGEST_BLOCK,
        widget=forms.Textarea(attrs={"rows": 10, "class": "num"}),
        help_text="Copy cells in your spreadsheet and paste them here. The first goes to the person and channel above, "
        "the others to the right of it and below.",
    )
    loaded = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, grid: Grid, *args: object, **kwargs: object) -> None:
        super().__init__(grid, *args, **kwargs)
        self.fields["member"].label, self.fields["channel"].label = "First person", "First channel"

    def clean_block(self) -> list[list[str]]:
        """Rows of texts, as spreadsheets copy them."""
        try:
            rows = list(csv.reader(io.StringIO(self.cleaned_data["block"], newline=""), dialect="excel-tab"))
        except csv.Error as error:
            raise forms.ValidationError("This is no block of cells.") from error
        if sum(map(len, rows)) > LARGEST_BLOCK:
            raise forms.ValidationError(f"Paste at most {LARGEST_BLOCK:,} cells at once.")
        return rows

    def cells(self, versions: dict[tuple[int, int], int]) -> tuple[list[Pasted], int]:
        """The cells that the block falls on, with the versions that were seen, and how many numbers find none."""
        asked, grid = self.cleaned_data, self.grid
        top = next(place for place, row in enumerate(grid.rows) if row.member_id == asked["member"])
        left = next(place for place, column in enumerate(grid.columns) if column.channel_id == asked["channel"])
        found, outside = [], 0
        for down, texts in enumerate(asked["block"]):
            row = grid.rows[top + down] if top + down < len(grid.rows) else None
            for right, text in enumerate(texts):
                cell = row.cells[left + right] if row and left + right < len(row.cells) else None
                if cell and cell.editable and cell.member_id and cell.channel_id:
                    place = (cell.member_id, cell.channel_id)
                    found.append(Pasted(*place, versions.get(place, 0), text[:100], where(right, down)))
                else:
                    outside += bool(text.strip())
        return found, outside


class SpreadPageForm(PlacedForm):
    """One number for more cells of a channel. `reaches`: what can be chosen, in words."""

    number = forms.CharField(
        label="Target", required=False, strip=False, max_length=100, help_text="Leave it empty to clear the targets."
    )
    reach = forms.ChoiceField(label="Use it for", widget=forms.RadioSelect)

    def __init__(self, grid: Grid, reaches: Sequence[tuple[str, str]], *args: object, **kwargs: object) -> None:
        super().__init__(grid, *args, **kwargs)
        self.fields["reach"].choices = list(reaches)  # type: ignore[attr-defined]


def where(right: int, down: int) -> str:
    """The place of a text in its block, as a spreadsheet names it: B7."""
    letters = ""
    right += 1
    while right:
        right, rest = divmod(right - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{down + 1}"
