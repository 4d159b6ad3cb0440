package io.millrace.sink.pg;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Generations.Generation;
import io.millrace.sink.value.JsonText;
import java.util.Collection;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * The statements on the table that remembers generations: one row a connector, target table and generation. Pure.
 *
 * <p>A row is open, then ended, then done; or superseded, or aborted. {@code offsets} holds by topic/partition the last
 * offset of the generation's rows, and under an empty key how many rows the source has told that there are. {@code moved} and {@code swept} are the pages that a sweep has behind it, of the copy and
 * of the target.
 */
record GenerationLog(String table, Ledger ledger) {
    String create() {
        return "CREATE TABLE IF NOT EXISTS " + table + " (\n"
                + "  ledger_id text NOT NULL,\n  target text NOT NULL,\n  generation text NOT NULL,\n  ord bigint NOT NULL,\n"
                + "  staging text NOT NULL,\n  state text NOT NULL,\n  offsets jsonb NOT NULL DEFAULT '{}',\n"
                + "  moved bigint NOT NULL DEFAULT 0,\n  swept bigint NOT NULL DEFAULT 0,\n"
                + "  updated_at timestamptz NOT NULL DEFAULT now(),\n  PRIMARY KEY (ledger_id, target, generation)\n)";
    }

    String state(Generation generation) {
        return "SELECT state FROM " + table + " WHERE " + is(generation);
    }

    /** What to do about a manifest, to be run in one transaction. The order that was told first is the generation's. */
    String tell(Generation generation, Manifest manifest) {
        String mine = of(generation);
        String row = "INSERT INTO " + table
                + " (ledger_id, target, generation, ord, staging, state) SELECT "
                + Sql.text(ledger.id()) + ", " + Sql.text(generation.target().toString()) + ", "
                + Sql.text(generation.id()) + ", " + manifest.order() + ", "
                + Sql.text(Sql.table(generation.staging())) + ", CASE WHEN EXISTS (SELECT 1 FROM " + table + " WHERE "
                + mine + " AND ord > " + manifest.order() + " AND state <> 'aborted') THEN 'superseded' ELSE 'open' END"
                + " ON CONFLICT (ledger_id, target, generation) DO NOTHING";
        // Not one that is replacing the table just now: it will have, or be superseded when this one does.
        String older = "UPDATE " + table + " SET state = 'superseded', updated_at = now() WHERE " + mine
                + " AND generation IN (SELECT generation FROM " + table + " WHERE " + mine
                + " AND ord < (SELECT ord FROM "
                + table + " WHERE " + is(generation) + ") AND state IN ('open', 'ended') FOR UPDATE SKIP LOCKED)";
        String change =
                switch (manifest.kind()) {
                    case BEGIN -> "";
                    case OFFSETS -> offsets(generation, manifest, "open");
                    case END -> offsets(generation, manifest, "ended");
                    case ABORT ->
                        ";\nUPDATE " + table + " SET state = 'aborted', updated_at = now() WHERE " + is(generation)
                                + " AND state IN ('open', 'ended')";
                };
        return "BEGIN;\n" + row + ";\n" + older + change + ";\nCOMMIT";
    }

    private String offsets(Generation generation, Manifest manifest, String state) {
        // As one literal: the arguments of a function are at most 100.
        var told = new StringJoiner(", ", "{", "}");
        manifest.lastOffsets().forEach((place, offset) -> {
            var name = new StringBuilder();
            JsonText.quote(place.topic() + "/" + place.partition(), name);
            told.add(name + ": " + offset);
        });
        if (manifest.rows() >= 0) {
            told.add("\"\": " + manifest.rows());
        }
        return ";\nUPDATE " + table + " g SET state = '" + state + "', updated_at = now(), offsets = coalesce("
                + "(SELECT jsonb_object_agg(k, v) FROM (SELECT k, max(v::bigint) AS v FROM"
                + " (SELECT * FROM jsonb_each_text(g.offsets) UNION ALL SELECT * FROM jsonb_each_text("
                + Sql.text(told.toString()) + "::jsonb)) AS each (k, v) GROUP BY k) AS most), '{}') WHERE "
                + is(generation)
                + " AND state = 'open'";
    }

    /** Generations all of whose rows are applied, and those that nobody wants and whose rows still lie there. */
    String due() {
        return "SELECT target, generation, staging, state, " + isLost() + " FROM " + table + " g WHERE ledger_id = "
                + Sql.text(ledger.id()) + " AND (" + complete()
                + " OR (state IN ('superseded', 'aborted', 'done') AND to_regclass(staging) IS NOT NULL))"
                + " ORDER BY target, ord";
    }

