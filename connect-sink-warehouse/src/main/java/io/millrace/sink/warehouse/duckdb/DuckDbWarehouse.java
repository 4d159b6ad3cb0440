package io.millrace.sink.warehouse.duckdb;

import io.millrace.sink.SinkSettings;
import io.millrace.sink.TargetTables;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import io.millrace.sink.warehouse.ExistingTables;
import io.millrace.sink.warehouse.Warehouse;
import io.millrace.sink.warehouse.WarehouseSinkConfig;
import io.millrace.sink.warehouse.copies.CopyLog;
import io.millrace.sink.warehouse.duckdb.encode.Mappings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.connect.errors.ConnectException;

/** DuckDB, in a file on the worker's machine or at MotherDuck. */
public final class DuckDbWarehouse implements Warehouse {
    static final String DATABASE = "duckdb.database";
    static final String TOKEN = "duckdb.motherduck.token";
    static final String STORAGE_VERSION = "duckdb.storage.version";
    static final String MEMORY_LIMIT = "duckdb.memory.limit";
    static final String CHECKPOINT_THRESHOLD = "duckdb.checkpoint.threshold";
    static final String THREADS = "duckdb.threads";
    static final String TEMPORARY_FOLDER = "duckdb.temp.directory";
    static final String LOCK_TIMEOUT_MS = "duckdb.lock.timeout.ms";
    static final String RELEASE_MS = "duckdb.release.ms";
    static final String ABANDONED_MS = "duckdb.overwrite.abandoned.ms";
    static final String FRESHNESS_VIEW = "duckdb.freshness.view";

    private static final String GROUP = "DuckDB";

    @Override
    public String type() {
        return "duckdb";
    }

    @Override
    public void define(ConfigDef def) {
        def.define(
                DATABASE,
                Type.STRING,
                "",
                Importance.HIGH,
                "The database: a path to a file, which is made when missing, or <code>md:name</code> for a database at MotherDuck, which must exist. The file is on the machine of the worker that runs the task:"
                        + " with several workers put it on a disk that all of them see at the same path, or run this connector on one worker only.",
                GROUP,
                1,
                Width.LONG,
                "Database");
        def.define(
                TOKEN,
                Type.PASSWORD,
                "",
                Importance.HIGH,
                "MotherDuck's access token; needed with <code>md:</code>.",
                GROUP,
                2,
                Width.LONG,
                "MotherDuck token");
        text(
                def,
                STORAGE_VERSION,
                "v1.4.0",
                "Oldest version of DuckDB that is to read a file that this connector makes. A file that exists keeps its own.");
        text(
                def,
                MEMORY_LIMIT,
                "1GB",
                "Memory that DuckDB may take outside the worker's heap, for example <code>4GB</code>; what does not fit goes to <code>duckdb.temp.directory</code>. Empty: DuckDB's own default, four fifths of the machine's.");
        text(
                def,
                CHECKPOINT_THRESHOLD,
                "128MB",
                "Size of the write-ahead log at which DuckDB moves what has been committed into the file, which costs as much as writing it again; closing the file does so too. DuckDB's own default, <code>16MB</code>, is less than one flush of a busy table.");
        def.define(
                THREADS,
                Type.INT,
                0,
                ConfigDef.Range.between(0, 1024),
                Importance.LOW,
                "Threads that DuckDB works with. 0: as many as there are processors.");
        text(
                def,
                TEMPORARY_FOLDER,
                "",
                "Folder for what does not fit into memory. Empty: DuckDB's own default, beside the file.");
        def.define(
                LOCK_TIMEOUT_MS,
                Type.LONG,
                60_000L,
                ConfigDef.Range.atLeast(0),
                Importance.LOW,
                "How long to wait for a file that another process has open, in milliseconds, before the task fails.");
        def.define(
                RELEASE_MS,
                Type.LONG,
                1000L,
                Importance.LOW,
                "Close the file when nothing has been written for this long, in milliseconds, so that other processes can open it until there are changes again. 0: after every flush. -1: keep it open.");
        defineWatching(def);
    }

