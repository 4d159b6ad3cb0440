package io.millrace.sink.warehouse.clickhouse;

import io.millrace.sink.SinkSettings;
import io.millrace.sink.destination.Destination;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.route.Router;
import io.millrace.sink.warehouse.Warehouse;
import io.millrace.sink.warehouse.WarehouseSinkConfig;
import io.millrace.sink.warehouse.clickhouse.encode.Mappings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.connect.errors.ConnectException;

/** ClickHouse, on a server of one's own or as a service. */
public final class ClickHouseWarehouse implements Warehouse {
    static final String URL = "clickhouse.url";
    static final String DATABASE = "clickhouse.database";
    static final String USER = "clickhouse.user";
    static final String PASSWORD = "clickhouse.password";
    static final String COMPRESSION = "clickhouse.compression";
    static final String CONNECT_TIMEOUT_MS = "clickhouse.connect.timeout.ms";
    static final String REQUEST_TIMEOUT_MS = "clickhouse.request.timeout.ms";
    static final String RETRIES = "clickhouse.retries";
    static final String CA = "clickhouse.ssl.ca.location";
    static final String CERTIFICATE = "clickhouse.ssl.certificate.location";
    static final String KEY = "clickhouse.ssl.key.location";
    static final String TRUST_STORE = "clickhouse.ssl.truststore.location";
    static final String TRUST_STORE_PASSWORD = "clickhouse.ssl.truststore.password";
    static final String TRUST_STORE_TYPE = "clickhouse.ssl.truststore.type";
    static final String PARTIAL_UPDATES = "clickhouse.partial.updates";
    static final String VERSION_COLUMN = "clickhouse.version.column";
    static final String DELETED_COLUMN = "clickhouse.deleted.column";
    static final String VIEW_ENDING = "clickhouse.view.ending";
    static final String WINDOW = "clickhouse.deduplication.window";

    private static final String GROUP = "ClickHouse";

    @Override
    public String type() {
        return "clickhouse";
    }

    @Override
    public void define(ConfigDef def) {
        def.define(
                URL,
                Type.STRING,
                "",
                Importance.HIGH,
                "The server's HTTP interface: <code>https://host:8443</code>, or <code>http://host:8123</code> without encryption.",
                GROUP,
                1,
                Width.LONG,
                "URL");
        def.define(
                DATABASE,
                Type.STRING,
                "default",
                Importance.HIGH,
                "Database of the ledger, of tables in which rows wait, and of target tables whose name has no database. It must exist; others are made with <code>auto.create</code>.",
                GROUP,
                2,
                Width.MEDIUM,
                "Database");
        login(def);
        transport(def);
        tables(def);
    }

    private static void login(ConfigDef def) {
        def.define(USER, Type.STRING, "default", Importance.HIGH, "Name of the user.", GROUP, 3, Width.MEDIUM, "User");
        def.define(
                PASSWORD,
                Type.PASSWORD,
                "",
                Importance.HIGH,
                "The user's password.",
                GROUP,
                4,
                Width.MEDIUM,
                "Password");
    }

    private static void transport(ConfigDef def) {
        def.define(
                COMPRESSION,
                Type.STRING,
                "lz4",
                ConfigDef.CaseInsensitiveValidString.in("lz4", "none"),
                Importance.LOW,
                "How rows are compressed on their way to the server.");
        number(def, CONNECT_TIMEOUT_MS, 10_000, "How long to wait for a connection, in milliseconds.");
        number(
                def,
                REQUEST_TIMEOUT_MS,
                300_000,
                "How long to wait for the answer to a request, in milliseconds; 0: for ever.");
        number(
                def,
                RETRIES,
                5,
                "How often a request is repeated, with growing pauses of at most five seconds, when there is no answer or one that ClickHouse calls worth it: busy, too many parts, a lost connection. After that the flush is given up and its records are read again.");
        text(def, CA, "", "File on the worker with the certificate (PEM) that signs the server's.");
        text(def, CERTIFICATE, "", "File on the worker with the certificate (PEM) that this connector shows.");
        text(def, KEY, "", "File on the worker with the key of that certificate (PEM, PKCS #8).");
        text(def, TRUST_STORE, "", "File on the worker with a trust store, instead of the other files.");
        def.define(TRUST_STORE_PASSWORD, Type.PASSWORD, "", Importance.LOW, "The trust store's password.");
        text(def, TRUST_STORE_TYPE, "PKCS12", "The trust store's type.");
    }

