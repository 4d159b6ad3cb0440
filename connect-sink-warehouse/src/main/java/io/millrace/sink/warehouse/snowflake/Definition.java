package io.millrace.sink.warehouse.snowflake;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;

/** Snowflake's own keys. Those that the vendor's connector for Kafka has keep its names and meanings. */
final class Definition {
    private static final String GROUP = "Snowflake";

    private final ConfigDef def;
    private int order;

    private Definition(ConfigDef def) {
        this.def = def;
    }

    static void addTo(ConfigDef def) {
        Definition definition = new Definition(def);
        definition.login();
        definition.place();
        definition.limits();
    }

    private void login() {
        named(
                SnowflakeWarehouse.URL,
                "Address of the account, for example <code>https://myorg-myaccount.snowflakecomputing.com</code>; <code>https</code> may be left out. <code>http://</code> is for emulators.");
        named(SnowflakeWarehouse.USER, "The user that the connector logs in as.");
        secret(
                SnowflakeWarehouse.PRIVATE_KEY,
                "Private key of key-pair login: an RSA key in PKCS#8, as a PEM file or as the text between its first and last line. Without it <code>snowflake.password</code> is used.",
                "Private key");
        secret(
                SnowflakeWarehouse.PASSPHRASE,
                "What the private key is encrypted with; empty for one that is not encrypted.",
                "Passphrase");
        secret(
                SnowflakeWarehouse.PASSWORD,
                "Password or programmatic access token of the user, where there is no private key.",
                "Password");
        named(
                SnowflakeWarehouse.ROLE,
                "Role that the connector works as; empty for the user's default role. What it has to be granted is in <code>docs/snowflake.md</code>.");
        named(
                SnowflakeWarehouse.WAREHOUSE,
                "Warehouse that loads and merges; empty for the user's default one. It should resume and suspend by itself.");
    }

    private void place() {
        named(SnowflakeWarehouse.DATABASE, "Database of all tables; it has to exist.");
        named(
                SnowflakeWarehouse.SCHEMA,
                "Schema of the ledger and of temporary tables, and of target tables whose names have no schema; made when missing, as are the others.");
        def.define(
                SnowflakeWarehouse.IDENTIFIER_CASE,
                Type.STRING,
                "upper",
                ConfigDef.CaseInsensitiveValidString.in("upper", "keep"),
                Importance.MEDIUM,
                "Case of the names of schemas, tables and columns. <code>upper</code>: their letters a to z become capitals, as those of names without quotes do in Snowflake; names that differ in case only are refused. <code>keep</code>: names are as in the source, and have to be quoted in statements. To be chosen once: tables of the other case are not found.",
                GROUP,
                ++order,
                Width.SHORT,
                "Case of names");
    }

    private void limits() {
        def.define(
                SnowflakeWarehouse.LOCK_TIMEOUT_MS,
                Type.LONG,
                60_000L,
                ConfigDef.Range.atLeast(1000),
                Importance.LOW,
                "How long a statement waits for another transaction that changes the same table, in milliseconds, before the flush is given up and tried again. Snowflake's own default is 12 hours.");
        def.define(
                SnowflakeWarehouse.QUERY_TAG,
                Type.STRING,
                "millrace",
                Importance.LOW,
                "Tag of the connector's statements in the query history; <code>${connector}</code> in it is the connector's name.");
        number(
                SnowflakeWarehouse.RETRIES,
                3,
                "How often what Snowflake calls transient is repeated before the flush is given up.",
                0);
        number(
                SnowflakeWarehouse.BACKOFF_MS,
                1000,
                "Time before the first repetition, in milliseconds; it doubles with each, up to half a minute.",
                1);
    }

    private void named(String name, String documentation) {
        def.define(name, Type.STRING, "", Importance.HIGH, documentation, GROUP, ++order, Width.MEDIUM, name);
    }

    private void secret(String name, String documentation, String shown) {
        def.define(name, Type.PASSWORD, "", Importance.HIGH, documentation, GROUP, ++order, Width.LONG, shown);
    }

    private void number(String name, int value, String documentation, int least) {
        def.define(name, Type.INT, value, ConfigDef.Range.between(least, 600_000), Importance.LOW, documentation);
    }
}
