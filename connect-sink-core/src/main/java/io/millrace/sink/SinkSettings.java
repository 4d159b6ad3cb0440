package io.millrace.sink;

import io.millrace.sink.change.AppendColumns;
import io.millrace.sink.change.KeyMode;
import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.FoldRules;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** The core's configuration, read and checked. */
public record SinkSettings(
        FoldRules fold,
        TruncateMode truncate,
        Bookkeeping bookkeeping,
        KeyMode.Key key,
        @Nullable AppendColumns append,
        boolean overwrite,
        boolean logAndView,
        boolean create,
        EvolutionPolicy evolution,
        String template,
        Map<String, TableId> tables,
        String placeholder,
        Flushing flushing,
        String ledgerId,
        LedgerMissing ledgerMissing,
        Operators operators,
        Place place) {
    /** When to flush. */
    public record Flushing(int rows, long intervalMillis, long bytes, long timeoutMillis, long replaceTimeoutMillis) {
        Flushing atMostEvery(long millis) {
            return new Flushing(rows, Math.max(intervalMillis, millis), bytes, timeoutMillis, replaceTimeoutMillis);
        }
    }

    /**
     * What operators do to single tables.
     *
     * @param parks a table that fails waits while the others go on
     * @param paused tables that wait because the configuration says so
     * @param dropped tables whose changes are passed over
     * @param resync tables to read again, with the token of each request
     * @param added what to do about partitions that a topic got later
     * @param dryRun nothing is changed
     */
    public record Operators(
            boolean parks,
            Set<TableId> paused,
            Set<TableId> dropped,
            Map<TableId, String> resync,
            AddedPartitions added,
            boolean dryRun) {
        boolean drops(TableId table) {
            // Asked for every record: the hash of a name is not for nothing.
            return !dropped.isEmpty() && dropped.contains(table);
        }
    }

    /**
     * A task among those of its connector, which tells it by keys of its own.
     *
     * @param number from 0
     * @param tasks how many there are
     */
    public record Place(int number, int tasks) {
        private static final String NUMBER = "millrace.task.number";
        private static final String TASKS = "millrace.task.count";

        /** Keys for the task's configuration. */
        Map<String, String> keys() {
            return Map.of(NUMBER, String.valueOf(number), TASKS, String.valueOf(tasks));
        }

        private static Place of(Map<String, Object> config) {
            return new Place(
                    Integer.parseInt(String.valueOf(config.getOrDefault(NUMBER, 0))),
                    Integer.parseInt(String.valueOf(config.getOrDefault(TASKS, 1))));
        }
    }

    /** What to do about partitions that a topic got later. */
    public enum AddedPartitions {
        FAIL,
        WAIT,
        ACCEPT
    }

    /** What a truncate does. */
    public enum TruncateMode {
        APPLY,
        FAIL,
        IGNORE
    }

    /** What to do without a ledger row for a partition. */
    public enum LedgerMissing {
        FAIL,
        EARLIEST,
        GROUP
    }

    /** @throws ConfigException naming the key, for settings that contradict each other */
    public static SinkSettings of(AbstractConfig config) {
        String mode = word(config, SinkConfig.INSERT_MODE);
        boolean overwrite = mode.equals("overwrite");
        // Only some targets have the key.
        boolean logAndView = Choice.normal(String.valueOf(config.values().get(SinkConfig.TABLE_LAYOUT)))
                .equals(SinkConfig.LOG_AND_VIEW);
        boolean append = logAndView || !overwrite && !mode.equals("upsert");
        FoldRules.Deletes deletes = FoldRules.Deletes.valueOf(upper(config, SinkConfig.DELETE_MODE));
        KeyMode.Key key = new KeyMode.Key(
                KeyMode.of(word(config, SinkConfig.PRIMARY_KEY_MODE)), list(config, SinkConfig.PRIMARY_KEY_FIELDS));
        checkKey(key, !logAndView && (append || overwrite));
        if (logAndView) {
            checkLog(mode, deletes);
        }
        boolean plain = append || (overwrite && key.mode() == KeyMode.NONE);
        return new SinkSettings(
                new FoldRules(plain, deletes),
                TruncateMode.valueOf(upper(config, SinkConfig.TRUNCATE_MODE)),
                bookkeeping(config, !append && !overwrite && deletes == FoldRules.Deletes.SOFT),
                key,
                append ? appendColumns(config) : null,
                overwrite,
                logAndView,
                config.getBoolean(SinkConfig.AUTO_CREATE),
                evolution(word(config, SinkConfig.SCHEMA_EVOLUTION)),
                text(config, SinkConfig.TABLE_NAME_FORMAT),
                tables(config),
                config.getString(SinkConfig.PLACEHOLDER),
                new Flushing(
                        (Integer) Objects.requireNonNull(Aliases.value(config, SinkConfig.MAX_BATCH_SIZE)),
                        config.getLong(SinkConfig.SYNC_INTERVAL_MS),
                        config.getLong(SinkConfig.BUFFER_MAX_BYTES),
                        config.getLong(SinkConfig.FLUSH_TIMEOUT_MS),
                        config.getLong(SinkConfig.OVERWRITE_TIMEOUT_MS)),
                ledgerId(config),
                LedgerMissing.valueOf(upper(config, SinkConfig.LEDGER_MISSING)),
                new Operators(
                        word(config, SinkConfig.TABLE_ERROR_POLICY).equals("park"),
                        TableNames.list(config.getList(SinkConfig.TABLES_PAUSED)),
                        TableNames.list(config.getList(SinkConfig.TABLES_DROPPED)),
                        resync(config, overwrite),
                        AddedPartitions.valueOf(upper(config, SinkConfig.PARTITIONS_ADDED)),
                        config.getBoolean(SinkConfig.DRY_RUN)),
                Place.of(config.originals()));
    }

    /** The same with flushes that time alone makes no sooner than this. */
    SinkSettings flushingAtMostEvery(long millis) {
        return new SinkSettings(
                fold,
                truncate,
                bookkeeping,
                key,
                append,
                overwrite,
                logAndView,
                create,
                evolution,
                template,
                tables,
                placeholder,
                flushing.atMostEvery(millis),
                ledgerId,
                ledgerMissing,
                operators,
                place);
    }

    private static Map<TableId, String> resync(AbstractConfig config, boolean overwrite) {
        Map<TableId, String> resync = TableNames.tokens(config.getList(SinkConfig.TABLES_RESYNC));
        if (overwrite && !resync.isEmpty()) {
            throw new ConfigException(
                    SinkConfig.TABLES_RESYNC,
                    resync.keySet(),
                    "insert.mode=overwrite replaces tables by whole copies: take a new one at the source");
        }
        return resync;
    }

    private static void checkLog(String mode, FoldRules.Deletes deletes) {
        if (!mode.equals("upsert")) {
            throw new ConfigException(
                    SinkConfig.INSERT_MODE, mode, "table.layout=log+view shows what insert.mode=upsert makes");
        }
        if (deletes != FoldRules.Deletes.HARD) {
            throw new ConfigException(
                    SinkConfig.DELETE_MODE,
                    deletes.name().toLowerCase(Locale.ROOT),
                    "table.layout=log+view takes hard: the log keeps every row that was deleted");
        }
    }

    private static void checkKey(KeyMode.Key key, boolean append) {
        if (key.mode() == KeyMode.NONE && !append) {
            throw new ConfigException(
                    SinkConfig.PRIMARY_KEY_MODE,
                    key.mode().text(),
                    "insert.mode=upsert needs a key; use append without one");
        }
        if (key.mode() == KeyMode.RECORD_VALUE && key.fields().isEmpty()) {
            throw new ConfigException(
                    SinkConfig.PRIMARY_KEY_FIELDS,
                    key.fields(),
                    "primary.key.mode=record_value needs the names of its fields");
        }
    }

    private static Bookkeeping bookkeeping(AbstractConfig config, boolean soft) {
        boolean peerDb = word(config, SinkConfig.COLUMNS_PRESET).equals("peerdb");
        String flag = preset(config, SinkConfig.SOFT_DELETE_COLUMN, peerDb ? "_PEERDB_IS_DELETED" : null);
        if (soft && flag.isEmpty()) {
            throw new ConfigException(SinkConfig.SOFT_DELETE_COLUMN, flag, "delete.mode=soft needs a column");
        }
        return new Bookkeeping(
                soft ? flag : null,
                soft ? optional(config, SinkConfig.DELETED_AT_COLUMN) : null,
                empty(preset(config, SinkConfig.SYNCED_AT_COLUMN, peerDb ? "_PEERDB_SYNCED_AT" : null)));
    }

    private static AppendColumns appendColumns(AbstractConfig config) {
        return new AppendColumns(
                config.getString(SinkConfig.APPEND_OPERATION_COLUMN),
                config.getString(SinkConfig.APPEND_LSN_COLUMN),
                config.getString(SinkConfig.APPEND_TIME_COLUMN),
                config.getString(SinkConfig.APPEND_UNCHANGED_COLUMN));
    }

    private static EvolutionPolicy evolution(String word) {
        return word.equals("basic")
                ? EvolutionPolicy.ADD
                : EvolutionPolicy.valueOf(word.replace('-', '_').toUpperCase(Locale.ROOT));
    }

    private static Map<String, TableId> tables(AbstractConfig config) {
        try {
            return new HashMap<>(TableNames.mapping(config.getList(SinkConfig.TABLE_MAP)));
        } catch (IllegalArgumentException e) {
            throw new ConfigException(SinkConfig.TABLE_MAP, config.getList(SinkConfig.TABLE_MAP), e.getMessage());
        }
    }

    private static String ledgerId(AbstractConfig config) {
        String id = config.getString(SinkConfig.LEDGER_ID);
        Object name = config.originals().get("name");
        if (id.isEmpty() && name == null) {
            throw new ConfigException(SinkConfig.LEDGER_ID, id, "is needed where the connector has no name");
        }
        return id.isEmpty() ? String.valueOf(name) : id;
    }

    /** What was set, else the preset's name, else the key's own default. */
    private static String preset(AbstractConfig config, String name, @Nullable String preset) {
        return preset == null || config.originals().containsKey(name)
                ? config.getString(name).trim()
                : preset;
    }

    private static @Nullable String optional(AbstractConfig config, String name) {
        return empty(config.getString(name).trim());
    }

    private static @Nullable String empty(String text) {
        return text.isEmpty() ? null : text;
    }

    private static String word(AbstractConfig config, String name) {
        return Choice.normal(text(config, name));
    }

    private static String text(AbstractConfig config, String name) {
        return String.valueOf(Aliases.value(config, name));
    }

    @SuppressWarnings("unchecked")
    private static List<String> list(AbstractConfig config, String name) {
        return (List<String>) Objects.requireNonNull(Aliases.value(config, name));
    }

    private static String upper(AbstractConfig config, String name) {
        return word(config, name).toUpperCase(Locale.ROOT);
    }
}
