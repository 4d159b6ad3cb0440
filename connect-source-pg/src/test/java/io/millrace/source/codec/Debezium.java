package io.millrace.source.codec;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.config.CommonConnectorConfig.EventConvertingFailureHandlingMode;
import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresValueConverter;
import io.debezium.connector.postgresql.TypeRegistry;
import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.ReplicationMessageColumnValueResolver;
import io.debezium.jdbc.JdbcConfiguration;
import io.debezium.relational.Column;
import io.debezium.relational.CustomConverterRegistry;
import io.debezium.relational.Key;
import io.debezium.relational.Table;
import io.debezium.relational.TableId;
import io.debezium.relational.TableSchema;
import io.debezium.relational.TableSchemaBuilder;
import io.debezium.relational.Tables;
import io.debezium.relational.mapping.ColumnMappers;
import io.debezium.spi.topic.TopicNamingStrategy;
import io.millrace.testing.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/** Debezium's own reading of a table: what ours is compared with. */
final class Debezium implements AutoCloseable {
    private final CodecOptions options;
    private final PostgresConnection connection;
    private final TableSchemaBuilder builder;
    private final PostgresConnectorConfig config;
    private final TopicNamingStrategy<TableId> naming;

    @SuppressWarnings("unchecked")
    Debezium(PostgresServer server, CodecOptions options) {
        this.options = options;
        Map<String, String> settings = new LinkedHashMap<>(options.debezium(options.includeUnknown()));
        settings.put("database.hostname", server.host());
        settings.put("database.port", String.valueOf(server.port()));
        settings.put("database.user", server.user());
        settings.put("database.password", server.password());
        settings.put("database.dbname", server.database());
        settings.put("column.propagate.source.type", ".*");
        config = new PostgresConnectorConfig(Configuration.from(settings));
        JdbcConfiguration jdbc = config.getJdbcConfig();
        TypeRegistry registry;
        try (PostgresConnection first = new PostgresConnection(jdbc, "oracle")) {
            registry = new TypeRegistry(first);
        }
        connection = new PostgresConnection(config, registry, "oracle");
        builder = new TableSchemaBuilder(
                PostgresValueConverter.of(config, StandardCharsets.UTF_8, registry),
                connection.getDefaultValueConverter(),
                config.schemaNameAdjuster(),
                new CustomConverterRegistry(List.of()),
                SchemaBuilder.struct().name("source").build(),
                config.getFieldNamer(),
                false,
                EventConvertingFailureHandlingMode.FAIL);
        naming = config.getTopicNamingStrategy(CommonConnectorConfig.TOPIC_NAMING_STRATEGY);
    }

    record Reading(Table table, TableSchema schema, List<Object> snapshot, List<Object> stream) {
        @Nullable
        Schema field(String name) {
            return schema.valueSchema().field(name) == null
                    ? null
                    : schema.valueSchema().field(name).schema();
        }
    }

    /** The values of column {@code v} in the order of {@code id}; an exception stands for a value that made Debezium fail. */
    Reading read(String table) throws SQLException {
        Tables tables = new Tables();
        connection.readSchema(tables, null, "public", id -> id.table().equals(table), null, true);
        Table description = tables.forTable(new TableId(null, "public", table));
        TableSchema schema = builder.create(
                naming, description, config.getColumnFilter(), ColumnMappers.create(config), (Key.KeyMapper) null);
        return new Reading(description, schema, snapshot(description, schema), stream(description, schema));
    }

    private List<Object> snapshot(Table table, TableSchema schema) throws SQLException {
        List<Object> values = new ArrayList<>();
        try (Statement statement = connection.connection().createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT * FROM \"" + table.id().table() + "\" ORDER BY id")) {
            while (rows.next()) {
                Object[] row = new Object[table.columns().size()];
                values.add(snapshotValue(table, schema, rows, row));
            }
        }
        return values;
    }

    private Object snapshotValue(Table table, TableSchema schema, ResultSet rows, Object[] row) {
        try {
            for (int i = 0; i < row.length; i++) {
                row[i] = connection.getColumnValue(rows, i + 1, table.columns().get(i), table);
            }
        } catch (SQLException e) {
            return e;
        }
        return value(schema, row);
    }

    private List<Object> stream(Table table, TableSchema schema) throws SQLException {
        List<Object> values = new ArrayList<>();
        Column column = table.columnWithName("v");
        for (byte[] bytes :
                OurReading.copyText(connection.connection(), table.id().table())) {
            Object value = bytes == null
                    ? null
                    : ReplicationMessageColumnValueResolver.resolveValue(
                            "v",
                            connection.getTypeRegistry().get(column.nativeType()),
                            column.typeName(),
                            new TextValue(new String(bytes, StandardCharsets.UTF_8)),
                            () -> connection.connection().unwrap(BaseConnection.class),
                            options.includeUnknown(),
                            connection.getTypeRegistry());
            values.add(value(schema, new Object[] {0, value}));
        }
        return values;
    }

    /** The placeholder of column {@code v} when its TOAST value did not change. */
    Object unavailable(Reading reading) {
        Column column = reading.table().columnWithName("v");
        Object marker = new UnchangedToastedReplicationMessageColumn(
                        "v", connection.getTypeRegistry().get(column.nativeType()), column.typeExpression(), true)
                .getValue(() -> null, true);
        return value(reading.schema(), new Object[] {0, marker});
    }

    private static Object value(TableSchema schema, Object[] row) {
        try {
            Struct struct = schema.valueFromColumnData(row);
            return Values.comparable(struct.schema().field("v") == null ? null : struct.get("v"));
        } catch (RuntimeException e) {
            return e;
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
