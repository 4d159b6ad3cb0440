package io.millrace.sink.warehouse.duckdb;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Generations.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The statements on the tables that remember generations: one row a connector, target table and generation, and in the
 * other one the last offsets that were told of it, by topic partition, and without a topic how many rows it has. Pure.
 *
 * <p>A generation is open, then ended, then done; or superseded, or aborted. It is cleared when the table that its rows
 * were gathered in is gone.
 */
record GenerationLog(String table, String offsets, Ledger ledger) {
    List<String> create() {
        return List.of(
                "CREATE TABLE IF NOT EXISTS " + table + " (\n"
                        + "  ledger_id VARCHAR NOT NULL,\n  target VARCHAR NOT NULL,\n  generation VARCHAR NOT NULL,\n"
                        + "  ord BIGINT NOT NULL,\n  state VARCHAR NOT NULL,\n  cleared BOOLEAN NOT NULL DEFAULT false,\n"
                        + "  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,\n"
                        + "  PRIMARY KEY (ledger_id, target, generation)\n)",
                "CREATE TABLE IF NOT EXISTS " + offsets + " (\n"
                        + "  ledger_id VARCHAR NOT NULL,\n  target VARCHAR NOT NULL,\n  generation VARCHAR NOT NULL,\n"
                        + "  topic VARCHAR NOT NULL,\n  \"partition\" INTEGER NOT NULL,\n  last_offset BIGINT NOT NULL\n)");
    }

    String state(Generation generation) {
        return "SELECT state FROM " + table + " WHERE " + is(generation);
    }

    /** What to do about a manifest, to be run in one transaction. The order that was told first is the generation's. */
    List<String> tell(Generation generation, Manifest manifest) {
        String mine = "ledger_id = " + Sql.text(ledger.id()) + " AND target = "
                + Sql.text(generation.target().toString());
        List<String> statements = new ArrayList<>();
        statements.add("INSERT INTO " + table + " (ledger_id, target, generation, ord, state, updated_at) SELECT "
                + feed(generation) + ", " + manifest.order() + ", CASE WHEN EXISTS (SELECT 1 FROM " + table + " WHERE "
                + mine + " AND ord > " + manifest.order()
                + " AND state <> 'aborted') THEN 'superseded' ELSE 'open' END, now() WHERE NOT EXISTS (SELECT 1 FROM "
                + table + " WHERE " + is(generation) + ")");
        statements.add("UPDATE " + table + " SET state = 'superseded', updated_at = now() WHERE " + mine
                + " AND ord < (SELECT ord FROM " + table + " WHERE " + is(generation)
                + ") AND state IN ('open', 'ended')");
        if (!manifest.lastOffsets().isEmpty() || manifest.rows() >= 0) {
            statements.add(offsets(generation, manifest));
        }
        if (manifest.kind() == Manifest.Kind.END) {
            statements.add(change("ended") + is(generation) + " AND state = 'open'");
        } else if (manifest.kind() == Manifest.Kind.ABORT) {
            statements.add(change("aborted") + is(generation) + " AND state IN ('open', 'ended')");
        }
        return statements;
    }

    /** Of several offsets of one partition the highest counts. */
    private String offsets(Generation generation, Manifest manifest) {
        Stream<String> rows = manifest.rows() < 0 ? Stream.of() : Stream.of("('', -1, " + manifest.rows() + ")");
        String told = Stream.concat(
                        manifest.lastOffsets().entrySet().stream()
                                .map(each -> "(" + Sql.text(each.getKey().topic()) + ", "
                                        + each.getKey().partition() + ", " + each.getValue() + ")"),
                        rows)
                .collect(Collectors.joining(", "));
        return "INSERT INTO " + offsets + " SELECT " + feed(generation) + ", v.* FROM (VALUES " + told
                + ") AS v (topic, part, last_offset) WHERE EXISTS (SELECT 1 FROM " + table + " WHERE " + is(generation)
                + " AND state = 'open') AND NOT EXISTS (SELECT 1 FROM " + offsets + " AS o WHERE " + is(generation)
                + " AND o.topic = v.topic AND o.\"partition\" = v.part AND o.last_offset >= v.last_offset)";
    }

    /** Generations all of whose rows are applied, and those that nobody wants and whose rows still lie there. */
    String due() {
        return "SELECT target, generation, state FROM " + table + " AS g WHERE ledger_id = " + Sql.text(ledger.id())
                + " AND (state IN ('superseded', 'aborted') AND NOT cleared OR state = 'ended' AND NOT EXISTS (SELECT 1 FROM "
                + offsets + " AS o LEFT JOIN " + ledger.table()
                + " AS l ON l.ledger_id = o.ledger_id AND l.target = o.target AND l.topic = o.topic"
                + " AND l.\"partition\" = o.\"partition\" AND l.next > o.last_offset"
                + " WHERE o.ledger_id = g.ledger_id AND o.target = g.target AND o.generation = g.generation AND o.topic <> ''"
                + " AND l.next IS NULL)) ORDER BY target, ord";
    }

