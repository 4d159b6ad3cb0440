package io.millrace.sink;

import io.millrace.sink.change.AppendColumns;
import io.millrace.sink.change.KeyMode;
import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.EvolutionPolicy;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.FoldRules;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
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
        boolean create,
        EvolutionPolicy evolution,
        String template,
        Map<String, TableId> tables,
        String placeholder,
        Flushing flushing,
        String ledgerId,
        LedgerMissing ledgerMissing) {
    /** When to flush. */
    public record Flushing(int rows, long intervalMillis, long bytes, long timeoutMillis) {}

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
        boolean append = !word(config, SinkConfig.INSERT_MODE).equals("upsert");
        FoldRules.Deletes deletes = FoldRules.Deletes.valueOf(upper(config, SinkConfig.DELETE_MODE));
        KeyMode.Key key = new KeyMode.Key(
                KeyMode.of(word(config, SinkConfig.PRIMARY_KEY_MODE)), config.getList(SinkConfig.PRIMARY_KEY_FIELDS));
        checkKey(key, append);
        return new SinkSettings(
                new FoldRules(append, deletes),
                TruncateMode.valueOf(upper(config, SinkConfig.TRUNCATE_MODE)),
                bookkeeping(config, !append && deletes == FoldRules.Deletes.SOFT),
                key,
                append ? appendColumns(config) : null,
                config.getBoolean(SinkConfig.AUTO_CREATE),
                evolution(word(config, SinkConfig.SCHEMA_EVOLUTION)),
                template(config),
                tables(config),
                config.getString(SinkConfig.PLACEHOLDER),
                new Flushing(
                        config.getInt(SinkConfig.MAX_BATCH_SIZE),
                        config.getLong(SinkConfig.SYNC_INTERVAL_MS),
                        config.getLong(SinkConfig.BUFFER_MAX_BYTES),
                        config.getLong(SinkConfig.FLUSH_TIMEOUT_MS)),
                ledgerId(config),
                LedgerMissing.valueOf(upper(config, SinkConfig.LEDGER_MISSING)));
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
        String flag = config.getString(SinkConfig.SOFT_DELETE_COLUMN).trim();
        if (soft && flag.isEmpty()) {
            throw new ConfigException(SinkConfig.SOFT_DELETE_COLUMN, flag, "delete.mode=soft needs a column");
        }
        return new Bookkeeping(
                soft ? flag : null,
                soft ? optional(config, SinkConfig.DELETED_AT_COLUMN) : null,
                optional(config, SinkConfig.SYNCED_AT_COLUMN));
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

    private static String template(AbstractConfig config) {
        String other = config.getString(SinkConfig.COLLECTION_NAME_FORMAT);
        if (other.isEmpty()) {
            return config.getString(SinkConfig.TABLE_NAME_FORMAT);
        }
        if (config.originals().containsKey(SinkConfig.TABLE_NAME_FORMAT)) {
            throw new ConfigException(
                    SinkConfig.COLLECTION_NAME_FORMAT, other, "is the same as table.name.format: set one of the two");
        }
        new TableNames.Template().ensureValid(SinkConfig.COLLECTION_NAME_FORMAT, other);
        return other;
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

    private static @Nullable String optional(AbstractConfig config, String name) {
        String text = config.getString(name).trim();
        return text.isEmpty() ? null : text;
    }

    private static String word(AbstractConfig config, String name) {
        return Choice.normal(config.getString(name));
    }

    private static String upper(AbstractConfig config, String name) {
        return word(config, name).toUpperCase(Locale.ROOT);
    }
}
