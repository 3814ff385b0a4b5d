-- Who is asking, as the database itself verifies it. Run by the owner at every migrate; safe to repeat.
-- The application's role may call these functions and read nothing else of the schema.
CREATE SCHEMA IF NOT EXISTS duly;
GRANT USAGE ON SCHEMA duly TO PUBLIC;

-- The key of tokens, as the two blocks that HMAC-SHA256 begins with (RFC 2104). Nobody but the owner reads it.
CREATE TABLE IF NOT EXISTS duly.secret (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    inner_block bytea NOT NULL CHECK (length(inner_block) = 64),
    outer_block bytea NOT NULL CHECK (length(outer_block) = 64)
);
REVOKE ALL ON duly.secret FROM PUBLIC;

-- Who asks: kind, who, contracts, London day. Null where nobody does, or the token is not of this transaction.
CREATE OR REPLACE FUNCTION duly.asking() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    token text := current_setting('duly.asking', true);
    parts text[];
    says bytea;
    proof bytea;
BEGIN
    IF token IS NULL OR token = '' THEN
        RETURN NULL;
    END IF;
    parts := string_to_array(token, '|');
    IF cardinality(parts) <> 7
       OR parts[5] <> pg_backend_pid()::text
       OR parts[6] <> (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint::text THEN
        RETURN NULL;
    END IF;
    says := convert_to(array_to_string(parts[1:6], '|'), 'UTF8');
    SELECT sha256(s.outer_block || sha256(s.inner_block || says)) INTO proof FROM duly.secret AS s;
    -- Compared by their hashes, so that the time it takes tells nothing of how much of a guess was right.
    IF proof IS NULL OR sha256(convert_to(encode(proof, 'hex'), 'UTF8')) <> sha256(convert_to(parts[7], 'UTF8')) THEN
        RETURN NULL;
    END IF;
    RETURN parts[1:4];
END $$;

-- Whether a job about everything asks.
CREATE OR REPLACE FUNCTION duly.everything() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asking text[] := duly.asking();
BEGIN
    RETURN coalesce(asking[1] = 'job' AND asking[2] <> 'sign-in' AND asking[3] = '', false);
END $$;

-- Whether a request asks in which nobody is signed in yet.
CREATE OR REPLACE FUNCTION duly.signing_in() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asking text[] := duly.asking();
BEGIN
    RETURN coalesce(asking[1] = 'job' AND asking[2] = 'sign-in', false);
END $$;

-- The number of the person who asks, null for a job. Who has left asks for nothing.
CREATE OR REPLACE FUNCTION duly.person() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asking text[] := duly.asking();
BEGIN
    IF asking[1] IN ('person', 'back_room') THEN
        RETURN (SELECT p.id FROM public.contracts_person AS p WHERE p.id = asking[2]::bigint AND p.is_active
                AND (p.ends_on IS NULL OR p.ends_on >= asking[4]::date));
    END IF;
    RETURN NULL;
END $$;

-- Whether an administrator of the system asks: for people and organisations, not for contracts.
CREATE OR REPLACE FUNCTION duly.staff() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me bigint := duly.person();
BEGIN
    RETURN me IS NOT NULL AND EXISTS (SELECT FROM public.contracts_person AS p WHERE p.id = me AND p.is_staff);
END $$;

-- The contracts that who asks sees all of: those of a job, or whose lock is held in this transaction.
CREATE OR REPLACE FUNCTION duly.whole() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asking text[] := duly.asking();
BEGIN
    RETURN coalesce(string_to_array(nullif(asking[3], ''), ',')::bigint[], '{}');
END $$;

-- The contracts that who asks sees: those a person is a member of on this London day, and the whole ones.
CREATE OR REPLACE FUNCTION duly.contracts() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asking text[] := duly.asking();
    me bigint := duly.person();
BEGIN
    IF asking[1] = 'back_room' AND duly.staff() THEN
        RETURN ARRAY(SELECT c.id FROM public.contracts_contract AS c);
    END IF;
    RETURN coalesce(string_to_array(nullif(asking[3], ''), ',')::bigint[], '{}') || ARRAY(
        SELECT m.contract_id FROM public.contracts_membership AS m
        WHERE m.person_id = me AND m.from_day <= asking[4]::date
          AND (m.to_day IS NULL OR m.to_day >= asking[4]::date)
    );
END $$;

-- Of what is kept to a distribution list, as "contract/subject": what who asks is listed for, and what was lifted.
CREATE OR REPLACE FUNCTION duly.shown() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me bigint := duly.person();
    seen bigint[] := duly.contracts();
BEGIN
    RETURN ARRAY(
        SELECT l.contract_id || '/' || l.subject FROM public.contracts_distributionlist AS l
        WHERE l.contract_id = ANY (seen) AND (l.lifted_at IS NOT NULL OR EXISTS (
            SELECT FROM public.contracts_listedperson AS p
            WHERE p.distribution_list_id = l.id AND p.person_id = me AND p.removed_at IS NULL))
    );
END $$;

-- On which side who asks is, as "contract/side": of the contracts a person is a member of on this London day.
CREATE OR REPLACE FUNCTION duly.sides() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asking text[] := duly.asking();
    me bigint := duly.person();
BEGIN
    RETURN ARRAY(
        SELECT m.contract_id || '/' || m.side FROM public.contracts_membership AS m
        WHERE m.person_id = me AND m.from_day <= asking[4]::date
          AND (m.to_day IS NULL OR m.to_day >= asking[4]::date)
    );
END $$;

-- The organisations that who asks administers on this London day.
CREATE OR REPLACE FUNCTION duly.administered() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asking text[] := duly.asking();
    me bigint := duly.person();
BEGIN
    RETURN ARRAY(
        SELECT a.organisation_id FROM public.contracts_organisationadministrator AS a
        WHERE a.person_id = me AND a.from_day <= asking[4]::date
          AND (a.to_day IS NULL OR a.to_day >= asking[4]::date)
    );
END $$;

-- The organisations whose people and practice who asks sees: their own, and those they administer on this day.
CREATE OR REPLACE FUNCTION duly.organisations() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me bigint := duly.person();
BEGIN
    RETURN duly.administered() || ARRAY(
        SELECT p.organisation_id FROM public.contracts_person AS p
        WHERE p.id = me AND p.organisation_id IS NOT NULL
    );
END $$;

-- The organisations that are parties to contracts of who asks, or were to one that was erased.
CREATE OR REPLACE FUNCTION duly.parties() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    seen bigint[] := duly.contracts();
    theirs bigint[] := duly.organisations();
BEGIN
    RETURN ARRAY(
        SELECT unnest(ARRAY[c.authority_id, c.supplier_id]) FROM public.contracts_contract AS c
        WHERE c.id = ANY (seen)
        UNION
        SELECT unnest(ARRAY[e.authority_id, e.supplier_id]) FROM public.contracts_erasurecertificate AS e
        WHERE e.authority_id = ANY (theirs) OR e.supplier_id = ANY (theirs)
    );
END $$;

-- The people who are or were on contracts of who asks: what they did there stays theirs.
CREATE OR REPLACE FUNCTION duly.people() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    seen bigint[] := duly.contracts();
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT m.person_id FROM public.contracts_membership AS m WHERE m.contract_id = ANY (seen)
    );
END $$;
