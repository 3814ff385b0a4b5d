"""The pages of contracts: their words, documents, variations and people; and the pages about Duly itself."""

from django.urls import path

from contracts.web.account import held
from contracts.web.account import views as account
from contracts.web.documents import deciding
from contracts.web.documents import views as documents
from contracts.web.joining import views as joining
from contracts.web.mail import views as mail
from contracts.web.organisations import inviting, persons
from contracts.web.organisations import views as organisations
from contracts.web.people import views as people
from contracts.web.providers import settings as provider_settings
from contracts.web.providers import views as providers
from contracts.web.readings import views as readings
from contracts.web.rules import views as rules
from contracts.web.sign_in import lost
from contracts.web.sign_in import views as sign_in
from contracts.web.text import views as text
from contracts.web.tokens import views as tokens
from contracts.web.variations import form
from contracts.web.variations import views as variations
from contracts.web.work import views as work

urlpatterns = [
    path("reading-rules", rules.reading_rules, name="reading_rules"),
    path("account", account.account, name="account"),
    path("account/held.json", held.held, name="held_about_me_file"),
    path("account/tokens", tokens.tokens, name="api_tokens"),
    path("account/tokens/new", tokens.new, name="new_api_token"),
    path("account/tokens/<int:token_id>/end", tokens.end, name="end_api_token"),
    path("sign-in/organisation", providers.start, name="provider_start"),
    path("sign-in/organisation/go", providers.go, name="provider_go"),
    path("sign-in/organisation/answer", providers.answer, name="provider_answer"),
    path(
        "organisations/<int:organisation_id>/sign-in",
        provider_settings.provider,
        name="organisation_provider",
    ),
    path(
        "organisations/<int:organisation_id>/sign-in/remove",
        provider_settings.remove,
        name="remove_organisation_provider",
    ),
    path("account/sessions", sign_in.where, name="signed_in_where"),
    path("account/sessions/end", sign_in.end_session, name="end_session"),
    path("account/address", sign_in.change_address, name="change_address"),
    path("account/address/stop", sign_in.stop_address, name="stop_address"),
    path("account/go-on", sign_in.go_on, name="go_on"),
    path("address/<str:key>", sign_in.confirm_address, name="confirm_address"),
    path("recovery/<str:key>", lost.confirm_recovery, name="confirm_recovery"),
    path("people/<int:person_id>/lost-device", lost.lost_device, name="lost_device"),
    path("people/<int:person_id>/lost-device/agree", lost.lost_device_agree, name="lost_device_agree"),
    path("start/<str:key>", joining.first_administrator, name="first_administrator"),
    path("join/<str:key>", joining.join, name="join"),
    path("organisations", organisations.organisations, name="organisations"),
    path("organisations/new", organisations.new, name="new_organisation"),
    path("organisations/<int:organisation_id>", organisations.organisation, name="organisation"),
    path("organisations/<int:organisation_id>/rename", organisations.rename, name="rename_organisation"),
    path("organisations/<int:organisation_id>/record", organisations.record, name="organisation_record"),
    path(
        "organisations/<int:organisation_id>/erased/<int:certificate_id>",
        organisations.erased,
        name="erasure_certificate",
    ),
    path(
        "organisations/<int:organisation_id>/second-factor", organisations.factor_roles, name="factor_roles"
    ),
    path("organisations/<int:organisation_id>/invite", inviting.invite, name="invite_to_organisation"),
    path(
        "organisations/<int:organisation_id>/invitations/<int:invitation_id>/send-again",
        inviting.send_again,
        name="send_invitation",
    ),
    path(
        "organisations/<int:organisation_id>/invitations/<int:invitation_id>/revoke",
        inviting.revoke,
        name="revoke_invitation",
    ),
    path(
        "organisations/<int:organisation_id>/people/<int:person_id>",
        persons.person,
        name="organisation_person",
    ),
    path(
        "organisations/<int:organisation_id>/people/<int:person_id>/held.json",
        persons.held,
        name="held_about_file",
    ),
    path(
        "organisations/<int:organisation_id>/people/<int:person_id>/replace",
        persons.replace,
        name="replace_person",
    ),
    path(
        "organisations/<int:organisation_id>/people/<int:person_id>/bring-back",
        persons.bring_back,
        name="bring_back",
    ),
    path(
        "organisations/<int:organisation_id>/people/<int:person_id>/administer",
        persons.administer,
        name="administer_organisation",
    ),
    path(
        "organisations/<int:organisation_id>/people/<int:person_id>/stop-administering",
        persons.stop_administering,
        name="stop_administering",
    ),
    path(
        "organisations/<int:organisation_id>/people/<int:person_id>/tokens/<int:token_id>/end",
        persons.end_token,
        name="end_token_of",
    ),
    path("mail", mail.mail, name="mail"),
    path("mail/<str:key>", mail.message, name="message"),
    path("long-work/<int:work_id>", work.work, name="long_work"),
    path("long-work/<int:work_id>/cancel", work.cancel, name="cancel_long_work"),
    path("contracts/<int:contract_id>/text", text.text, name="text"),
    path("contracts/<int:contract_id>/documents", documents.documents, name="documents"),
    path("contracts/<int:contract_id>/documents/new", documents.upload, name="upload"),
    path(
        "contracts/<int:contract_id>/documents/uploads/<int:upload_id>",
        deciding.outcome,
        name="upload_outcome",
    ),
    path(
        "contracts/<int:contract_id>/documents/uploads/<int:upload_id>/throw-away",
        deciding.throw_away,
        name="upload_throw_away",
    ),
    path(
        "contracts/<int:contract_id>/documents/<int:document_id>/file",
        documents.document_file,
        name="document_file",
    ),
    path("contracts/<int:contract_id>/readings/<int:reading_id>", readings.reading, name="reading"),
    path(
        "contracts/<int:contract_id>/readings/<int:reading_id>/corrections",
        readings.corrections_list,
        name="corrections",
    ),
    path(
        "contracts/<int:contract_id>/readings/<int:reading_id>/corrections/<int:correction_id>/undo",
        readings.undo,
        name="undo_correction",
    ),
    path(
        "contracts/<int:contract_id>/readings/<int:reading_id>/pieces/<slug:piece>",
        readings.piece,
        name="reading_piece",
    ),
    path(
        "contracts/<int:contract_id>/readings/<int:reading_id>/pieces/<slug:piece>/<slug:act_name>",
        readings.correct,
        name="correct_reading",
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
    path("contracts/<int:contract_id>/people/invite", people.invite, name="invite_to_contract"),
    path(
        "contracts/<int:contract_id>/people/<int:membership_id>/role", people.change_role, name="change_role"
    ),
    path("contracts/<int:contract_id>/people/<int:membership_id>/end", people.end, name="end_membership"),
    path(
        "contracts/<int:contract_id>/people/invitations/<int:invitation_id>/send-again",
        people.send_again,
        name="send_contract_invitation",
    ),
    path(
        "contracts/<int:contract_id>/people/invitations/<int:invitation_id>/revoke",
        people.revoke,
        name="revoke_contract_invitation",
    ),
]
