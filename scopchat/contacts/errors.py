"""Why something is not done to a contact."""

from __future__ import annotations

from django.utils.translation import gettext as _

from scopchat.common.refusals import Conflict, Refusal


class NumberTaken(Refusal):
    """Another contact of the company has the number."""

    code, field = "number_taken", "phone"

    def __init__(self) -> None:
        super().__init__(_("Another contact has this number."))


class LabelTaken(Refusal):
    """The company has this label already."""

    code, field = "label_taken", "name"

    def __init__(self) -> None:
        super().__init__(_("There is a label of this name already."))


class TooManyLabels(Refusal):
    """The company has as many labels as it may."""

    code, field = "too_many_labels", "name"

    def __init__(self, most: int) -> None:
        super().__init__(_("There are %(most)d labels already: remove one first.") % {"most": most})


class ListTaken(Refusal):
    """The company has a list of this name already."""

    code, field = "list_taken", "name"

    def __init__(self) -> None:
        super().__init__(_("There is a list of this name already."))


class TooManyLists(Refusal):
    """The company has as many lists as it may."""

    code, field = "too_many_lists", "name"

    def __init__(self, most: int) -> None:
        super().__init__(_("There are %(most)d lists already: delete one first.") % {"most": most})


class ListGone(Conflict):
    """Somebody has deleted it meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("This list has been deleted."), code="list_gone")


class ContactGone(Conflict):
    """Somebody has deleted it meanwhile."""

    def __init__(self) -> None:
        super().__init__(_("This contact has been deleted."), code="contact_gone")


class ImportUnderWay(Refusal):
    """Another file is being read or saved in the company."""

    code, field = "import_under_way", "file"

    def __init__(self) -> None:
        super().__init__(_("A file of your company is being imported. Try again when it is done."))


class FileTooLarge(Refusal):
    """The file is larger than one may be."""

    code, field = "file_too_large", "file"

    def __init__(self) -> None:
        super().__init__(_("The file is larger than 200 MB. Divide it."))
