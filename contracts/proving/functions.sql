-- What numbers, hashes and proves what is written. Run by the owner at every migrate; safe to repeat.
-- Every function here runs as the owner, with names and a clock that nobody can slip it.
CREATE SCHEMA IF NOT EXISTS duly;
GRANT USAGE ON SCHEMA duly TO PUBLIC;

-- The write of this transaction (contracts_signedwrite): made when the first row is written that is proved.
CREATE OR REPLACE FUNCTION duly.this_write() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told text := current_setting('duly.write', true);
    here bigint := pg_current_xact_id()::text::bigint;
    made bigint;
BEGIN
    IF told <> '' THEN
        SELECT w.id INTO made FROM public.contracts_signedwrite AS w WHERE w.id = told::bigint AND w.xact = here;
        IF FOUND THEN
            RETURN made;
        END IF;
    END IF;
    INSERT INTO public.contracts_signedwrite (moment, who, xact, heads, origin)
        VALUES (transaction_timestamp(), duly.writer(), here, '{}', '') RETURNING id INTO made;
    PERFORM set_config('duly.write', made::text, true);
    RETURN made;
END $$;
REVOKE EXECUTE ON FUNCTION duly.this_write() FROM PUBLIC;

-- Appends to ledgers of contracts; gives the keys of the entries, in the order they came. `entries`: an array of
-- objects with the contract, the subject it is kept to, the verb, the payload as canonical JSON, the hash that the
-- application worked out, and its signature of that hash. Where the hash made here is another, the ledger has moved
-- on, and nothing is written.
-- What is hashed is JSON with sorted keys and no spaces, as contracts/services/canonical.py writes it.
CREATE OR REPLACE FUNCTION duly.append_to_ledger(at timestamptz, by_id bigint, by_name text, entries json)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
    one record;
    contract bigint;
    kept text;
    number integer;
    previous text;
    digest text;
    entry bigint;
    write bigint;
    ends jsonb := '{}';
    everything boolean := duly.everything();
    seen bigint[] := duly.contracts();
    actor text := '{"actor":' || coalesce(by_id::text, 'null') || ',"actor_name":' || to_json(by_name)::text
        || ',"contract":';
    moment text := ',"moment":"' || to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00","number":';
BEGIN
    FOR one IN
        SELECT * FROM json_to_recordset(entries)
            AS e(contract bigint, kept_to text, verb text, payload text, hash text, origin text)
    LOOP
        IF (one.contract, one.kept_to) IS DISTINCT FROM (contract, kept) THEN
            IF contract IS NOT NULL THEN
                ends := ends || duly.head(contract, kept, number, digest);
            END IF;
            contract := one.contract;
            kept := one.kept_to;
            IF NOT everything AND NOT contract = ANY (seen) THEN
                RAISE EXCEPTION 'ledger_of_a_contract_that_is_seen: % is no contract of who asks', contract
                    USING ERRCODE = 'insufficient_privilege';
            END IF;
            SELECT e.number, e.hash INTO number, previous FROM public.contracts_ledgerentry AS e
                WHERE e.contract_id = contract AND e.kept_to = kept ORDER BY e.number DESC LIMIT 1;
            IF NOT FOUND THEN
                number := 0;
                previous := '';
            END IF;
        END IF;
        number := number + 1;
        digest := encode(sha256(convert_to(
            actor || contract
            || CASE WHEN kept = '' THEN '' ELSE ',"kept_to":' || to_json(kept)::text END
            || moment || number || ',"payload":' || one.payload || ',"previous":"' || previous
            || '","verb":' || to_json(one.verb)::text || '}', 'UTF8')), 'hex');
        IF digest IS DISTINCT FROM one.hash THEN
            RAISE EXCEPTION 'ledger_hash_agrees: entry % of contract % was worked out from another end of its ledger',
                number, contract USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        INSERT INTO public.contracts_ledgerentry (contract_id, kept_to, number, moment, actor_id, actor_name,
            verb, payload, previous_hash, hash, origin)
        VALUES (contract, kept, number, at, by_id, by_name, one.verb, one.payload::jsonb, previous, digest, one.origin)
        RETURNING id INTO entry;
        previous := digest;
        RETURN NEXT entry;
    END LOOP;
    IF contract IS NOT NULL THEN
        ends := ends || duly.head(contract, kept, number, digest);
        write := duly.this_write();
        UPDATE public.contracts_signedwrite AS w SET heads = w.heads || ends WHERE w.id = write;
    END IF;
END $$;

