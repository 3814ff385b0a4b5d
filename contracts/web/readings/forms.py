"""Forms in which a person corrects how a document was read: one for each kind of correction."""

from __future__ import annotations

from typing import Any

from django import forms

from contracts.reader.correction_state import LONGEST_HEADING, LONGEST_NUMBER, LONGEST_SCOPE, Piece, Stray
from contracts.reader.corrections import CorrectionKind
from contracts.services import correction_asks
from contracts.services.corrections import LONGEST_REASON, Asks
from contracts.web.forms import NARROW, DulyForm, LongText, ShortText
from contracts.web.once import TokenField

THIS, REST = "this", "rest"
FIRST, SECOND = "first", "second"
SCOPE_HINT = "“main” for the body of the document, otherwise the part’s name, such as Annex 1."


def _number(label: str, **given: Any) -> ShortText:
    return ShortText(max_length=LONGEST_NUMBER, label=label, classes=NARROW, **given)


def _scope(**given: Any) -> forms.CharField:
    return forms.CharField(
        max_length=LONGEST_SCOPE,
        label="Which part of the document does it stand in?",
        help_text=SCOPE_HINT,
        error_messages={"required": "Enter the part it stands in, such as main."},
        **given,
    )


class CorrectForm(DulyForm):
    """What every correction has. ``piece`` is the paragraph that is corrected, ``below``: whether others
    stand under it.
    """

    token = TokenField()
    reason = LongText(
        required=False,
        max_length=LONGEST_REASON,
        label="Why is it corrected?",
        help_text="It is on the record, beside your name.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    button = "Correct it"

    def __init__(self, *args: Any, piece: Piece, below: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.piece, self.below = piece, below
        self.order_fields([name for name in self.fields if name != "reason"])
        self.begin()

    def begin(self) -> None:
        """Fill in what is known of the paragraph."""

    def asks(self) -> Asks:
        """What it asks, for the service."""
        raise NotImplementedError


class RenumberForm(CorrectForm):
    """Another number."""

    number = _number(
        "What is its number?",
        help_text="For example, 1.3 or 1.3(a). What stands under it goes along.",
        error_messages={"required": "Enter a number, such as 1.3 or 1.3(a)."},
    )
    scope = _scope(required=False)
    button = "Give it this number"

    def begin(self) -> None:
        self.fields["number"].initial = self.piece.paragraph.number
        self.fields["scope"].initial = self.piece.paragraph.scope

    def asks(self) -> Asks:
        return correction_asks.renumber(self.cleaned_data["number"], self.cleaned_data["scope"])


class RescopeForm(CorrectForm):
    """Another part."""

    scope = _scope()
    reach = forms.ChoiceField(
        label="What belongs there?",
        choices=[
            (THIS, "This paragraph and what stands under it"),
            (REST, "This paragraph and all that follow in its part"),
        ],
        initial=THIS,
        widget=forms.RadioSelect,
    )
    button = "Move it to this part"

    def begin(self) -> None:
        self.fields["scope"].initial = self.piece.paragraph.scope

    def asks(self) -> Asks:
        return correction_asks.rescope(self.cleaned_data["scope"], rest=self.cleaned_data["reach"] == REST)


class SplitForm(CorrectForm):
    """Two paragraphs."""

    begins = forms.CharField(
        max_length=500,
        label="With which words does the second paragraph begin?",
        help_text="Copy the first few from the text, its number included if it is printed there.",
        error_messages={
            "required": "Enter the first words of the second paragraph, as they stand in this one."
        },
    )
    number = _number(
        "What is the number of the second paragraph?",
        error_messages={"required": "Enter a number, such as 1.3 or 1.3(a)."},
    )
    scope = _scope(required=False)
    under = forms.ChoiceField(
        label="Where do the paragraphs under it belong?",
        choices=[(SECOND, "Under the second paragraph"), (FIRST, "Under the first paragraph")],
        initial=SECOND,
        widget=forms.RadioSelect,
    )
    button = "Split it"

    def begin(self) -> None:
        self.fields["scope"].initial = self.piece.paragraph.scope
        if not self.below:
            del self.fields["under"]

    def asks(self) -> Asks:
        data = self.cleaned_data
        under = data.get("under", SECOND) == SECOND
        return correction_asks.split(data["begins"], data["number"], data["scope"], under=under)


class JoinForm(CorrectForm):
    """One with the paragraph before it."""

    printed = forms.BooleanField(required=False, initial=True, label="Its number is part of the words")
    button = "Join them"

    def begin(self) -> None:
        if not self.piece.paragraph.printed:
            del self.fields["printed"]

    def asks(self) -> Asks:
        return correction_asks.join(printed=self.cleaned_data.get("printed", False))


class MoveForm(CorrectForm):
    """Another place."""

    after = forms.CharField(
        required=False,
        max_length=LONGEST_SCOPE + LONGEST_NUMBER,
        label="After which paragraph does it stand?",
        help_text="Its number, with its part where that is another: 1.2 or Annex 1/2. Empty: the first.",
    )
    number = _number("What is its number there?", required=False)
    scope = _scope(required=False)
    button = "Move it"

    def begin(self) -> None:
        self.fields["after"].widget.attrs["class"] = NARROW
        self.fields["number"].initial = self.piece.paragraph.number
        self.fields["scope"].initial = self.piece.paragraph.scope

    def asks(self) -> Asks:
        data = self.cleaned_data
        return correction_asks.move(data["after"], data["number"], data["scope"])


class HeadingForm(CorrectForm):
    """Where its heading ends."""

    heading = forms.CharField(
        required=False,
        max_length=LONGEST_HEADING,
        label="What is its heading?",
        help_text="The first words of the paragraph, up to where the heading ends. Empty: it has none.",
    )
    button = "Change its heading"

    def begin(self) -> None:
        self.fields["heading"].initial = self.piece.paragraph.heading or ""

    def asks(self) -> Asks:
        return correction_asks.heading(self.cleaned_data["heading"])


class DropForm(CorrectForm):
    """It is no paragraph."""

    under = forms.BooleanField(required=False, label="Nor are those under it: all of them stay as other text")
    button = "It is no paragraph"

    def begin(self) -> None:
        if not self.below:
            del self.fields["under"]

    def asks(self) -> Asks:
        return correction_asks.drop(under=self.cleaned_data.get("under", False))


class AddForm(DulyForm):
    """Other text is a paragraph."""

    token = TokenField()
    number = _number(
        "What is its number?",
        help_text="For example, 1.3 or 1.3(a).",
        error_messages={"required": "Enter a number, such as 1.3 or 1.3(a)."},
    )
    scope = _scope()
    after = forms.CharField(
        required=False,
        max_length=LONGEST_SCOPE + LONGEST_NUMBER,
        label="After which paragraph does it stand?",
        help_text="Its number, with its part where that is another. Empty: it is the first.",
    )
    reason = CorrectForm.base_fields["reason"]
    button = "Make it a paragraph"

    def __init__(self, *args: Any, stray: Stray, before: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].initial = stray.other.scope or "main"
        self.fields["after"].initial = before


class UndoForm(DulyForm):
    """A correction is taken back."""

    token = TokenField()
    reason = LongText(
        required=False,
        max_length=LONGEST_REASON,
        label="Why is it taken back?",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


FORMS: dict[CorrectionKind, type[CorrectForm]] = {
    CorrectionKind.SPLIT: SplitForm,
    CorrectionKind.JOIN: JoinForm,
    CorrectionKind.RENUMBER: RenumberForm,
    CorrectionKind.RESCOPE: RescopeForm,
    CorrectionKind.MOVE: MoveForm,
    CorrectionKind.HEADING: HeadingForm,
    CorrectionKind.DROP: DropForm,
}