    private static void tables(ConfigDef def) {
        def.define(
                PARTIAL_UPDATES,
                Type.STRING,
                "refuse",
                ConfigDef.CaseInsensitiveValidString.in("refuse", "read"),
                Importance.MEDIUM,
                "What to do about rows that lack values, since ClickHouse only writes whole rows: unchanged TOAST values, which the source does not send, and columns that the table has and the source does not. <code>refuse</code>: such a row stops the task, or goes to the dead letter queue where <code>errors.tolerance=all</code> is set; REPLICA IDENTITY FULL on the source makes rows whole."
                        + " <code>read</code>: the missing values are read from the table, which costs a look at its keys in each flush that has such rows. Soft deletes always read.");
        text(
                def,
                VERSION_COLUMN,
                "__version",
                "Column that the sink adds to its tables (UInt64): which of two rows of a key is later. For upserts it decides, in logs it is the order.");
        text(
                def,
                DELETED_COLUMN,
                "__is_deleted",
                "Column that the sink adds to tables with a key (UInt8): 1 in rows that are only there to hide a deleted one from <code>FINAL</code>.");
        text(
                def,
                VIEW_ENDING,
                "_current",
                "With upsert a view of this name behind its table's shows the rows as they are now, without the sink's two columns. Empty: no view.");
        number(
                def,
                WINDOW,
                1000,
                "How many of its last inserts an appended table remembers, so that none is done twice (<code>non_replicated_deduplication_window</code>). Replicated tables and ClickHouse Cloud have windows of their own.");
    }

    private static void text(ConfigDef def, String name, String value, String documentation) {
        def.define(name, Type.STRING, value, Importance.LOW, documentation);
    }

    private static void number(ConfigDef def, String name, int value, String documentation) {
        def.define(name, Type.INT, value, ConfigDef.Range.atLeast(0), Importance.LOW, documentation);
    }

    /** Tasks write apart: each row's version says which is later. */
    @Override
    public int maxTasks(WarehouseSinkConfig config) {
        return Integer.MAX_VALUE;
    }

    @Override
    public List<Problem> check(WarehouseSinkConfig config) {
        List<Problem> problems = new ArrayList<>();
        ClickHouseSettings settings = settings(config);
        url(settings.url(), problems);
        if (settings.database().isEmpty()) {
            problems.add(new Problem(DATABASE, "is needed"));
        }
        if (settings.window() < 1) {
            problems.add(new Problem(WINDOW, "must be at least 1: without it a repeated insert doubles rows"));
        }
        column(VERSION_COLUMN, settings.versionColumn(), problems);
        column(DELETED_COLUMN, settings.deletedColumn(), problems);
        if (settings.versionColumn().equals(settings.deletedColumn())) {
            problems.add(new Problem(DELETED_COLUMN, "must differ from " + VERSION_COLUMN));
        }
        tls(settings, problems);
        try {
            ledgerTable(config);
        } catch (IllegalArgumentException | ConnectException e) {
            problems.add(new Problem(WarehouseSinkConfig.LEDGER_TABLE, String.valueOf(e.getMessage())));
        }
        return problems;
    }

