package io.millrace.sink.pg;

import io.millrace.sink.SinkConfig;
import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.TableId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * How a whole copy replaces a table.
 *
 * @param table quoted name of the table that remembers generations
 * @param cascade truncate the tables that refer to it too
 * @param sequences set sequences that the table's columns own to the highest value
 * @param postLoadSql run in the same transaction, empty for none; <code>${table}</code> is the table
 * @param syncedAt a column that does not count as a difference
 * @param pages pages of a table that a sweep handles in one transaction
 * @param timeoutMillis how long a replacement may take
 * @param keepMillis how long a copy may be left alone before what is gathered of it is dropped
 */
record OverwriteSettings(
        String table,
        Strategy strategy,
        boolean cascade,
        boolean sequences,
        String postLoadSql,
        @Nullable String syncedAt,
        int pages,
        long timeoutMillis,
        long keepMillis) {
    /** What is done to the rows that are there. */
    enum Strategy {
        DIFF,
        SWEEP,
        TRUNCATE,
        PARTITION;

        static Strategy of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    static final String STRATEGY = "overwrite.strategy";
    static final String CASCADE = "truncate.cascade";
    static final String SEQUENCES = "sequences.reset";
    static final String PAGES = "overwrite.sweep.pages";
    static final String KEEP = "overwrite.abandoned.ms";
    static final String POST_LOAD_SQL = "post.load.sql";

    static void define(ConfigDef def) {
        def.define(
                STRATEGY,
                Type.STRING,
                "diff",
                ConfigDef.ValidString.in("diff", "sweep", "truncate", "partition"),
                Importance.MEDIUM,
                "How a whole copy replaces a table with <code>insert.mode=overwrite</code>. <code>diff</code>: rows that the copy lacks are deleted, and only rows that differ are written: little to log, and foreign keys on the table see only what really changed."
                        + " <code>truncate</code>: the table is emptied and filled, which holds its readers up meanwhile. <code>partition</code>: the copy is gathered in partitions of its own, which take the place of the table's: nothing is written twice."
                        + " The table has to be partitioned, or a partition itself, and no foreign key may refer to it; a missing one is made with one partition. These three take one transaction: readers see all of the old or all of the new, and views, grants, indexes and comments stay."
                        + " <code>sweep</code>: what <code>diff</code> does, in many short transactions, for tables that are huge or that others write meanwhile: readers see old and new rows side by side until it has ended, and a restart goes on in the middle.");
        def.define(
                PAGES,
                Type.INT,
                1280,
                ConfigDef.Range.atLeast(1),
                Importance.LOW,
                "With <code>overwrite.strategy=sweep</code>: pages of 8 kB that are handled in one transaction.");
        def.define(
                KEEP,
                Type.LONG,
                7L * 24 * 3600 * 1000,
                ConfigDef.Range.atLeast(1000),
                Importance.LOW,
                "A copy of which nothing has come for this long, in milliseconds, is given up and what was gathered of it is dropped, unless its table is paused or parked. So are those of connectors of which this ledger has no rows any more: <code>DELETE /connectors/&lt;name&gt;/offsets</code> before a connector is deleted removes its rows.");
        def.define(
                CASCADE,
                Type.BOOLEAN,
                false,
                Importance.LOW,
                "With <code>overwrite.strategy=truncate</code>: truncate tables with foreign keys on the replaced one too.");
        def.define(
                SEQUENCES,
                Type.BOOLEAN,
                false,
                Importance.LOW,
                "After a replacement set the sequences that the table's columns own to the column's highest value.");
        def.define(
                POST_LOAD_SQL,
                Type.STRING,
                "",
                Importance.LOW,
                "SQL to run after a replacement, in its transaction: when it fails the table stays as it was (with <code>sweep</code>, in the last one). <code>${table}</code> is replaced by the table's quoted name.");
    }

    static OverwriteSettings of(AbstractConfig config, TableId ledger, Bookkeeping added) {
        List<String> parts = new ArrayList<>(ledger.parts());
        parts.set(parts.size() - 1, ledger.name() + "_generations");
        TableId table = new TableId(parts);
        Sql.checkTable(table);
        return new OverwriteSettings(
                Sql.table(table),
                Strategy.of(config.getString(STRATEGY)),
                config.getBoolean(CASCADE),
                config.getBoolean(SEQUENCES),
                config.getString(POST_LOAD_SQL),
                added.syncedAt(),
                config.getInt(PAGES),
                config.getLong(SinkConfig.OVERWRITE_TIMEOUT_MS),
                config.getLong(KEEP));
    }

    /** A sweep tells rows apart by their key. */
    static void check(AbstractConfig config) {
        boolean keyless = String.valueOf(config.originals().get(SinkConfig.PRIMARY_KEY_MODE))
                .equalsIgnoreCase("none");
        if (keyless && Strategy.of(config.getString(STRATEGY)) == Strategy.SWEEP) {
            throw new ConfigException(
                    STRATEGY, "sweep", "tells rows apart by their key, and primary.key.mode=none gives none: use diff");
        }
    }
}
