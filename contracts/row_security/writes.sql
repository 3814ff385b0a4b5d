-- What only certain services write. Run by the owner at every migrate; safe to repeat.

-- Refuses a write that is not of the job named first (``asking.job``), nor of one about everything: what a
-- request of a person writes by itself is refused, whatever its statement says. The owner's own hand is free.
CREATE OR REPLACE FUNCTION duly.only_by() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asking text[] := duly.asking();
BEGIN
    IF NOT pg_has_role(current_user, (SELECT c.relowner FROM pg_catalog.pg_class AS c WHERE c.oid = TG_RELID), 'USAGE')
       AND NOT coalesce(
           asking[1] = 'job' AND (asking[2] = TG_ARGV[0] OR (asking[3] = '' AND asking[2] <> 'sign-in')), false
       ) THEN
        RAISE EXCEPTION 'only "%" writes this: %', TG_ARGV[0], TG_ARGV[1]
            USING ERRCODE = 'insufficient_privilege', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    IF TG_LEVEL = 'STATEMENT' THEN
        RETURN NULL;
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

-- Our triggers can be told to look away by a setting, which any statement may set: from now on by the owner's
-- alone, as the function that erases a contract is. Migrations put the package's own again; so does this.
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    RETURN pg_has_role(
        current_user, (SELECT c.relowner FROM pg_catalog.pg_class AS c WHERE c.oid = 'public.contracts_contract'::regclass), 'USAGE'
    ) AND coalesce(
        trigger_name = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false
    );
END $$;
