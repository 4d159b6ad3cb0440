package io.millrace.source.query;

import io.millrace.source.catalog.Identifier;
import java.math.BigInteger;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The types that a watermark can have. A value is an ordinal here, the next value's is one more: an integer is itself, a
 * time its microseconds since 1970, a date its days, a uuid its 128 bits. What goes into SQL is a typed literal that was
 * made from an ordinal, never somebody's text.
 */
public enum WatermarkType {
    INT2("int2", "-32768"),
    INT4("int4", "-2147483648"),
    INT8("int8", "-9223372036854775808"),
    TIMESTAMPTZ("timestamptz", "-infinity"),
    TIMESTAMP("timestamp", "-infinity"),
    DATE("date", "-infinity"),
    UUID_V7("uuid", "00000000-0000-0000-0000-000000000000");

    // The server counts times from 2000 on; its least and its greatest number are the infinite ones.
    private static final BigInteger MICROS_TO_2000 = BigInteger.valueOf(946_684_800_000_000L);
    private static final BigInteger DAYS_TO_2000 = BigInteger.valueOf(10_957);

    private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);
    private static final int UUID_MILLIS_SHIFT = 80;

    /** The times of commits that overtake each other go back by less, and marks stay this far behind the clock. */
    private static final long CLOCK_MICROS = 1_000_000;

    private static final Map<Integer, WatermarkType> BY_OID =
            Map.of(21, INT2, 23, INT4, 20, INT8, 1184, TIMESTAMPTZ, 1114, TIMESTAMP, 1082, DATE, 2950, UUID_V7);

    private final String sqlName;
    private final String lowest;

    WatermarkType(String sqlName, String lowest) {
        this.sqlName = sqlName;
        this.lowest = lowest;
    }

    /** Null for a type that cannot be a watermark. */
    public static @Nullable WatermarkType of(int typeOid) {
        return BY_OID.get(typeOid);
    }

    public boolean isInteger() {
        return this == INT2 || this == INT4 || this == INT8;
    }

    /** Whether values depend on the time zone of whoever writes them. */
    public boolean isLocal() {
        return this == TIMESTAMP || this == DATE;
    }

    /** A literal of this type; null stands for what is below or at every value. */
    String literal(@Nullable BigInteger ordinal) {
        return Identifier.literal(ordinal == null ? lowest : text(ordinal)) + "::" + sqlName;
    }

    /** As people and the server write it. */
    String text(BigInteger ordinal) {
        return switch (this) {
            case INT2, INT4, INT8 -> ordinal.toString();
            case TIMESTAMPTZ -> TimeText.ofMicros(ordinal.longValueExact(), "+00");
            case TIMESTAMP -> TimeText.ofMicros(ordinal.longValueExact(), "");
            case DATE -> TimeText.ofDays(ordinal.longValueExact());
            case UUID_V7 -> new UUID(ordinal.shiftRight(64).longValue(), ordinal.longValue()).toString();
        };
    }

    /** @throws IllegalArgumentException for what is no value of this type; the message says what one looks like */
    BigInteger parse(String given) {
        String text = given.strip();
        return switch (this) {
            case INT2, INT4, INT8 -> integer(text);
            case TIMESTAMPTZ -> BigInteger.valueOf(TimeText.micros(text, true));
            case TIMESTAMP -> BigInteger.valueOf(TimeText.micros(text, false));
            case DATE -> BigInteger.valueOf(TimeText.days(text));
            case UUID_V7 -> ordinal(uuid(text));
        };
    }

    /**
     * From the binary form that COPY has.
     *
     * @return null for a time that is infinite
     */
    @Nullable
    BigInteger ofBinary(byte[] value) {
        BigInteger number = new BigInteger(value);
        BigInteger beyond = BigInteger.ONE.shiftLeft(Byte.SIZE * value.length - 1);
        boolean infinite = number.equals(beyond.negate()) || number.equals(beyond.subtract(BigInteger.ONE));
        return switch (this) {
            case INT2, INT4, INT8 -> number;
            case TIMESTAMPTZ, TIMESTAMP -> infinite ? null : number.add(MICROS_TO_2000);
            case DATE -> infinite ? null : number.add(DAYS_TO_2000);
            case UUID_V7 -> new BigInteger(1, value);
        };
    }

    private static UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no uuid", e);
        }
    }

    private BigInteger integer(String text) {
        BigInteger least = new BigInteger(lowest);
        BigInteger value;
        try {
            value = new BigInteger(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no integer", e);
        }
        if (value.compareTo(least) < 0 || value.compareTo(least.negate()) >= 0) {
            throw new IllegalArgumentException(text + " does not fit " + sqlName);
        }
        return value;
    }

    private static BigInteger ordinal(UUID uuid) {
        return unsigned(uuid.getMostSignificantBits()).shiftLeft(64).add(unsigned(uuid.getLeastSignificantBits()));
    }

    private static BigInteger unsigned(long bits) {
        BigInteger value = BigInteger.valueOf(bits);
        return value.signum() < 0 ? value.add(TWO_64) : value;
    }

    /** SQL to select an expression of this type as a text that {@link #parse} reads. */
    static String asText(String expression) {
        // Named, as ORDER BY would else take the column's name for the text's.
        return "(" + expression + ")::text AS millrace_text";
    }

    /** SQL for a condition that leaves out what is before or after all times; empty where there is no such value. */
    String finite(String expression) {
        return isInteger() || this == UUID_V7 ? "" : "isfinite(" + expression + ")";
    }

    /** Whether a value lies so much below another one that later writers give out what lies between: clocks differ a little. */
    boolean isBehind(BigInteger value, BigInteger other) {
        BigInteger gap = other.subtract(value);
        return switch (this) {
            case INT2, INT4, INT8, DATE -> gap.signum() > 0;
            case TIMESTAMPTZ, TIMESTAMP -> gap.compareTo(BigInteger.valueOf(CLOCK_MICROS)) > 0;
            case UUID_V7 -> gap.shiftRight(UUID_MILLIS_SHIFT).compareTo(BigInteger.valueOf(CLOCK_MICROS / 1000)) > 0;
        };
    }

    /** The highest uuid made before this millisecond. */
    static BigInteger uuidBefore(long micros) {
        return BigInteger.valueOf(Math.floorDiv(micros, 1000L))
                .shiftLeft(UUID_MILLIS_SHIFT)
                .subtract(BigInteger.ONE);
    }
}
