package io.millrace.sink.warehouse.snowflake;

import io.millrace.sink.SinkSettings;
import io.millrace.sink.TargetTables;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import io.millrace.sink.warehouse.ExistingTables;
import io.millrace.sink.warehouse.Warehouse;
import io.millrace.sink.warehouse.WarehouseSinkConfig;
import io.millrace.sink.warehouse.copies.CopyLog;
import io.millrace.sink.warehouse.snowflake.encode.Mappings;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** Snowflake. */
public final class SnowflakeWarehouse implements Warehouse {
    static final String URL = "snowflake.url.name";
    static final String USER = "snowflake.user.name";
    static final String PRIVATE_KEY = "snowflake.private.key";
    static final String PASSPHRASE = "snowflake.private.key.passphrase";
    static final String PASSWORD = "snowflake.password";
    static final String ROLE = "snowflake.role.name";
    static final String WAREHOUSE = "snowflake.warehouse.name";
    static final String DATABASE = "snowflake.database.name";
    static final String SCHEMA = "snowflake.schema.name";
    static final String IDENTIFIER_CASE = "snowflake.identifier.case";
    static final String LOCK_TIMEOUT_MS = "snowflake.lock.timeout.ms";
    static final String QUERY_TAG = "snowflake.query.tag";
    static final String RETRIES = "snowflake.retries";
    static final String BACKOFF_MS = "snowflake.retry.backoff.ms";

    private static final Pattern ADDRESS = Pattern.compile("(?i)(https?://)?[a-z0-9._-]+(:\\d{1,5})?/?");

    /** Files in a stage, or binds. */
    private static final List<String> MODES = List.of("avro", "sql");

    /** The user's stage, or one with a name, and a path. */
    private static final Pattern STAGE =
            Pattern.compile("@(~|(\\w+|\"[^\"']+\")(\\.(\\w+|\"[^\"']+\")){0,2})(/[\\w.=-]+)*/?");

    @Override
    public String type() {
        return "snowflake";
    }

    @Override
    public void define(ConfigDef def) {
        Definition.addTo(def);
    }

    /** Two tasks that merged into one table would wait for each other. */
    @Override
    public int maxTasks(WarehouseSinkConfig config) {
        return 1;
    }

    @Override
    public List<String> loadModes() {
        return MODES;
    }

    @Override
    public boolean loadsFromBuckets() {
        return true;
    }

    @Override
    public List<Problem> check(WarehouseSinkConfig config) {
        List<Problem> problems = new ArrayList<>();
        if (!ADDRESS.matcher(config.getString(URL).trim()).matches()) {
            problems.add(new Problem(URL, "is needed: https://<account>.snowflakecomputing.com"));
        }
        for (String key : List.of(USER, DATABASE, SCHEMA)) {
            if (config.getString(key).isBlank()) {
                problems.add(new Problem(key, "is needed"));
            }
        }
        if (config.getPassword(PRIVATE_KEY).value().isBlank()
                && config.getPassword(PASSWORD).value().isEmpty()) {
            problems.add(new Problem(PRIVATE_KEY, "is needed, or " + PASSWORD));
        }
        boolean binds = config.loadMode(MODES).equals("sql");
        if (binds && !config.getString(WarehouseSinkConfig.STAGING_LOCATION).isBlank()) {
            problems.add(new Problem(
                    WarehouseSinkConfig.STAGING_LOCATION, "is not used with load.mode=sql: leave one of them out"));
        } else if (!STAGE.matcher(stage(config)).matches()) {
            problems.add(
                    new Problem(
                            WarehouseSinkConfig.STAGING_LOCATION,
                            "has to be an internal stage, with a folder or without: @~/folder, or @database.schema.stage/folder"));
        }
        attempt(PRIVATE_KEY, problems, () -> key(config));
        attempt(WarehouseSinkConfig.LEDGER_TABLE, problems, () -> ledgerTable(config));
        return problems;
    }

    private static void attempt(String key, List<Problem> problems, Runnable parse) {
        try {
            parse.run();
        } catch (IllegalArgumentException | ConnectException e) {
            problems.add(new Problem(key, String.valueOf(e.getMessage())));
        }
    }

    @Override
    public List<Problem> probe(WarehouseSinkConfig config, SinkSettings settings) {
        SnowflakeSettings own = settings(config, settings);
        try (Connection connection = Login.connect(own)) {
            List<Problem> problems = new ArrayList<>(new Access(connection, own).check());
            if (problems.isEmpty()) {
                problems.addAll(existing(connection, own.place(), settings).check(config.topics()));
            }
            return problems;
        } catch (SQLException e) {
            String key = SqlErrors.isRefusal(e) ? USER : URL;
            return List.of(new Problem(key, "cannot be asked: " + e.getMessage()));
        }
    }

