package io.millrace.sink.pg;

import io.millrace.sink.SinkConfig;
import io.millrace.sink.destination.Bookkeeping;
import io.millrace.sink.destination.TableId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.postgresql.Driver;

/** The keys of the Postgres sink: its own and those of every sink. */
public final class PostgresSinkConfig extends AbstractConfig {
    public static final String URL = "connection.url";
    public static final String USERNAME = "connection.username";
    public static final String USER = "connection.user";
    public static final String PASSWORD = "connection.password";
    public static final String SSL_MODE = "connection.sslmode";
    public static final String SSL_ROOT_CERT = "connection.sslrootcert";
    public static final String SSL_CERT = "connection.sslcert";
    public static final String SSL_KEY = "connection.sslkey";
    public static final String SSL_PASSWORD = "connection.sslpassword";
    public static final String LOCK_TIMEOUT_MS = "lock.timeout.ms";
    public static final String SESSION_REPLICATION_ROLE = "session.replication.role";
    public static final String FRESHNESS_VIEW = "freshness.view";
    public static final String AUTO_CREATE_TYPES = "auto.create.types";
    public static final String AUTO_CREATE_INDEXES = "auto.create.indexes";
    public static final String LEDGER_TABLE = "ledger.table";

    private static final String PREFIX = "connection.";
    private static final Set<String> OWN = Set.of(URL, USERNAME, USER, PASSWORD, SSL_PASSWORD);

    PostgresSinkConfig(Map<String, String> properties) {
        super(configDef(), properties, false);
        OverwriteSettings.check(this);
    }

    /** All keys with their documentation, from which the reference is generated. */
    public static ConfigDef configDef() {
        ConfigDef def = new ConfigDef();
        String group = "Connection";
        def.define(
                URL,
                Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                new JdbcUrl(),
                Importance.HIGH,
                "JDBC address of the target, for example <code>jdbc:postgresql://host:5432/database</code>.",
                group,
                1,
                Width.LONG,
                "URL");
        def.define(
                USERNAME, Type.STRING, "", Importance.HIGH, "Role to log in as.", group, 2, Width.MEDIUM, "User name");
        def.define(
                USER,
                Type.STRING,
                "",
                Importance.LOW,
                "The same as <code>connection.username</code>, under the name that Confluent's JDBC sink has for it.");
        def.define(PASSWORD, Type.PASSWORD, "", Importance.HIGH, "Its password.", group, 3, Width.MEDIUM, "Password");
        tls(def);
        def.define(
                LOCK_TIMEOUT_MS,
                Type.LONG,
                10_000L,
                ConfigDef.Range.atLeast(1),
                Importance.LOW,
                "How long a statement waits for a lock, in milliseconds, before the flush is rolled back. A table that is still locked then waits by itself while the others go on; it is tried again after half a second and then ever less often, at least every ten seconds, for a quarter of a second each time. A task that takes over ends its predecessor's session after this time when that still holds the ledger, or is still replacing a table by a whole copy.");
        def.define(
                SESSION_REPLICATION_ROLE,
                Type.STRING,
                "origin",
                ConfigDef.ValidString.in("origin", "replica"),
                Importance.LOW,
                "<code>replica</code> leaves the target's triggers and foreign keys alone while the sink writes, as Postgres's own logical replication does: needed where foreign keys tie mirrored tables to each other,"
                        + " since nothing orders the changes of two tables. Needs a superuser or, from Postgres 15 on, <code>GRANT SET ON PARAMETER session_replication_role</code>.");
        def.define(
                LEDGER_TABLE,
                Type.STRING,
                "millrace_ledger",
                Importance.LOW,
                "Table in the target that remembers what has been applied; made when missing. A dot parts schema and table.");
        text(
                def,
                FRESHNESS_VIEW,
                "millrace_freshness",
                "View in the target that shows per table how far it is: <code>fresh_to</code>, the latest commit in the source that all partitions which feed the table have passed, and <code>applied_at</code>."
                        + " Made when missing and allowed. Empty: none.");
        def.define(
                AUTO_CREATE_TYPES,
                Type.BOOLEAN,
                true,
                Importance.LOW,
                "Make types that the target lacks, where the role may: extensions (citext, hstore, ltree, cube, isn, seg, postgis, vector) for their types, and enums from the labels in the records. Labels that the source adds later are added, as <code>schema.evolution</code> allows. Without it, or the privilege, such columns become text, with a warning.");
        def.define(
                AUTO_CREATE_INDEXES,
                Type.BOOLEAN,
                false,
                Importance.LOW,
                "Give tables that the sink makes the indexes of the source's tables, which our sources tell with <code>table.propagate.source.indexes=true</code>: made together with the table, never on one that was there. They get the names that Postgres chooses."
                        + " Unique ones become plain ones: rows of different keys arrive in another order than the source changed them, and may hold the same value for a moment; rows that are only flagged as deleted, or appended, keep it. An index that cannot be made (an extension that is missing, a column that is not carried) is left out with a warning.");
        OverwriteSettings.define(def);
        return SinkConfig.define(def);
    }

