package io.millrace.sink.warehouse.copies;

import io.millrace.core.Manifest;
import io.millrace.sink.destination.Generations.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The statements on the tables that remember generations: one row a connector, target table and generation, and in the
 * other one the last offsets that were told of it, by topic partition, and without a topic how many rows it has. Pure.
 *
 * <p>A generation is open, then ended, then done; or superseded, or aborted. It is cleared when the table that its rows
 * were gathered in is gone.
 *
 * @param table of generations, and {@code offsets}: names in a statement
 * @param id the connector's, in each row
 */
public record CopyLog(String table, String offsets, String id, Words words) {
    /** The state of a generation all of whose rows are in the topics. */
    static final String ENDED = "ended";

    /** The state of one that is not to take its table's place. */
    static final String ABORTED = "aborted";

    /** Stands for a topic where the number of rows is. */
    private static final String ROWS = "";

    /**
     * What warehouses have different words for.
     *
     * @param text makes a text a literal
     * @param string a type, as {@code integer}, {@code bool} and {@code instant}
     * @param now an expression
     * @param age an expression: microseconds since {@code updated_at}, as an integer
     * @param part the name of the column for a topic's partition
     * @param key stands behind the columns of the table of generations: what else the table has
     */
    public record Words(
            UnaryOperator<String> text,
            String string,
            String integer,
            String bool,
            String instant,
            String now,
            String age,
            String part,
            String key) {}

    /** The same of another connector. */
    public CopyLog of(String otherId) {
        return new CopyLog(table, offsets, otherId, words);
    }

    public List<String> create() {
        String of = "ledger_id " + words.string + " NOT NULL, target " + words.string + " NOT NULL, generation "
                + words.string + " NOT NULL";
        return List.of(
                "CREATE TABLE IF NOT EXISTS " + table + " (" + of + ", ord " + words.integer + " NOT NULL, state "
                        + words.string + " NOT NULL, cleared " + words.bool + " NOT NULL, updated_at " + words.instant
                        + " NOT NULL" + words.key + ")",
                "CREATE TABLE IF NOT EXISTS " + offsets + " (" + of + ", topic " + words.string + " NOT NULL, "
                        + words.part + " " + words.integer + " NOT NULL, last_offset " + words.integer + " NOT NULL)");
    }

    /** A row for a generation that is known. */
    public String state(Generation generation) {
        return "SELECT state FROM " + table + " WHERE " + is(generation);
    }

    /** What to do about a manifest, to be run in one transaction. The order that was told first is the generation's. */
    public List<String> tell(Generation generation, Manifest manifest) {
        String mine = "ledger_id = " + text(id) + " AND target = "
                + text(generation.target().toString());
        List<String> statements = new ArrayList<>();
        statements.add("INSERT INTO " + table
                + " (ledger_id, target, generation, ord, state, cleared, updated_at) SELECT " + feed(generation) + ", "
                + manifest.order() + ", CASE WHEN (SELECT COUNT(*) FROM " + table + " WHERE " + mine + " AND ord > "
                + manifest.order() + " AND state <> 'aborted') > 0 THEN 'superseded' ELSE 'open' END, FALSE, "
                + words.now + " FROM (SELECT 1 AS one) AS v WHERE NOT EXISTS (SELECT 1 FROM " + table + " WHERE "
                + is(generation) + ")");
        statements.add(change("superseded") + mine + " AND ord < (SELECT MAX(ord) FROM " + table + " WHERE "
                + is(generation) + ") AND state IN ('open', 'ended')");
        if (!manifest.lastOffsets().isEmpty() || manifest.rows() >= 0) {
            statements.add(offsets(generation, manifest));
        }
        if (manifest.kind() == Manifest.Kind.END) {
            statements.add(change(ENDED) + is(generation) + " AND state = 'open'");
        } else if (manifest.kind() == Manifest.Kind.ABORT) {
            statements.add(giveUp(generation));
        }
        return statements;
    }

    /** Of several offsets of one partition the highest counts. */
    private String offsets(Generation generation, Manifest manifest) {
        Stream<String> rows = manifest.rows() < 0 ? Stream.of() : Stream.of(told(ROWS, -1, manifest.rows()));
        String told = Stream.concat(
                        manifest.lastOffsets().entrySet().stream()
                                .map(each -> told(
                                        each.getKey().topic(), each.getKey().partition(), each.getValue())),
                        rows)
                .collect(Collectors.joining(" UNION ALL "));
        return "INSERT INTO " + offsets + " (ledger_id, target, generation, topic, " + words.part
                + ", last_offset) SELECT "
                + feed(generation) + ", v.v_topic, v.v_part, v.v_last FROM (" + told + ") AS v LEFT JOIN " + offsets
                + " AS o ON o.ledger_id = " + text(id) + " AND o.target = "
                + text(generation.target().toString()) + " AND o.generation = " + text(generation.id())
                + " AND o.topic = v.v_topic AND o." + words.part + " = v.v_part AND o.last_offset >= v.v_last"
                + " WHERE o.topic IS NULL AND (SELECT COUNT(*) FROM " + table + " WHERE " + is(generation)
                + " AND state = 'open') > 0";
    }

    private String told(String topic, int partition, long last) {
        return "SELECT " + text(topic) + " AS v_topic, " + partition + " AS v_part, " + last + " AS v_last";
    }

    /**
     * Generations that have ended, and those that are over and whose rows still lie there: target, generation, state, and
     * microseconds since it has that state.
     */
    public String due() {
        return "SELECT target, generation, state, " + words.age + " AS age FROM " + table + " WHERE ledger_id = "
                + text(id)
                + " AND (state = 'ended' OR state IN ('superseded', 'aborted', 'done') AND NOT cleared) ORDER BY target, ord";
    }

    /** What was told of a generation's rows: topic, partition and last offset; without a topic, how many there are. */
    public String told(Generation generation) {
        return "SELECT topic, " + words.part + ", MAX(last_offset) AS last_offset FROM " + offsets + " WHERE "
                + is(generation) + " GROUP BY topic, " + words.part;
    }

    /** Whether a row of {@link #told(Generation)} with this topic holds how many rows there are. */
    static boolean isNumber(String topic) {
        return topic.equals(ROWS);
    }

    /** Run first in the transaction that replaces: no row is changed when another task has been first. */
    public String done(Generation generation) {
        return change("done") + is(generation) + " AND state = 'ended'";
    }

    /** What cannot be used, unless it has replaced its table. */
    public String giveUp(Generation generation) {
        return change(ABORTED) + is(generation) + " AND state IN ('open', 'ended')";
    }

    public String cleared(Generation generation) {
        return "UPDATE " + table + " SET cleared = TRUE, updated_at = " + words.now + " WHERE " + is(generation);
    }

    public String forgetOffsets(Generation generation) {
        return "DELETE FROM " + offsets + " WHERE " + is(generation);
    }

    private String change(String state) {
        return "UPDATE " + table + " SET state = '" + state + "', updated_at = " + words.now + " WHERE ";
    }

    private String feed(Generation generation) {
        return text(id) + ", " + text(generation.target().toString()) + ", " + text(generation.id());
    }

    private String is(Generation generation) {
        return "ledger_id = " + text(id) + " AND target = "
                + text(generation.target().toString()) + " AND generation = " + text(generation.id());
    }

    private String text(String text) {
        return words.text.apply(text);
    }
}