    private static ExistingTables<SQLException> existing(Connection connection, Place place, SinkSettings settings) {
        return new ExistingTables<>(settings, new ExistingTables.Types("BOOLEAN", TablePlan.INSTANT), table -> {
            Place.checkTable(table);
            return Catalog.find(connection, place.sql(table))
                    .map(live -> name -> Optional.ofNullable(live.columns().get(place.name(name)))
                            .map(LiveColumn::type)
                            .map(type -> Fit.holds(type, TablePlan.INSTANT) ? TablePlan.INSTANT : type));
        });
    }

    @Override
    public Destination destination(WarehouseSinkConfig config, SinkSettings settings) {
        check(config).stream().findFirst().ifPresent(problem -> {
            throw new ConnectException(problem.key() + " " + problem.message());
        });
        SnowflakeSettings own = settings(config, settings);
        Place place = own.place();
        TableId table = ledgerTable(config);
        String id = settings.ledgerId();
        Ledger ledger = Ledger.of(place, table, id);
        TableId beside = Ledger.own(table, id);
        CopyLog copies = new CopyLog(
                place.sql(Place.beside(beside, "_generations")),
                place.sql(Place.beside(beside, "_generation_offsets")),
                id,
                Sql.WORDS);
        OperationsLog operations = new OperationsLog(
                place.sql(Place.beside(beside, "_tables")), place.sql(Place.beside(beside, "_topics")), ledger);
        List<String> made = new ArrayList<>(ledger.create());
        made.addAll(copies.create());
        Session session = new Session(own, Login::connect);
        String schema = place.schema(table);
        return new SnowflakeDestination(
                own,
                session,
                new LedgerTable(new OwnTables(session, place, schema, ledger.create()), ledger),
                new Mappings(config.unrepresentableAsText()),
                new SnowflakeDestination.Overwriting(
                        new OwnTables(session, place, schema, made),
                        copies,
                        config.overwritesWhole(),
                        settings.bookkeeping().syncedAt()),
                new TableOperations(
                        new OwnTables(session, place, schema, operations.create()),
                        place,
                        operations,
                        each -> TargetTables.written(settings, each)));
    }

    private static TableId ledgerTable(WarehouseSinkConfig config) {
        TableId table = new TableId(Router.split(config.getString(WarehouseSinkConfig.LEDGER_TABLE)));
        Place.checkTable(table);
        return table;
    }

    private static @Nullable PrivateKey key(WarehouseSinkConfig config) {
        String text = config.getPassword(PRIVATE_KEY).value();
        return text.isBlank()
                ? null
                : PrivateKeys.parse(text, config.getPassword(PASSPHRASE).value());
    }

    private static String stage(WarehouseSinkConfig config) {
        String given = config.getString(WarehouseSinkConfig.STAGING_LOCATION).trim();
        return given.isEmpty() ? "@~/millrace" : given;
    }

    /**
     * Of files in the stage: each claim removes what it finds there. Connectors of one name in several clusters may share
     * a user's stage, but never a ledger.
     */
    private static String folder(WarehouseSinkConfig config, SinkSettings settings) {
        String id = settings.ledgerId();
        String ledger = Ledger.of(place(config), ledgerTable(config), id).table();
        // Whose files they are is for people to see, as far as a path takes the name; the hash tells it from others.
        UUID hash = UUID.nameUUIDFromBytes((id + '\0' + ledger).getBytes(StandardCharsets.UTF_8));
        return id.replaceAll("[^A-Za-z0-9_-]", "_") + "_" + hash;
    }

    private static Place place(WarehouseSinkConfig config) {
        boolean upper =
                config.getString(IDENTIFIER_CASE).toLowerCase(Locale.ROOT).equals("upper");
        return new Place(
                config.getString(DATABASE).trim(), config.getString(SCHEMA).trim(), upper);
    }

    static SnowflakeSettings settings(WarehouseSinkConfig config, SinkSettings settings) {
        String address = config.getString(URL).trim();
        return new SnowflakeSettings(
                address.contains("://") ? address : "https://" + address,
                config.getString(USER).trim(),
                config.getPassword(PASSWORD),
                key(config),
                config.getString(ROLE).trim(),
                config.getString(WAREHOUSE).trim(),
                place(config),
                config.loadMode(MODES).equals(MODES.get(0)),
                stage(config).replaceAll("/+$", "") + "/" + folder(config, settings) + "/",
                config.getLong(LOCK_TIMEOUT_MS),
                config.getString(QUERY_TAG).replace("${connector}", config.connector()),
                config.getInt(RETRIES),
                config.getInt(BACKOFF_MS),
                settings.logAndView());
    }
}