-- The end of a chain of a contract, as contracts_signedwrite keeps it: its name, last number and last hash.
CREATE OR REPLACE FUNCTION duly.head(contract bigint, kept text, number integer, digest text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('contract ' || contract || CASE WHEN kept = '' THEN '' ELSE ' ' || kept END,
        jsonb_build_array(number, digest))
$$;

-- The same for the record of an organisation; without one, that of the installation.
CREATE OR REPLACE FUNCTION duly.append_to_organisation(organisation bigint, at timestamptz, by_id bigint,
    by_name text, verb text, payload text, hash text, origin text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
DECLARE
    number integer;
    previous text;
    digest text;
    entry bigint;
    write bigint;
BEGIN
    SELECT e.number, e.hash INTO number, previous FROM public.contracts_organisationentry AS e
        WHERE e.organisation_id IS NOT DISTINCT FROM append_to_organisation.organisation
        ORDER BY e.number DESC LIMIT 1;
    IF NOT FOUND THEN
        number := 0;
        previous := '';
    END IF;
    number := number + 1;
    digest := encode(sha256(convert_to(
        '{"actor":' || coalesce(by_id::text, 'null') || ',"actor_name":' || to_json(by_name)::text
        || ',"moment":"' || to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00","number":' || number
        || ',"organisation":' || coalesce(organisation::text, 'null') || ',"payload":' || payload
        || ',"previous":"' || previous || '","verb":' || to_json(verb)::text || '}', 'UTF8')), 'hex');
    IF digest IS DISTINCT FROM append_to_organisation.hash THEN
        RAISE EXCEPTION 'ledger_hash_agrees: entry % of organisation % was worked out from another end of its record',
            number, organisation USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO public.contracts_organisationentry (organisation_id, moment, actor_id, actor_name, verb, payload,
        number, previous_hash, hash, origin)
    VALUES (organisation, at, by_id, by_name, verb, payload::jsonb, number, previous, digest, origin)
    RETURNING id INTO entry;
    write := duly.this_write();
    UPDATE public.contracts_signedwrite AS w
        SET heads = w.heads || jsonb_build_object(
            'organisation' || coalesce(' ' || organisation, ''), jsonb_build_array(number, digest))
        WHERE w.id = write;
    RETURN entry;
END $$;

-- What the application signs at the end of a transaction: each write of it, and the SHA-256 of all that it proves.
CREATE OR REPLACE FUNCTION duly.to_sign() RETURNS TABLE (id bigint, content text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' SET DateStyle = 'ISO, YMD' AS $$
BEGIN
    RETURN QUERY
        SELECT w.id, duly.content_of(w) FROM public.contracts_signedwrite AS w
        WHERE w.id = nullif(current_setting('duly.write', true), '')::bigint
            AND w.xact = pg_current_xact_id_if_assigned()::text::bigint;
END $$;

CREATE OR REPLACE FUNCTION duly.sign(write bigint, origin text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.contracts_signedwrite AS w SET origin = sign.origin
        WHERE w.id = sign.write AND w.xact = pg_current_xact_id_if_assigned()::text::bigint;
END $$;

-- All that a write is signed for: when, who, the ends of the ledgers, and the SHA-256 of its proofs in their order.
CREATE OR REPLACE FUNCTION duly.content_of(w public.contracts_signedwrite) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT ROW(w.id, w.moment, w.who, w.heads)::text || E'\n' || coalesce(encode(sha256(string_agg(sha256(convert_to(
        ROW(p.id, p.table_name, p.row, p.contract_id, p.version, encode(p.digest, 'hex'), p.deleted)::text,
        'UTF8')), ''::bytea ORDER BY p.id)), 'hex'), '')
    FROM public.contracts_rowproof AS p WHERE p.write_id = w.id
$$;
REVOKE EXECUTE ON FUNCTION duly.content_of(public.contracts_signedwrite) FROM PUBLIC;

-- Refuses to commit a write that the application has not signed.
CREATE OR REPLACE FUNCTION duly.must_be_signed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM public.contracts_signedwrite AS w WHERE w.id = NEW.id AND w.origin = '') THEN
        RAISE EXCEPTION 'write_is_signed: what this transaction wrote was not signed by the application'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'public.contracts_signedwrite'::regclass
            AND tgname = 'write_is_signed') THEN
        CREATE CONSTRAINT TRIGGER write_is_signed AFTER INSERT ON public.contracts_signedwrite
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION duly.must_be_signed();
    END IF;
END $$;

-- The key of a protected row never changes: its proofs go by it.
CREATE OR REPLACE FUNCTION duly.key_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'row_keeps_its_number: % is protected; a row of it keeps its key', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- A number in the place of somebody's name in an entry of an organisation, for good. What the entry says from now on is
-- proved as a row is, so that the write, and the seal over it, has it: a signature of the entry alone could be made later.
CREATE OR REPLACE FUNCTION duly.replace_in_entry(entry bigint, actor_name text, payload text, replaced text)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('pgtrigger.ignore',
        ARRAY(SELECT tgname::text FROM pg_trigger WHERE NOT tgisinternal)::text, true);
    UPDATE public.contracts_organisationentry AS e SET actor_name = replace_in_entry.actor_name,
        payload = replace_in_entry.payload::jsonb, replaced = replace_in_entry.replaced WHERE e.id = entry;
    PERFORM set_config('pgtrigger.ignore', '', true);
    INSERT INTO public.contracts_rowproof (write_id, table_name, row, version, digest, deleted)
        VALUES (duly.this_write(), 'contracts_organisationentry', entry, 1,
            sha256(convert_to(replace_in_entry.actor_name || E'\n' || replace_in_entry.payload, 'UTF8')), false);
END $$;

-- Who writes: "person 7" or "job notices", as row-level security verified it. Whoever has not said who they are, as
-- somebody at the database's own prompt, writes no protected row.
CREATE OR REPLACE FUNCTION duly.writer() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    asking text[] := duly.asking();
BEGIN
    IF asking IS NULL THEN
        RAISE EXCEPTION 'written_by_somebody: nobody has said who asks, so nothing is written (docs/ledger.md)'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN left(asking[1] || ' ' || asking[2], 200);
END $$;
REVOKE EXECUTE ON FUNCTION duly.writer() FROM PUBLIC;

-- The end of the record of an organisation, or of the installation: the last number and hash. Whoever records
-- something there need not see what is on it.
CREATE OR REPLACE FUNCTION duly.end_of_organisation(organisation bigint) RETURNS TABLE (number integer, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.number, e.hash FROM public.contracts_organisationentry AS e
    WHERE e.organisation_id IS NOT DISTINCT FROM end_of_organisation.organisation ORDER BY e.number DESC LIMIT 1
$$;