    private static void defineWatching(ConfigDef def) {
        def.define(
                ABANDONED_MS,
                Type.LONG,
                7L * 24 * 3600 * 1000,
                ConfigDef.Range.atLeast(1000),
                Importance.LOW,
                "A copy of <code>insert.mode=overwrite</code> of which nothing has come for this long, in milliseconds, is given up and what was gathered of it is dropped, unless its table is paused or parked. So are those of connectors of which this ledger has no rows any more.");
        text(
                def,
                FRESHNESS_VIEW,
                "millrace_freshness",
                "View that shows per table how far it is: <code>fresh_to</code>, the latest commit in the source that all partitions which feed the table have passed, <code>applied_at</code>, and whether it waits. Made when missing. Empty: none.");
    }

    private static void text(ConfigDef def, String name, String value, String documentation) {
        def.define(name, Type.STRING, value, Importance.LOW, documentation);
    }

    /** A file has one writer, and at MotherDuck two would collide over the ledger. */
    @Override
    public int maxTasks(WarehouseSinkConfig config) {
        return 1;
    }

    @Override
    public List<Problem> check(WarehouseSinkConfig config) {
        List<Problem> problems = new ArrayList<>();
        DuckDbSettings settings = settings(config);
        if (settings.database().isEmpty()) {
            problems.add(new Problem(DATABASE, "is needed: the path of a file, or md:name"));
        } else if (settings.isMotherDuck() && settings.token().value().isEmpty()) {
            problems.add(new Problem(TOKEN, "is needed with " + DATABASE + "=md:"));
        } else if (settings.database().startsWith("jdbc:")
                || settings.database().startsWith(":memory:")) {
            problems.add(new Problem(DATABASE, "must be the path of a file, or md:name"));
        } else if (!settings.isMotherDuck()) {
            file(Path.of(settings.database()), problems);
        }
        try {
            ledgerTable(config);
        } catch (IllegalArgumentException | ConnectException e) {
            problems.add(new Problem(WarehouseSinkConfig.LEDGER_TABLE, String.valueOf(e.getMessage())));
        }
        try {
            view(config);
        } catch (IllegalArgumentException | ConnectException e) {
            problems.add(new Problem(FRESHNESS_VIEW, String.valueOf(e.getMessage())));
        }
        return problems;
    }

