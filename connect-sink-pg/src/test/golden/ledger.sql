CREATE TABLE IF NOT EXISTS "millrace_ledger" (
  ledger_id text NOT NULL,
  target text NOT NULL,
  topic text NOT NULL,
  partition integer NOT NULL,
  next bigint NOT NULL,
  epoch bigint NOT NULL,
  last_offset bigint,
  last_timestamp bigint,
  last_key_hash integer,
  committed_at timestamptz,
  state text,
  reason text,
  resync text,
  owner_pid integer,
  owner_started timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (ledger_id, topic, partition, target)
);

UPDATE "millrace_ledger" SET epoch = epoch + 1, state = NULL, reason = NULL, owner_pid = pg_backend_pid(), owner_started = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()), updated_at = now() WHERE ledger_id = 'it''s mine' AND (topic, partition) IN (('p.public.Order''s', 3)) AND target <> '' RETURNING target, topic, partition, next, epoch, last_offset, last_timestamp, last_key_hash;

INSERT INTO "millrace_ledger" AS l (ledger_id, target, topic, partition, next, epoch, owner_pid, owner_started) VALUES ('it''s mine', 'public.Order''s', 'p.public.Order''s', 3, 5, 1, pg_backend_pid(), (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())) ON CONFLICT (ledger_id, topic, partition, target) DO UPDATE SET epoch = l.epoch + 1, owner_pid = pg_backend_pid(), owner_started = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()), updated_at = now() RETURNING target, topic, partition, next, epoch, last_offset, last_timestamp, last_key_hash;

SELECT CASE WHEN count(*) = 1 THEN 0 ELSE ('millrace:fenced:' || count(*))::int END FROM (SELECT 1 FROM "millrace_ledger" l JOIN (VALUES ('public.Order''s', 'p.public.Order''s', 3, 5::bigint, 2::bigint)) v (target, topic, partition, next, epoch) ON l.ledger_id = 'it''s mine' AND l.target = v.target AND l.topic = v.topic AND l.partition = v.partition AND l.next = v.next AND l.epoch = v.epoch ORDER BY l.topic, l.partition, l.target FOR UPDATE OF l) f;

UPDATE "millrace_ledger" l SET next = v.next, last_offset = v.o, last_timestamp = v.ts, last_key_hash = v.h, committed_at = greatest(l.committed_at, v.c), updated_at = now() FROM (VALUES ('public.Order''s', 'p.public.Order''s', 3, 9::bigint, 8::bigint, 1700::bigint, 42, NULL::timestamptz)) v (target, topic, partition, next, o, ts, h, c) WHERE l.ledger_id = 'it''s mine' AND l.target = v.target AND l.topic = v.topic AND l.partition = v.partition;

SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN (SELECT DISTINCT owner_pid, owner_started FROM "millrace_ledger" WHERE ledger_id = 'it''s mine' AND (topic, partition) IN (('p.public.Order''s', 3)) AND target <> '') o ON a.pid = o.owner_pid AND a.backend_start = o.owner_started WHERE a.pid <> pg_backend_pid();

UPDATE "millrace_ledger" SET next = 4, epoch = epoch + 1, last_offset = NULL, last_timestamp = NULL, last_key_hash = NULL, updated_at = now() WHERE ledger_id = 'it''s mine' AND (topic, partition) IN (('p.public.Order''s', 3)) AND target <> '';

DELETE FROM "millrace_ledger" WHERE ledger_id = 'it''s mine' AND (topic, partition) IN (('p.public.Order''s', 3)) AND target <> '';
