-- What a fleet keeps beside procrastinate's tables. A ticket is a job of procrastinate, a prover a worker.

CREATE TABLE tee_rex_schema (
    version integer NOT NULL,
    procrastinate text NOT NULL
);

-- key: SHA-256 of the ticket's id. seen: when somebody last asked for it. sent: when its request began to be
-- sent. proof: the prover's ID of it. outcome: of an ended one.
CREATE TABLE tee_rex_tickets (
    job bigint PRIMARY KEY REFERENCES procrastinate_jobs ON DELETE CASCADE,
    key bytea NOT NULL UNIQUE,
    client text NOT NULL,
    nonce text,
    proof text,
    created timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    ready timestamptz,
    sent timestamptz,
    ended timestamptz,
    outcome text
) WITH (fillfactor = 70);  -- seen changes all the time, and is in no index
CREATE INDEX tee_rex_tickets_client ON tee_rex_tickets (client);
CREATE INDEX tee_rex_tickets_open ON tee_rex_tickets (job) WHERE ended IS NULL;
CREATE INDEX tee_rex_tickets_ended ON tee_rex_tickets (ended) WHERE ended IS NOT NULL;

-- subkey: fingerprint of the key that clients encrypt to. queues: of tickets that it can prove. others: requests there that came without tickets. shunned: until when it gets no tickets.
CREATE TABLE tee_rex_provers (
    worker bigint PRIMARY KEY REFERENCES procrastinate_workers ON DELETE CASCADE,
    name text NOT NULL UNIQUE,
    url text NOT NULL,
    path text NOT NULL,
    public_key text NOT NULL,
    subkey text NOT NULL,
    tee_mode text NOT NULL,
    setups text[] NOT NULL,
    versions text[] NOT NULL,
    bb jsonb NOT NULL,
    queues text[] NOT NULL,
    slots integer NOT NULL,
    others integer NOT NULL DEFAULT 0,
    accepting boolean NOT NULL DEFAULT false,
    shunned timestamptz
);

-- The round of the ticket that was assigned last.
CREATE TABLE tee_rex_rounds (round integer NOT NULL);
INSERT INTO tee_rex_rounds VALUES (0);

CREATE TABLE tee_rex_tokens (
    name text PRIMARY KEY,
    sha256 bytea NOT NULL UNIQUE,
    prover boolean NOT NULL,
    created timestamptz NOT NULL DEFAULT clock_timestamp(),
    used timestamptz
);

-- The Ed25519 key with which a fleet without enclaves vouches for its provers' keys.
CREATE TABLE tee_rex_key (
    one boolean PRIMARY KEY CHECK (one),
    seed bytea NOT NULL
);
