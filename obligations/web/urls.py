"""The pages of duties: what is due, what happened, evidence, decisions, signing, and the record."""

from django.urls import path

from obligations import subjects
from obligations.web.as_at import views as as_at
from obligations.web.book_templates import using as using_templates
from obligations.web.book_templates import views as templates
from obligations.web.calendar_feed import views as calendar_feed
from obligations.web.coverage import views as coverage
from obligations.web.documents import views as documents
from obligations.web.due import views as due
from obligations.web.duties import no_miss, readings
from obligations.web.duties import views as duties
from obligations.web.ending import views as ending
from obligations.web.entries import correcting, in_force, many
from obligations.web.entries import views as entries
from obligations.web.exploits import views as exploits
from obligations.web.facts import views as facts
from obligations.web.gates import views as gates
from obligations.web.holidays import views as holidays
from obligations.web.home import views as home
from obligations.web.inbox import views as inbox
from obligations.web.ledger import views as ledger
from obligations.web.making import done_before, set_up
from obligations.web.making import views as making
from obligations.web.manage import views as manage
from obligations.web.once import views as once
from obligations.web.paragraphs import views as paragraphs
from obligations.web.questions import views as questions
from obligations.web.settings import views as settings
from obligations.web.standards import views as standards
from obligations.web.variations import drafting, impact, paper
from obligations.web.variations import views as variations
from obligations.web.versions import views as versions
from obligations.web.webhooks import views as webhooks
from obligations.web.what_if import views as what_if

