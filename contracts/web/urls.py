"""The pages of contracts: their words, documents, variations and people; and the pages about Duly itself."""

from django.urls import path

from contracts.web.account import views as account
from contracts.web.documents import views as documents
from contracts.web.mail import views as mail
from contracts.web.people import views as people
from contracts.web.rules import views as rules
from contracts.web.text import views as text
from contracts.web.variations import form
from contracts.web.variations import views as variations
from contracts.web.work import views as work

urlpatterns = [
    path("reading-rules", rules.reading_rules, name="reading_rules"),
    path("account", account.account, name="account"),
    path("mail", mail.mail, name="mail"),
    path("mail/<str:key>", mail.message, name="message"),
    path("long-work/<int:work_id>", work.work, name="long_work"),
    path("long-work/<int:work_id>/cancel", work.cancel, name="cancel_long_work"),
    path("contracts/<int:contract_id>/text", text.text, name="text"),
    path("contracts/<int:contract_id>/documents", documents.documents, name="documents"),
    path("contracts/<int:contract_id>/documents/new", documents.upload, name="upload"),
    path(
        "contracts/<int:contract_id>/documents/<int:document_id>/file",
        documents.document_file,
        name="document_file",
    ),
    path("contracts/<int:contract_id>/variations", variations.variations, name="variations"),
    path(
        "contracts/<int:contract_id>/variations/<int:variation_id>/form",
        form.form,
        name="variation_form",
    ),
    path(
        "contracts/<int:contract_id>/variations/<int:variation_id>/form.pdf",
        form.form_pdf,
        name="variation_form_pdf",
    ),
    path(
        "contracts/<int:contract_id>/variations/<int:variation_id>/share",
        variations.share,
        name="share_variation",
    ),
    path(
        "contracts/<int:contract_id>/variations/<int:variation_id>/withdraw",
        variations.withdraw,
        name="withdraw_variation",
    ),
    path("contracts/<int:contract_id>/people", people.people, name="people"),
]
