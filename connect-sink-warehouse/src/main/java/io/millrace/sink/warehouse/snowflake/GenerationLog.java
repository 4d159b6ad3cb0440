package io.millrace.sink.warehouse.snowflake;

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
    private static final String GENERATION =
            "ledger_id VARCHAR NOT NULL, target VARCHAR NOT NULL, generation VARCHAR NOT NULL";

    List<String> create() {
        List<String> create = new ArrayList<>(ledger.create());
        create.add(
                "CREATE TABLE IF NOT EXISTS " + table + " (" + GENERATION
                        + ", ord NUMBER(19,0) NOT NULL, state VARCHAR NOT NULL, cleared BOOLEAN NOT NULL, updated_at TIMESTAMP_TZ(6) NOT NULL)");
        create.add("CREATE TABLE IF NOT EXISTS " + offsets + " (" + GENERATION
                + ", topic VARCHAR NOT NULL, part NUMBER(10,0) NOT NULL, last_offset NUMBER(19,0) NOT NULL)");
        return create;
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
                + manifest.order() + ", CASE WHEN (SELECT COUNT(*) FROM " + table + " WHERE " + mine + " AND ord > "
                + manifest.order() + " AND state <> 'aborted') > 0 THEN 'superseded' ELSE 'open' END, FALSE, "
                + Sql.NOW + " FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM " + table + " WHERE "
                + is(generation) + ")");
        statements.add(change("superseded") + mine + " AND ord < (SELECT MAX(ord) FROM " + table + " WHERE "
                + is(generation) + ") AND state IN ('open', 'ended')");
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
                .map(each -> "SELECT " + Sql.text(each.getKey().topic()) + " AS v_topic, "
                        + each.getKey().partition() + " AS v_part, " + each.getValue() + " AS v_last")
                .collect(Collectors.joining(" UNION ALL "));
        return "INSERT INTO " + offsets + " (ledger_id, target, generation, topic, part, last_offset) SELECT "
                + feed(generation) + ", v.v_topic, v.v_part, v.v_last FROM (" + told + ") AS v LEFT JOIN " + offsets
                + " AS o ON o.ledger_id = " + Sql.text(ledger.id()) + " AND o.target = "
                + Sql.text(generation.target().toString()) + " AND o.generation = " + Sql.text(generation.id())
                + " AND o.topic = v.v_topic AND o.part = v.v_part AND o.last_offset >= v.v_last"
                + " WHERE o.topic IS NULL AND (SELECT COUNT(*) FROM " + table + " WHERE " + is(generation)
                + " AND state = 'open') > 0";
    }

    /** Generations all of whose rows are applied, and those that are over and whose rows still lie there. */
    String due() {
        return "SELECT g.target, g.generation, g.state FROM " + table
                + " AS g LEFT JOIN (SELECT o.target AS w_target, o.generation AS w_generation FROM " + offsets
                + " AS o LEFT JOIN " + ledger.table()
                + " AS l ON l.ledger_id = o.ledger_id AND l.target = o.target AND l.topic = o.topic AND l.part = o.part"
                + " AND l.next > o.last_offset WHERE o.ledger_id = " + Sql.text(ledger.id())
                + " AND l.next IS NULL GROUP BY o.target, o.generation) AS w"
                + " ON w.w_target = g.target AND w.w_generation = g.generation WHERE g.ledger_id = "
                + Sql.text(ledger.id())
                + " AND (g.state = 'ended' AND w.w_target IS NULL OR g.state IN ('superseded', 'aborted', 'done') AND NOT g.cleared)"
                + " ORDER BY g.target, g.ord";
    }

    /** Run first in the transaction that replaces: no row is changed when another task has been first. */
    String done(Generation generation) {
        return change("done") + is(generation) + " AND state = 'ended'";
    }

    /** A row when rows were told of. */
    String hasOffsets(Generation generation) {
        return "SELECT topic FROM " + offsets + " WHERE " + is(generation) + " LIMIT 1";
    }

    /** What is due and cannot be used, as its rows are gone. */
    String giveUp(Generation generation) {
        return change("aborted") + is(generation);
    }

    String cleared(Generation generation) {
        return "UPDATE " + table + " SET cleared = TRUE, updated_at = " + Sql.NOW + " WHERE " + is(generation);
    }

    String forgetOffsets(Generation generation) {
        return "DELETE FROM " + offsets + " WHERE " + is(generation);
    }

    private String change(String state) {
        return "UPDATE " + table + " SET state = '" + state + "', updated_at = " + Sql.NOW + " WHERE ";
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