    /** The same of another connector. */
    GenerationLog of(String ledgerId) {
        return new GenerationLog(table, offsets, new Ledger(ledger.table(), ledgerId));
    }

    /**
     * Generations of which nothing has come for this long: this connector's, unless their tables wait, and those of
     * connectors that the ledger knows nothing of any more.
     *
     * @param waiting the table of states, see {@link OperationsLog}
     */
    String abandoned(String waiting, long millis) {
        String since = " >= now() - to_milliseconds(" + millis + ")";
        return "SELECT ledger_id, target, generation FROM " + table + " AS g WHERE state IN ('open', 'ended')"
                + " AND NOT updated_at" + since + " AND NOT EXISTS (SELECT 1 FROM " + ledger.table()
                + " AS l WHERE l.ledger_id = g.ledger_id AND (g.ledger_id <> " + Sql.text(ledger.id())
                + " OR l.target = g.target AND (l.updated_at" + since + " OR EXISTS (SELECT 1 FROM " + waiting
                + " AS w WHERE w.ledger_id = g.ledger_id AND w.target = g.target AND w.state IS NOT NULL))))";
    }

    /** Generations of other connectors that nobody wants, and whose rows still lie there. */
    String leftByOthers() {
        return "SELECT ledger_id, target, generation FROM " + table + " WHERE ledger_id <> " + Sql.text(ledger.id())
                + " AND state IN ('superseded', 'aborted') AND NOT cleared";
    }

    /** What {@link io.millrace.sink.sql.AwaitedRows} reads. */
    String awaited() {
        return "SELECT g.target, g.generation, date_diff('millisecond', g.updated_at, now()), o.topic, o.\"partition\","
                + " max(o.last_offset), l.next FROM " + table + " AS g JOIN " + offsets
                + " AS o ON o.ledger_id = g.ledger_id AND o.target = g.target AND o.generation = g.generation LEFT JOIN "
                + ledger.table() + " AS l ON l.ledger_id = o.ledger_id AND l.target = o.target AND l.topic = o.topic"
                + " AND l.\"partition\" = o.\"partition\" WHERE g.ledger_id = " + Sql.text(ledger.id())
                + " AND g.state = 'ended' AND o.topic <> '' GROUP BY g.target, g.ord, g.generation, g.updated_at, o.topic, o.\"partition\","
                + " l.next HAVING coalesce(l.next, 0) <= max(o.last_offset) ORDER BY g.target, g.ord, 4, 5";
    }

    /** Run first in the transaction that replaces: no row is changed when another task has been first. */
    String done(Generation generation) {
        return "UPDATE " + table + " SET state = 'done', cleared = true, updated_at = now() WHERE " + is(generation)
                + " AND state = 'ended'";
    }

    /** A row when rows were told of. */
    String hasOffsets(Generation generation) {
        return "SELECT 1 FROM " + offsets + " WHERE " + is(generation) + " AND topic <> '' LIMIT 1";
    }

    /** A row with both numbers when there are more rows than were told of. */
    String moreThanTold(Generation generation, String staging) {
        return "SELECT n.c || ' rows instead of ' || last_offset FROM " + offsets + ", (SELECT count(*) AS c FROM "
                + staging + ") AS n WHERE " + is(generation) + " AND topic = '' AND n.c > last_offset";
    }

    /** What is due and cannot be used, as its rows are gone. */
    String giveUp(Generation generation) {
        return "UPDATE " + table + " SET state = 'aborted', cleared = false, updated_at = now() WHERE "
                + is(generation);
    }

    String cleared(Generation generation) {
        return "UPDATE " + table + " SET cleared = true, updated_at = now() WHERE " + is(generation);
    }

    String forgetOffsets(Generation generation) {
        return "DELETE FROM " + offsets + " WHERE " + is(generation);
    }

    private String change(String state) {
        return "UPDATE " + table + " SET state = '" + state + "', updated_at = now() WHERE ";
    }

    private String feed(Generation generation) {
        return Sql.text(ledger.id()) + ", " + Sql.text(generation.target().toString()) + ", "
                + Sql.text(generation.id());
    }

    private String is(Generation generation) {
        return "ledger_id = " + Sql.text(ledger.id()) + " AND target = "
                + Sql.text(generation.target().toString()) + " AND generation = " + Sql.text(generation.id());
    }
}
