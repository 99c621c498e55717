-- What queries ask for. Made anew after every change of the schema, which views of its columns would hinder.

DROP VIEW IF EXISTS tee_rex_ticket_states, tee_rex_prover_loads, tee_rex_open_provers, tee_rex_usual;

CREATE VIEW tee_rex_ticket_states AS
SELECT t.job, t.key, t.nonce, t.proof, t.sent, t.outcome, j.status::text AS status, j.queue_name, j.worker_id,
    j.attempts
FROM tee_rex_tickets t JOIN procrastinate_jobs j ON j.id = t.job;

-- held: slots that tickets hold.
CREATE VIEW tee_rex_prover_loads AS
SELECT p.*, (SELECT count(*) FROM procrastinate_jobs WHERE worker_id = p.worker AND status = 'doing') AS held
FROM tee_rex_provers p;

CREATE VIEW tee_rex_open_provers AS
SELECT worker, queues, held::float8 / slots AS load FROM tee_rex_prover_loads
WHERE accepting AND (shunned IS NULL OR shunned < clock_timestamp()) AND slots > held + others;

-- What the last proofs took, in seconds.
CREATE VIEW tee_rex_usual AS
SELECT avg(extract(epoch FROM ended - sent))::float8 AS seconds FROM (
    SELECT ended, sent FROM tee_rex_tickets WHERE ended IS NOT NULL AND outcome = 'done'
    ORDER BY ended DESC LIMIT 20) AS newest;

-- Whether the clock was not changed since now was expected of it, in seconds of Unix time; NULL: unknown.
CREATE OR REPLACE FUNCTION tee_rex_clock_says(now float8) RETURNS boolean LANGUAGE sql VOLATILE AS
    'SELECT coalesce(abs(extract(epoch FROM clock_timestamp()) - now) < 5, true)';