    private static void url(String url, List<Problem> problems) {
        String form = "must be of the form https://host:8443 or http://host:8123";
        try {
            URI uri = new URI(url);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean bare = uri.getPath() == null || uri.getPath().length() <= 1;
            if (url.isEmpty()) {
                problems.add(new Problem(URL, "is needed: https://host:8443, or http://host:8123"));
            } else if (!http || uri.getHost() == null || uri.getPort() < 0 || !bare || uri.getQuery() != null) {
                problems.add(new Problem(URL, form));
            } else if (uri.getUserInfo() != null) {
                problems.add(new Problem(URL, "must not hold a password: use " + USER + " and " + PASSWORD));
            }
        } catch (URISyntaxException e) {
            problems.add(new Problem(URL, form));
        }
    }

    private static void column(String key, String name, List<Problem> problems) {
        if (name.isEmpty()) {
            problems.add(new Problem(key, "needs a name"));
        }
    }

    private static void tls(ClickHouseSettings settings, List<Problem> problems) {
        ClickHouseSettings.Tls tls = settings.tls();
        file(CA, tls.rootCertificate(), settings, problems);
        file(CERTIFICATE, tls.certificate(), settings, problems);
        file(KEY, tls.key(), settings, problems);
        file(TRUST_STORE, tls.trustStore(), settings, problems);
        if (tls.certificate().isEmpty() != tls.key().isEmpty()) {
            problems.add(new Problem(KEY, "and " + CERTIFICATE + " are needed together"));
        }
        if (!tls.trustStore().isEmpty() && !(tls.certificate() + tls.rootCertificate()).isEmpty()) {
            problems.add(new Problem(TRUST_STORE, "does not go with " + CA + " or " + CERTIFICATE));
        }
    }

    private static void file(String key, String path, ClickHouseSettings settings, List<Problem> problems) {
        if (!path.isEmpty() && !settings.isSecure()) {
            problems.add(new Problem(key, "needs a URL that begins with https"));
        } else if (!path.isEmpty() && !Files.isReadable(Path.of(path))) {
            problems.add(new Problem(key, "is no file that this worker can read"));
        }
    }

    @Override
    public List<Problem> probe(WarehouseSinkConfig config, SinkSettings settings) {
        try (Server server = new Server(settings(config).impatient())) {
            return new Probe(server, settings).run(config.topics());
        }
    }

    @Override
    public Destination destination(WarehouseSinkConfig config, SinkSettings settings) {
        check(config).stream().findFirst().ifPresent(problem -> {
            throw new ConnectException(problem.key() + " " + problem.message());
        });
        return new ClickHouseDestination(
                new Server(settings(config)),
                settings,
                new Mappings(config.unrepresentableAsText()),
                new ClickHouseDestination.Memory(ledgerTable(config), settings.ledgerId()));
    }

    private static TableId ledgerTable(WarehouseSinkConfig config) {
        TableId table = new TableId(Router.split(config.getString(WarehouseSinkConfig.LEDGER_TABLE)));
        Sql.checkTable(table);
        return Sql.in(config.getString(DATABASE).trim(), table);
    }

    private static ClickHouseSettings settings(WarehouseSinkConfig config) {
        return new ClickHouseSettings(
                config.getString(URL).trim(),
                config.getString(DATABASE).trim(),
                config.getString(USER),
                config.getPassword(PASSWORD),
                new ClickHouseSettings.Tls(
                        config.getString(CA),
                        config.getString(CERTIFICATE),
                        config.getString(KEY),
                        config.getString(TRUST_STORE),
                        config.getPassword(TRUST_STORE_PASSWORD),
                        config.getString(TRUST_STORE_TYPE)),
                word(config, COMPRESSION).equals("lz4"),
                config.getInt(CONNECT_TIMEOUT_MS),
                config.getInt(REQUEST_TIMEOUT_MS),
                config.getInt(RETRIES),
                word(config, PARTIAL_UPDATES).equals("read"),
                config.getString(VERSION_COLUMN).trim(),
                config.getString(DELETED_COLUMN).trim(),
                config.getString(VIEW_ENDING).trim(),
                config.getInt(WINDOW));
    }

    private static String word(WarehouseSinkConfig config, String key) {
        return config.getString(key).toLowerCase(Locale.ROOT);
    }
}