    private static void file(Path file, List<Problem> problems) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            problems.add(new Problem(DATABASE, "is a folder; name a file in it"));
        } else if (folder == null || !Files.isDirectory(folder)) {
            problems.add(new Problem(DATABASE, "its folder does not exist on this worker"));
        } else if (!Files.isWritable(folder) || Files.exists(file) && !Files.isWritable(file)) {
            problems.add(new Problem(DATABASE, "this worker may not write there"));
        }
    }

    /** Opens the file, if it is there and nobody else has it open: then it is no mistake, and the task will wait. */
    @Override
    public List<Problem> probe(WarehouseSinkConfig config, SinkSettings settings) {
        settings.tables().values().forEach(Sql::checkTable);
        DuckDbSettings own = settings(config);
        if (!own.isMotherDuck() && (!Files.exists(Path.of(own.database())) || OpenFiles.isOpen(own.database()))) {
            return options(own);
        }
        try (var connection = Session.connect(own)) {
            return connection.isReadOnly()
                    ? List.of(new Problem(DATABASE, "cannot be written to"))
                    : existing(connection, settings).check(config.topics());
        } catch (SQLException e) {
            if (SqlErrors.isLocked(e)) {
                return List.of();
            }
            return List.of(new Problem(own.isMotherDuck() ? TOKEN : DATABASE, "cannot be opened: " + e.getMessage()));
        }
    }

    private static ExistingTables<SQLException> existing(Connection connection, SinkSettings settings) {
        return new ExistingTables<>(
                settings, new ExistingTables.Types("BOOLEAN", "TIMESTAMP WITH TIME ZONE"), table -> {
                    Sql.checkTable(table);
                    return Catalog.find(connection, table)
                            .map(live ->
                                    name -> Optional.ofNullable(live.columns().get(name))
                                            .map(LiveColumn::type));
                });
    }

    /** Memory, threads and versions are words that only DuckDB knows: a database in memory tries them. */
    private static List<Problem> options(DuckDbSettings settings) {
        List<Problem> problems = new ArrayList<>();
        try (var connection = java.sql.DriverManager.getConnection("jdbc:duckdb:")) {
            attempt(connection, STORAGE_VERSION, "storage_compatibility_version", settings.storageVersion(), problems);
            attempt(connection, CHECKPOINT_THRESHOLD, "checkpoint_threshold", settings.checkpointThreshold(), problems);
            if (!settings.memoryLimit().isEmpty()) {
                attempt(connection, MEMORY_LIMIT, "memory_limit", settings.memoryLimit(), problems);
            }
        } catch (SQLException e) {
            problems.add(new Problem(DATABASE, "DuckDB does not run on this worker: " + e.getMessage()));
        }
        return problems;
    }

    private static void attempt(
            Connection connection, String key, String option, String value, List<Problem> problems) {
        // An error closes a statement.
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET GLOBAL " + option + " = " + Sql.text(value));
        } catch (SQLException e) {
            problems.add(new Problem(key, "is not understood by DuckDB: " + e.getMessage()));
        }
    }

    @Override
    public Destination destination(WarehouseSinkConfig config, SinkSettings settings) {
        check(config).stream().findFirst().ifPresent(problem -> {
            throw new ConnectException(problem.key() + " " + problem.message());
        });
        TableId table = ledgerTable(config);
        Ledger ledger = new Ledger(Sql.table(table), settings.ledgerId());
        CopyLog log = new CopyLog(
                beside(table, "_generations"), beside(table, "_generation_offsets"), settings.ledgerId(), Sql.WORDS);
        Commits commits = new Commits(beside(table, "_commits"), ledger);
        OperationsLog operations = new OperationsLog(beside(table, "_tables"), beside(table, "_topics"), commits);
        AbandonedSql abandoned = new AbandonedSql(log, ledger, operations.tables());
        Janitor janitor = new Janitor(abandoned, config.getLong(ABANDONED_MS));
        Session session = new Session(settings(config), config.connector());
        return new DuckDbDestination(
                session,
                ledger,
                commits,
                new Mappings(config.unrepresentableAsText()),
                new DuckDbDestination.Overwriting(
                        log,
                        janitor,
                        config.overwritesWhole(),
                        settings.bookkeeping().syncedAt()),
                new TableOperations(session, operations, view(config), each -> TargetTables.written(settings, each)));
    }

    /** Quoted; empty for none. */
    private static String view(WarehouseSinkConfig config) {
        String view = config.getString(FRESHNESS_VIEW).trim();
        if (view.isEmpty()) {
            return "";
        }
        TableId name = new TableId(Router.split(view));
        Sql.checkTable(name);
        return Sql.table(name);
    }

    private static String beside(TableId table, String ending) {
        List<String> parts = new ArrayList<>(table.parts());
        parts.set(parts.size() - 1, table.name() + ending);
        return Sql.table(new TableId(parts));
    }

    private static TableId ledgerTable(WarehouseSinkConfig config) {
        TableId table = new TableId(Router.split(config.getString(WarehouseSinkConfig.LEDGER_TABLE)));
        Sql.checkTable(table);
        return table;
    }

    private static DuckDbSettings settings(WarehouseSinkConfig config) {
        return new DuckDbSettings(
                config.getString(DATABASE).trim(),
                config.getPassword(TOKEN),
                config.getString(STORAGE_VERSION),
                config.getString(MEMORY_LIMIT),
                config.getString(CHECKPOINT_THRESHOLD),
                config.getInt(THREADS),
                config.getString(TEMPORARY_FOLDER),
                config.getLong(LOCK_TIMEOUT_MS),
                config.getLong(RELEASE_MS));
    }
}
