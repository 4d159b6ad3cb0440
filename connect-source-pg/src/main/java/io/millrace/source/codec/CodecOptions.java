package io.millrace.source.codec;

import io.debezium.config.CommonConnectorConfig.BinaryHandlingMode;
import io.debezium.connector.postgresql.PostgresConnectorConfig.HStoreHandlingMode;
import io.debezium.connector.postgresql.PostgresConnectorConfig.IntervalHandlingMode;
import io.debezium.jdbc.JdbcValueConverters.DecimalMode;
import io.debezium.jdbc.TemporalPrecisionMode;
import java.util.Locale;
import java.util.Map;

/**
 * How values are represented; names and meanings are Debezium's.
 *
 * @param includeUnknown {@code include.unknown.datatypes}: a type without a conversion comes as bytes of its text form;
 *     if false such a column is left out, with a warning
 * @param propagateSourceTypes the parameters {@code __debezium.source.column.*} on each value field, as
 *     {@code column.propagate.source.type=.*} has Debezium write them
 */
public record CodecOptions(
        DecimalMode decimal,
        TemporalPrecisionMode time,
        IntervalHandlingMode interval,
        BinaryHandlingMode binary,
        HStoreHandlingMode hstore,
        String unavailablePlaceholder,
        boolean includeUnknown,
        boolean propagateSourceTypes,
        int moneyFractionDigits) {

    public static final String DECIMAL_HANDLING_MODE = "decimal.handling.mode";
    public static final String TIME_PRECISION_MODE = "time.precision.mode";
    public static final String INTERVAL_HANDLING_MODE = "interval.handling.mode";
    public static final String BINARY_HANDLING_MODE = "binary.handling.mode";
    public static final String HSTORE_HANDLING_MODE = "hstore.handling.mode";
    public static final String UNAVAILABLE_VALUE_PLACEHOLDER = "unavailable.value.placeholder";
    public static final String INCLUDE_UNKNOWN_DATATYPES = "include.unknown.datatypes";
    public static final String MONEY_FRACTION_DIGITS = "money.fraction.digits";

    /** Debezium's defaults, but intervals as strings (lossless), unknown types included, source types propagated. */
    public static CodecOptions defaults() {
        return from(Map.of());
    }

    /** Reads the options of a connector's configuration; what is absent has the value of {@link #defaults()}. */
    public static CodecOptions from(Map<String, String> config) {
        return new CodecOptions(
                DecimalMode.valueOf(
                        config.getOrDefault(DECIMAL_HANDLING_MODE, "precise").toUpperCase(Locale.ROOT)),
                TemporalPrecisionMode.parse(config.getOrDefault(TIME_PRECISION_MODE, "adaptive")),
                IntervalHandlingMode.parse(config.getOrDefault(INTERVAL_HANDLING_MODE, "string")),
                BinaryHandlingMode.parse(config.getOrDefault(BINARY_HANDLING_MODE, "bytes")),
                HStoreHandlingMode.parse(config.getOrDefault(HSTORE_HANDLING_MODE, "json")),
                config.getOrDefault(UNAVAILABLE_VALUE_PLACEHOLDER, "__debezium_unavailable_value"),
                Boolean.parseBoolean(config.getOrDefault(INCLUDE_UNKNOWN_DATATYPES, "true")),
                true,
                Integer.parseInt(config.getOrDefault(MONEY_FRACTION_DIGITS, "2")));
    }

    /** The same without the parameters that tell the source's types. */
    public CodecOptions withoutSourceTypes() {
        return new CodecOptions(
                decimal,
                time,
                interval,
                binary,
                hstore,
                unavailablePlaceholder,
                includeUnknown,
                false,
                moneyFractionDigits);
    }

    Map<String, String> debezium(boolean unknown) {
        return Map.ofEntries(
                Map.entry("topic.prefix", "codec"),
                Map.entry("database.hostname", "codec"),
                Map.entry("database.dbname", "codec"),
                Map.entry("database.user", "codec"),
                Map.entry(DECIMAL_HANDLING_MODE, decimal.name().toLowerCase(Locale.ROOT)),
                Map.entry(TIME_PRECISION_MODE, time.getValue()),
                Map.entry(INTERVAL_HANDLING_MODE, interval.getValue()),
                Map.entry(BINARY_HANDLING_MODE, binary.getValue()),
                Map.entry(HSTORE_HANDLING_MODE, hstore.getValue()),
                Map.entry(UNAVAILABLE_VALUE_PLACEHOLDER, unavailablePlaceholder),
                Map.entry(INCLUDE_UNKNOWN_DATATYPES, String.valueOf(unknown)),
                Map.entry(MONEY_FRACTION_DIGITS, String.valueOf(moneyFractionDigits)));
    }
}