    private static void tls(ConfigDef def) {
        text(
                def,
                SSL_MODE,
                "TLS: <code>disable</code>, <code>allow</code>, <code>prefer</code>, <code>require</code>, <code>verify-ca</code> or <code>verify-full</code>, as in libpq. Empty: the driver's default, <code>prefer</code>. Any other property of the PostgreSQL JDBC driver can be given the same way, as <code>connection.</code> and its name.");
        text(
                def,
                SSL_ROOT_CERT,
                "File with the certificate authorities that the server's certificate is checked against.");
        text(def, SSL_CERT, "File with the client's certificate.");
        text(def, SSL_KEY, "File with the client's key, PKCS#12 or PKCS#8 DER.");
        def.define(SSL_PASSWORD, Type.PASSWORD, "", Importance.LOW, "Password of the client's key.");
    }

    private static void text(ConfigDef def, String name, String documentation) {
        text(def, name, "", documentation);
    }

    private static void text(ConfigDef def, String name, String value, String documentation) {
        def.define(name, Type.STRING, value, Importance.LOW, documentation);
    }

    ConnectionSettings connection() {
        Map<String, String> driver = new HashMap<>();
        originalsStrings().forEach((key, value) -> {
            if (key.startsWith(PREFIX) && !OWN.contains(key) && !value.isEmpty()) {
                driver.put(key.substring(PREFIX.length()), value);
            }
        });
        Password sslPassword = getPassword(SSL_PASSWORD);
        if (!sslPassword.value().isEmpty()) {
            driver.put("sslpassword", sslPassword.value());
        }
        Password password = getPassword(PASSWORD);
        String user = getString(USERNAME).isEmpty() ? getString(USER) : getString(USERNAME);
        return new ConnectionSettings(
                getString(URL),
                user.isEmpty() ? null : user,
                password.value().isEmpty() ? null : password,
                driver,
                "millrace-sink " + originalsStrings().getOrDefault("name", ""),
                getLong(SinkConfig.FLUSH_TIMEOUT_MS),
                getLong(LOCK_TIMEOUT_MS),
                getString(SESSION_REPLICATION_ROLE).equals("replica"));
    }

    OverwriteSettings overwrite(TableId ledger, Bookkeeping added) {
        return OverwriteSettings.of(this, ledger, added);
    }

    /** Never shows the address: what people paste may hold a password. The driver would show it in its own errors. */
    private static final class JdbcUrl implements ConfigDef.Validator {
        /** Behind a host's name, or a bracket that ends an address. */
        private static final Pattern WORD_AS_PORT = Pattern.compile("//[^/]*[^/:,]:(?![0-9]*(,|/|$))(?![0-9a-f:.%]*])");

        @Override
        public void ensureValid(String name, @org.jspecify.annotations.Nullable Object value) {
            String url = String.valueOf(value);
            if (!url.startsWith("jdbc:postgresql:")) {
                throw refused(name, "has to begin with jdbc:postgresql:");
            }
            String server = url.replaceFirst("[?].*", "");
            if (server.contains("@")) {
                throw refused(name, "has no place for a user and a password");
            }
            if (WORD_AS_PORT.matcher(server).find()) {
                throw refused(name, "has a port that is no number");
            }
            if (Driver.parseURL(url, new Properties()) == null) {
                throw refused(name, "cannot be parsed");
            }
        }

        private static ConfigException refused(String name, String problem) {
            return new ConfigException("Invalid value for configuration " + name + ": it " + problem
                    + "; it is like jdbc:postgresql://host:5432/database, with the login in " + USERNAME + " and "
                    + PASSWORD);
        }

        @Override
        public String toString() {
            return "jdbc:postgresql://host:port/database";
        }
    }

    static List<String> names() {
        return List.copyOf(configDef().names());
    }
}
