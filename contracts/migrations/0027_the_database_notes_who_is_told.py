"""Where other people may be told is noted by functions that run as the owner, so that nobody else writes it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION public.duly_told_from(contract bigint, from_day date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF pg_trigger_depth() = 0 THEN
        RAISE EXCEPTION 'only triggers note who is told' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO public.contracts_audiencechange (contract_id, from_day) VALUES (contract, from_day);
END $$;

CREATE FUNCTION public.duly_person_is_told(person bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM public.duly_told_from(one.contract_id, one.from_day)
    FROM public.contracts_membership AS one WHERE one.person_id = person;
END $$;
"""
NO_FUNCTIONS = """
DROP FUNCTION public.duly_person_is_told(bigint);
DROP FUNCTION public.duly_told_from(bigint, date);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0026_triggers_name_the_schema'),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        pgtrigger.migrations.RemoveTrigger(
            model_name='distributionlist',
            name='distribution_list_lifted_changes_who_is_told',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='listedperson',
            name='listed_person_changes_who_is_told',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='membership',
            name='membership_changes_who_is_told',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='person',
            name='person_opened_again_changes_who_is_told',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='distributionlist',
            trigger=pgtrigger.compiler.Trigger(name='distribution_list_lifted_changes_who_is_told', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL)', func="PERFORM public.duly_told_from(NEW.contract_id, (NEW.lifted_at AT TIME ZONE 'Europe/London')::date); RETURN NULL;", hash='e38a1dd7079427da881f226fa351a9856bb2299d', operation='UPDATE', pgid='pgtrigger_distribution_list_lifted_changes_who_is_told_16701', table='contracts_distributionlist', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='listedperson',
            trigger=pgtrigger.compiler.Trigger(name='listed_person_changes_who_is_told', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM public.duly_told_from(NEW.contract_id, (NEW.added_at AT TIME ZONE 'Europe/London')::date); RETURN NULL;", hash='44771215e824d53b72bef56792d23ea6156bd5a9', operation='INSERT', pgid='pgtrigger_listed_person_changes_who_is_told_f25f3', table='contracts_listedperson', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='membership_changes_who_is_told', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM public.duly_told_from(NEW.contract_id, NEW.from_day); RETURN NULL;', hash='34ec43b61db588635d725ab8ebcd43c708ffb78d', operation='INSERT OR UPDATE', pgid='pgtrigger_membership_changes_who_is_told_fe3e8', table='contracts_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='person_opened_again_changes_who_is_told', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT OLD.is_active AND NEW.is_active)', func='PERFORM public.duly_person_is_told(NEW.id); RETURN NULL;', hash='752ac8acc3e7cc4267f77ba935d96bead7f5bb74', operation='UPDATE', pgid='pgtrigger_person_opened_again_changes_who_is_told_c45b3', table='contracts_person', when='AFTER')),
        ),
    ]
