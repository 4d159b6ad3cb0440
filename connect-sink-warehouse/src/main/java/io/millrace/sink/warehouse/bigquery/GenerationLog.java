package io.millrace.sink.warehouse.bigquery;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Generations.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The statements on the tables that remember generations: one row a connector, target table and generation, and in the
 * other one the last offsets that were told of it, by topic partition. Pure.
 *
 * <p>A generation is open, then ended, then done; or superseded, or aborted. It is cleared when the table that its rows
 * were gathered in is gone.
 */
record GenerationLog(String table, String offsets, Ledger ledger) {
    private static final String NOW = "CURRENT_TIMESTAMP()";
    private static final String GENERATION =
            "ledger_id STRING NOT NULL, target STRING NOT NULL, generation STRING NOT NULL";

    List<String> create() {
        return List.of(
                "CREATE TABLE IF NOT EXISTS " + table + " (" + GENERATION
                        + ", ord INT64 NOT NULL, state STRING NOT NULL, cleared BOOL NOT NULL, updated_at TIMESTAMP NOT NULL)",
                "CREATE TABLE IF NOT EXISTS " + offsets + " (" + GENERATION
                        + ", topic STRING NOT NULL, part INT64 NOT NULL, last_offset INT64 NOT NULL)");
    }

    String state(Generation generation) {
        return "SELECT state FROM " + table + " WHERE " + is(generation);
    }

    /** What to do about a manifest, to be run in one transaction. The order that was told first is the generation's. */
    List<String> tell(Generation generation, Manifest manifest) {
        String mine = "ledger_id = " + Sql.text(ledger.id()) + " AND target = "
                + Sql.text(generation.target().toString());
        List<String> statements = new ArrayList<>();
        statements.add("INSERT INTO " + table
                + " (ledger_id, target, generation, ord, state, cleared, updated_at) SELECT " + feed(generation) + ", "
                + manifest.order() + ", CASE WHEN EXISTS (SELECT 1 FROM " + table + " WHERE " + mine + " AND ord > "
                + manifest.order() + " AND state <> 'aborted') THEN 'superseded' ELSE 'open' END, FALSE, " + NOW
                + " FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM " + table + " WHERE "
                + is(generation) + ")");
        statements.add("UPDATE " + table + " SET state = 'superseded', updated_at = " + NOW + " WHERE " + mine
                + " AND ord < (SELECT MAX(ord) FROM " + table + " WHERE " + is(generation)
                + ") AND state IN ('open', 'ended')");
        if (!manifest.lastOffsets().isEmpty()) {
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
        String told = manifest.lastOffsets().entrySet().stream()
                .map(each -> "SELECT " + Sql.text(each.getKey().topic()) + " AS topic, "
                        + each.getKey().partition() + " AS part, " + each.getValue() + " AS last_offset")
                .collect(Collectors.joining(" UNION ALL "));
        return "INSERT INTO " + offsets + " (ledger_id, target, generation, topic, part, last_offset) SELECT "
                + feed(generation) + ", v.topic, v.part, v.last_offset FROM (" + told
                + ") AS v WHERE EXISTS (SELECT 1 FROM " + table + " WHERE " + is(generation)
                + " AND state = 'open') AND NOT EXISTS (SELECT 1 FROM " + offsets + " AS o WHERE " + is(generation)
                + " AND o.topic = v.topic AND o.part = v.part AND o.last_offset >= v.last_offset)";
    }

    /** Generations that have ended, and those that are over and whose rows still lie there. */
    String due() {
        return "SELECT target, generation, state FROM " + table + " WHERE ledger_id = " + Sql.text(ledger.id())
                + " AND (state = 'ended' OR state IN ('superseded', 'aborted', 'done') AND NOT cleared) ORDER BY target, ord";
    }

    /** The partitions of a generation that the ledger has not passed. */
    String waiting(Generation generation) {
        return "SELECT topic, part FROM " + offsets + " AS o WHERE " + is(generation)
                + " AND NOT EXISTS (SELECT 1 FROM " + ledger.positions(generation.target())
                + " AS l WHERE l.ledger_id = o.ledger_id AND l.target = o.target AND l.topic = o.topic AND l.part = o.part AND l.next > o.last_offset) LIMIT 1";
    }

    String told(Generation generation) {
        return "SELECT topic, part FROM " + offsets + " WHERE " + is(generation) + " LIMIT 1";
    }

    /** Run first in the transaction that replaces: no row is changed when another task has been first. */
    String done(Generation generation) {
        return change("done") + is(generation) + " AND state = 'ended'";
    }

    /** What is due and cannot be used, as its rows are gone. */
    String giveUp(Generation generation) {
        return change("aborted") + is(generation) + " AND state = 'ended'";
    }

    String cleared(Generation generation) {
        return "UPDATE " + table + " SET cleared = TRUE, updated_at = " + NOW + " WHERE " + is(generation);
    }

    String forgetOffsets(Generation generation) {
        return "DELETE FROM " + offsets + " WHERE " + is(generation);
    }

    private String change(String state) {
        return "UPDATE " + table + " SET state = '" + state + "', updated_at = " + NOW + " WHERE ";
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
