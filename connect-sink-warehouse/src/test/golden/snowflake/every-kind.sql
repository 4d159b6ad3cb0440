PUT 'file:///tmp/rows.avro' '@~/millrace/sink/' AUTO_COMPRESS = FALSE SOURCE_COMPRESSION = NONE OVERWRITE = TRUE;

COPY INTO "WAREHOUSE"."MIRROR"."MILLRACE_STAGE_0" (c0, c1, c2, c3, c4, c5, c6, n, k, l, m)
FROM (SELECT $1:c0::BIGINT, $1:c1::VARCHAR, $1:c2::VARCHAR, $1:c3::BIGINT, $1:c4::VARCHAR, $1:c5::BIGINT, $1:c6::VARCHAR, $1:n::BIGINT, $1:k::BIGINT, $1:l::BIGINT, $1:m::BIGINT FROM '@~/millrace/sink/')
FILES = ('rows.avro') FILE_FORMAT = (TYPE = AVRO TRIM_SPACE = FALSE NULL_IF = ()) ON_ERROR = ABORT_STATEMENT PURGE = TRUE;

INSERT INTO "WAREHOUSE"."MIRROR"."MILLRACE_STAGE_0" (c0, c1, c2, c3, c4, c5, c6, n, k, l, m) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

BEGIN;

UPDATE "WAREHOUSE"."MIRROR"."MILLRACE_LEDGER_B760473C" SET next = v.upto, last_offset = v.o, last_timestamp = v.ts, last_key_hash = v.h, committed_at = v.committed, updated_at = CURRENT_TIMESTAMP()
FROM (SELECT 'shop.orders' AS v_target, 'it''s.shop.orders' AS v_topic, 3 AS v_part, 5 AS since, 9 AS upto, 2 AS owner, 8 AS o, 1700 AS ts, 42 AS h, TO_TIMESTAMP_TZ(1700000, 6) AS committed) AS v
WHERE ledger_id = 'it''s mine' AND target = v.v_target AND topic = v.v_topic AND part = v.v_part AND next = v.since AND epoch = v.owner;

DELETE FROM "WAREHOUSE"."SHOP"."ORDERS";

SELECT s.n FROM (SELECT n, k, l, TO_TIMESTAMP_TZ(m, 6) AS m_at, CAST(c0 AS NUMBER(10,0)) AS v0, c1 AS v1, TO_ARRAY(PARSE_JSON(c2)) AS v2, CAST(TO_TIMESTAMP_NTZ(c3, 6) AS TIMESTAMP_NTZ(9)) AS v3, TO_BINARY(c4, 'HEX') AS v4, DATE '1970-01-01' + CAST(c5 AS INTEGER) AS v5, CAST(c6 AS FLOAT) AS v6 FROM "WAREHOUSE"."MIRROR"."MILLRACE_STAGE_0") AS s LEFT JOIN "WAREHOUSE"."SHOP"."ORDERS" AS t ON t."ID" = s.v0 WHERE BITAND(s.k, 4) <> 0 AND BITAND(s.k, 8) = 0 AND t."ID" IS NULL ORDER BY s.n LIMIT 100;

MERGE INTO "WAREHOUSE"."SHOP"."ORDERS" AS t
USING (SELECT n, k, l, TO_TIMESTAMP_TZ(m, 6) AS m_at, CAST(c0 AS NUMBER(10,0)) AS v0, c1 AS v1, TO_ARRAY(PARSE_JSON(c2)) AS v2, CAST(TO_TIMESTAMP_NTZ(c3, 6) AS TIMESTAMP_NTZ(9)) AS v3, TO_BINARY(c4, 'HEX') AS v4, DATE '1970-01-01' + CAST(c5 AS INTEGER) AS v5, CAST(c6 AS FLOAT) AS v6 FROM "WAREHOUSE"."MIRROR"."MILLRACE_STAGE_0") AS s
ON t."ID" = s.v0
WHEN MATCHED AND BITAND(s.k, 1) <> 0 THEN DELETE
WHEN MATCHED THEN UPDATE SET "SELECT" = CASE WHEN s.l IN (0, 1) THEN s.v1 ELSE t."SELECT" END, "TAGS" = CASE WHEN s.l IN (0, 3) THEN s.v2 ELSE t."TAGS" END, "AT" = CASE WHEN s.l IN (0, 1) THEN s.v3 ELSE t."AT" END, "RAW" = CASE WHEN s.l IN (0) THEN s.v4 ELSE t."RAW" END, "DAY" = CASE WHEN s.l IN (0) THEN s.v5 ELSE t."DAY" END, "SIZE" = CASE WHEN s.l IN (0) THEN s.v6 ELSE t."SIZE" END, "GONE" = BITAND(s.k, 48) <> 0, "GONE_AT" = s.m_at, "SYNCED_AT" = CURRENT_TIMESTAMP()
WHEN NOT MATCHED AND BITAND(s.k, 2) <> 0 AND s.l = 0 THEN INSERT ("ID", "SELECT", "TAGS", "AT", "RAW", "DAY", "SIZE", "GONE", "GONE_AT", "SYNCED_AT") VALUES (s.v0, s.v1, s.v2, s.v3, s.v4, s.v5, s.v6, BITAND(s.k, 48) <> 0, s.m_at, CURRENT_TIMESTAMP())
WHEN NOT MATCHED AND BITAND(s.k, 2) <> 0 AND s.l = 1 THEN INSERT ("ID", "SELECT", "AT", "GONE", "GONE_AT", "SYNCED_AT") VALUES (s.v0, s.v1, s.v3, BITAND(s.k, 48) <> 0, s.m_at, CURRENT_TIMESTAMP());

COMMIT;