    /** What {@link io.millrace.sink.sql.AwaitedRows} reads. */
    String awaited() {
        return "SELECT g.target, g.generation, (extract(epoch FROM now() - g.updated_at) * 1000)::bigint,"
                + " regexp_replace(o.key, '/[0-9]+$', ''), substring(o.key FROM '[0-9]+$')::int, o.value::bigint, l.next"
                + " FROM " + table + " g CROSS JOIN LATERAL jsonb_each_text(g.offsets) o LEFT JOIN " + ledger.table()
                + " l ON l.ledger_id = g.ledger_id AND l.target = g.target AND l.topic || '/' || l.partition = o.key"
                + " WHERE g.ledger_id = " + Sql.text(ledger.id())
                + " AND g.state = 'ended' AND o.key <> '' AND coalesce(l.next, 0) <= o.value::bigint ORDER BY g.target, g.ord, 4, 5";
    }

    /** Gives up a generation that is due and whose rows are gone; a row when it was this session that did. */
    String giveUpLost(String target, String generation) {
        return "UPDATE " + table + " SET state = 'aborted', updated_at = now() WHERE ledger_id = "
                + Sql.text(ledger.id()) + " AND target = " + Sql.text(target) + " AND generation = "
                + Sql.text(generation) + " AND state = 'ended' AND " + isLost() + " RETURNING 1";
    }

    /**
     * Gives up a generation with more rows than the source has told of, where nothing tells them apart: the place where they
     * are has no key. A row with both numbers then.
     */
    String giveUpDoubled(String target, String generation, String staging) {
        return "UPDATE " + table + " g SET state = 'aborted', updated_at = now() FROM (SELECT count(*) AS rows FROM "
                + staging + ") n WHERE ledger_id = " + Sql.text(ledger.id()) + " AND target = " + Sql.text(target)
                + " AND generation = " + Sql.text(generation)
                + " AND n.rows > (g.offsets ->> '')::bigint RETURNING n.rows || ' rows instead of ' || (g.offsets ->> '')";
    }

    private static String isLost() {
        return "(to_regclass(staging) IS NULL AND offsets - ''::text <> '{}')";
    }

    /**
     * Gives up generations of which nothing has come for this long: this connector's, unless their tables wait, and those
     * of connectors that the ledger knows nothing of any more. Another one may be stopped, and have a longer patience.
     */
    String abandon(long millis) {
        String old = " < now() - " + millis + " * interval '1 ms'";
        return "UPDATE " + table + " g SET state = 'aborted', updated_at = now() WHERE state IN ('open', 'ended')"
                + " AND updated_at" + old + " AND NOT EXISTS (SELECT 1 FROM " + ledger.table()
                + " l WHERE l.ledger_id = g.ledger_id AND (g.ledger_id <> " + Sql.text(ledger.id())
                + " OR l.target = g.target AND (l.state IS NOT NULL OR NOT l.updated_at" + old
                + "))) RETURNING generation || ' of table ' || target || ' by the connector with the ledger id ' || ledger_id";
    }

    /** What marks the table that a copy is gathered in, before the time in milliseconds since 1970. */
    String mark() {
        return "millrace copy, " + ledger.table() + ", ";
    }

    /** What other connectors have left, and tables with this mark that no generation knows and that are older than this. */
    String strays(long millis) {
        return "SELECT staging FROM " + table + " WHERE ledger_id <> " + Sql.text(ledger.id())
                + " AND state IN ('superseded', 'aborted', 'done') AND to_regclass(staging) IS NOT NULL"
                + " UNION SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " JOIN pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0"
                + " WHERE c.relname LIKE 'millrace\\_gen\\_%' AND c.relkind IN ('r', 'p') AND starts_with(d.description, "
                + Sql.text(mark()) + ") AND substr(d.description, " + (mark().length() + 1)
                + ")::bigint < extract(epoch FROM now()) * 1000 - " + millis
                + " AND NOT EXISTS (SELECT 1 FROM " + table
                + " g WHERE to_regclass(g.staging) = c.oid)";
    }

    /** Locks a generation that is to replace its table and tells how far a sweep is; no row when it is not, or in hand. */
    String lockPosition(String target, String generation) {
        return lock("moved, swept", target, generation);
    }

    String position(String target, String generation, long moved, long swept) {
        return "UPDATE " + table + " SET moved = " + moved + ", swept = " + swept
                + ", updated_at = now() WHERE ledger_id = " + Sql.text(ledger.id()) + " AND target = "
                + Sql.text(target) + " AND generation = " + Sql.text(generation);
    }