urlpatterns = [
    path("", home.home, name="home"),
    path("contracts/new", making.new_contract, name="new_contract"),
    path("contracts/new/<int:draft_id>", making.contract_check, name="contract_check"),
    path("contracts/new/<int:draft_id>/delete", making.contract_draft_delete, name="contract_draft_delete"),
    path("contracts/new/<int:draft_id>/<slug:step>", making.contract_step, name="contract_step"),
    path("contracts/<int:contract_id>", due.board, name="board"),
    path("contracts/<int:contract_id>/set-up", set_up.set_up, name="set_up"),
    path("contracts/<int:contract_id>/done-before", done_before.done_before, name="done_before"),
    path("contracts/<int:contract_id>/manage", manage.manage, name="manage"),
    path("contracts/<int:contract_id>/manage/<slug:what>", manage.manage_terms, name="manage_terms"),
    path("contracts/<int:contract_id>/webhooks", webhooks.webhooks, name="webhooks"),
    path("contracts/<int:contract_id>/webhooks/new", webhooks.new, name="new_webhook"),
    path("contracts/<int:contract_id>/webhooks/<int:webhook_id>/test", webhooks.test, name="test_webhook"),
    path("contracts/<int:contract_id>/webhooks/<int:webhook_id>/end", webhooks.end, name="end_webhook"),
    path(
        "contracts/<int:contract_id>/webhooks/sent/<int:delivery_id>/again",
        webhooks.again,
        name="send_webhook_again",
    ),
    path("contracts/<int:contract_id>/ending", ending.ending, name="ending"),
    path("contracts/<int:contract_id>/ending/keep", ending.ending_keep, name="ending_keep"),
    path("contracts/<int:contract_id>/ending/hold", ending.ending_hold, name="ending_hold"),
    path("contracts/<int:contract_id>/ending/hold/<int:hold_id>", ending.ending_lift, name="ending_lift"),
    path("contracts/<int:contract_id>/ending/record", ending.hand_over, name="hand_over"),
    path(
        "contracts/<int:contract_id>/ending/record/<int:archive_id>",
        ending.hand_over_file,
        name="hand_over_file",
    ),
    path("contracts/<int:contract_id>/ending/asked/<int:asked_id>", ending.ending_agree, name="ending_agree"),
    path(
        "contracts/<int:contract_id>/ending/asked/<int:asked_id>/no",
        ending.ending_put_aside,
        name="ending_put_aside",
    ),
    path("contracts/<int:contract_id>/ending/<slug:end>", ending.ending_ask, name="ending_ask"),
    path("contracts/<int:contract_id>/gates", gates.gates, name="gates"),
    path("contracts/<int:contract_id>/weeks", due.weeks, name="weeks"),
    path("contracts/<int:contract_id>/coverage", coverage.coverage, name="coverage"),
    path("contracts/<int:contract_id>/coverage.csv", coverage.coverage_csv, name="coverage_csv"),
    path("contracts/<int:contract_id>/record", facts.record, name="record"),
    path("contracts/<int:contract_id>/record/<slug:kind>", facts.record_kind, name="record_kind"),
    path("contracts/<int:contract_id>/facts", facts.facts, name="facts"),
    path("contracts/<int:contract_id>/facts/<int:fact_id>", facts.fact, name="fact"),
    path("contracts/<int:contract_id>/facts/<int:fact_id>/withdraw", facts.withdraw, name="withdraw_fact"),
    path("contracts/<int:contract_id>/duties/<int:duty_id>", duties.duty, name="duty"),
    path("contracts/<int:contract_id>/duties/<int:duty_id>/evidence", duties.log, name="log_evidence"),
    path(
        "contracts/<int:contract_id>/duties/<int:duty_id>/early/<str:key>",
        duties.early,
        name="confirm_early",
    ),
    path(
        "contracts/<int:contract_id>/duties/<int:duty_id>/reading",
        readings.choose_reading,
        name="choose_reading",
    ),
    path("contracts/<int:contract_id>/duties/<int:duty_id>/no-miss", no_miss.accept, name="accept_no_miss"),
    path("contracts/<int:contract_id>/evidence/<int:evidence_id>/decide", duties.decide, name="decide"),
    path(
        "contracts/<int:contract_id>/evidence/<int:evidence_id>/file",
        duties.evidence_file,
        name="evidence_file",
    ),
    path("contracts/<int:contract_id>/paragraphs/<path:citation>", paragraphs.paragraph, name="paragraph"),
    path("contracts/<int:contract_id>/versions", versions.versions, name="versions"),
    path("contracts/<int:contract_id>/versions/<int:offer_id>", versions.offer, name="offer"),
    path(
        "contracts/<int:contract_id>/versions/<int:offer_id>/work-out",
        versions.work_out,
        name="offer_work_out",
    ),
    path("contracts/<int:contract_id>/variations/new", drafting.draft_variation, name="draft_variation"),
    path("contracts/<int:contract_id>/variations/<int:variation_id>/paper", paper.paper, name="signed_paper"),
    path("contracts/<int:contract_id>/variations/<int:variation_id>", variations.variation, name="variation"),
    path(
        "contracts/<int:contract_id>/variations/<int:variation_id>/sign",
        variations.sign,
        name="sign_variation",
    ),
    path(
        "contracts/<int:contract_id>/variations/<int:variation_id>/impact",
        impact.impact,
        name="variation_impact",
    ),
    path(
        "contracts/<int:contract_id>/variations/<int:variation_id>/readings",
        impact.say_reading,
        name="say_reading",
    ),
    path("contracts/<int:contract_id>/documents/<int:document_id>", documents.document, name="document"),
    path(
        "contracts/<int:contract_id>/documents/<int:document_id>/figures/<path:limit>",
        documents.decide_figure,
        name="decide_figure",
    ),
    path("contracts/<int:contract_id>/entries", entries.entries, name="entries"),
    path(
        "contracts/<int:contract_id>/entries/<int:paragraph_id>",
        entries.entry_paragraph,
        name="entry_paragraph",
    ),
    path(
        "contracts/<int:contract_id>/entries/<int:paragraph_id>/accept",
        entries.entry_accept,
        name="entry_accept",
    ),
    path(
        "contracts/<int:contract_id>/entries/<int:paragraph_id>/nothing",
        entries.entry_nothing,
        name="entry_nothing",
    ),
    path(
        "contracts/<int:contract_id>/entries/<int:paragraph_id>/later", entries.entry_skip, name="entry_skip"
    ),
    path(
        "contracts/<int:contract_id>/entries/<int:paragraph_id>/opinion",
        entries.entry_opinion,
        name="entry_opinion",
    ),
    path(
        "contracts/<int:contract_id>/entries/<int:paragraph_id>/edit",
        correcting.entry_edit,
        name="entry_edit",
    ),
    path(
        "contracts/<int:contract_id>/schedules/<int:schedule_id>/accept-many",
        many.entries_many,
        name="entries_many",
    ),
    path(
        "contracts/<int:contract_id>/schedules/<int:schedule_id>/in-force",
        in_force.entries_in_force,
        name="entries_in_force",
    ),
    path(
        "contracts/<int:contract_id>/schedules/<int:schedule_id>/keep-template",
        using_templates.keep,
        name="keep_template",
    ),
    path(
        "contracts/<int:contract_id>/schedules/<int:schedule_id>/use-template",
        using_templates.use,
        name="use_template",
    ),
    path("organisations/<int:organisation_id>/standards", standards.standards, name="standards"),
    path("organisations/<int:organisation_id>/standards/<slug:topic>", standards.standard, name="standard"),
    path("organisations/<int:organisation_id>/record-once", once.recorded, name="recorded_once"),
    path("organisations/<int:organisation_id>/record-once/<slug:way>", once.record, name="record_once"),
    path("organisations/<int:organisation_id>/templates", templates.templates, name="templates"),
    path(
        "organisations/<int:organisation_id>/templates/import",
        templates.template_import,
        name="template_import",
    ),
    path(
        "organisations/<int:organisation_id>/templates/<int:template_id>",
        templates.template,
        name="template",
    ),
    path(
        "organisations/<int:organisation_id>/templates/<int:template_id>/export",
        templates.template_export,
        name="template_export",
    ),
    path(
        "organisations/<int:organisation_id>/templates/<int:template_id>/retire",
        templates.template_retire,
        name="template_retire",
    ),
    path("contracts/<int:contract_id>/settings", settings.settings_page, name="settings"),
    path("contracts/<int:contract_id>/settings/<slug:setting>", settings.setting_page, name="setting"),
    path("contracts/<int:contract_id>/questions", questions.questions, name="questions"),
    path("contracts/<int:contract_id>/questions/<slug:question>", questions.question_page, name="question"),
    path("contracts/<int:contract_id>/as-at", as_at.as_at, name="as_at"),
    path("what-if", what_if.what_if, name="what_if"),
    path("exploited", exploits.exploit_lists, name="exploit_lists"),
    path("holidays", holidays.holidays_page, name="holidays"),
    path("holidays/upload", holidays.upload, name="holiday_upload"),
    path("holidays/add", holidays.add, name="holiday_add"),
    path("holidays/<int:change_id>", holidays.change, name="holiday_change"),
    path("holidays/<int:change_id>/apply", holidays.apply, name="holiday_apply"),
    path("holidays/<int:change_id>/preview", holidays.preview_again, name="holiday_preview_again"),
    path("holidays/<int:change_id>/try-again", holidays.try_again, name="holiday_try_again"),
    path("holidays/<int:change_id>/withdraw", holidays.withdraw, name="holiday_withdraw"),
    path("inbox", inbox.inbox, name="inbox"),
    path("inbox/read", inbox.read_all, name="read_messages"),
    path("inbox/<int:notice_id>/read", inbox.read, name="read_message"),
    path("account/calendar", calendar_feed.calendar, name="calendar"),
    path("account/calendar/new", calendar_feed.new, name="new_calendar"),
    path("account/calendar/end", calendar_feed.end, name="end_calendar"),
    path("feed/<str:key>/duly.ics", calendar_feed.calendar_file, name="calendar_file"),
    *subjects.addresses("pages"),
    path("contracts/<int:contract_id>/ledger", ledger.ledger, name="ledger"),
    path("contracts/<int:contract_id>/ledger/mail", ledger.ledger_mail, name="ledger_mail"),
    path("contracts/<int:contract_id>/ledger.csv", ledger.ledger_csv, name="ledger_csv"),
    path("contracts/<int:contract_id>/ledger.json", ledger.ledger_json, name="ledger_json"),
]