    /** A row for a generation that is to replace its table, whoever is at it. */
    String isComplete(String target, String generation) {
        return complete("1", target, generation);
    }

    /** Locks a generation that is to replace its table; no row when another task has been first, or is at it. */
    String lock(String target, String generation) {
        return lock("1", target, generation);
    }

    private String lock(String columns, String target, String generation) {
        return complete(columns, target, generation) + " FOR UPDATE OF g SKIP LOCKED";
    }

    private String complete(String columns, String target, String generation) {
        return "SELECT " + columns + " FROM " + table + " g WHERE ledger_id = " + Sql.text(ledger.id())
                + " AND target = "
                + Sql.text(target) + " AND generation = " + Sql.text(generation) + " AND " + complete();
    }

    /** Behind {@link #lock}: older ones of the table are of no use any more. */
    String supersede(String target, String generation) {
        String mine = "ledger_id = " + Sql.text(ledger.id()) + " AND target = " + Sql.text(target);
        return "UPDATE " + table + " SET state = 'superseded', updated_at = now() WHERE " + mine
                + " AND ord < (SELECT ord FROM " + table + " WHERE " + mine + " AND generation = "
                + Sql.text(generation)
                + ") AND state IN ('open', 'ended')";
    }

    String done(String target, String generation) {
        return "UPDATE " + table + " SET state = 'done', updated_at = now() WHERE ledger_id = " + Sql.text(ledger.id())
                + " AND target = " + Sql.text(target) + " AND generation = " + Sql.text(generation);
    }

    /**
     * A row when it is this transaction's turn to replace the table; until it ends nobody else's. Two tables whose names have
     * one hash take turns too, which does no harm.
     */
    String turn(String target) {
        return "SELECT 1 WHERE pg_try_advisory_xact_lock(" + turns() + ", " + of(target) + ")";
    }

    /**
     * Ends sessions whose turn it is to replace the table: those that wait for their client for so long, and predecessors,
     * as {@link Ledger#session} names them, that have lost all their partitions. A row for each.
     */
    String terminate(String target, Collection<String> predecessors, long millis) {
        String known = predecessors.isEmpty()
                ? "FALSE"
                : Ledger.session("a") + " IN ("
                        + predecessors.stream().map(Sql::text).collect(Collectors.joining(", ")) + ")";
        return "SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.pid <> pg_backend_pid()"
                + " AND EXISTS (SELECT 1 FROM pg_locks t WHERE t.pid = a.pid AND t.locktype = 'advisory' AND t.granted"
                + " AND t.objsubid = 2 AND t.database = a.datid AND a.datname = current_database() AND t.classid = ("
                + turns() + ")::oid AND t.objid = (" + of(target) + ")::oid)"
                + " AND (a.state LIKE 'idle in transaction%' AND a.state_change < now() - " + millis
                + " * interval '1 ms' OR " + known + " AND " + ledger.ownsNothing("a") + ")";
    }

    /** A row when another session whose turn it is to replace a table has locked this one. */
    String isReplaced(String relation) {
        return "SELECT 1 FROM pg_locks r JOIN pg_locks t ON t.pid = r.pid WHERE r.locktype = 'relation' AND r.granted"
                + " AND r.relation = to_regclass(" + Sql.text(relation)
                + ") AND r.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                + " AND r.pid <> pg_backend_pid() AND t.locktype = 'advisory' AND t.granted AND t.objsubid = 2"
                + " AND t.database = r.database AND t.classid = (" + turns() + ")::oid";
    }

    private String turns() {
        return "hashtext(" + Sql.text("millrace " + table + " " + ledger.id()) + ")";
    }

    private static String of(String target) {
        return "hashtext(" + Sql.text(target) + ")";
    }

    private String complete() {
        return "(state = 'ended' AND NOT EXISTS (SELECT 1 FROM jsonb_each_text(g.offsets) o WHERE o.key <> '' AND NOT EXISTS (SELECT 1 FROM "
                + ledger.table() + " l WHERE l.ledger_id = g.ledger_id AND l.target = g.target"
                + " AND l.topic || '/' || l.partition = o.key AND l.next > o.value::bigint)))";
    }

    private String of(Generation generation) {
        return "ledger_id = " + Sql.text(ledger.id()) + " AND target = "
                + Sql.text(generation.target().toString());
    }

    private String is(Generation generation) {
        return of(generation) + " AND generation = " + Sql.text(generation.id());
    }
}
