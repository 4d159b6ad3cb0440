package io.millrace.source.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.config.CommonConnectorConfig.BinaryHandlingMode;
import io.debezium.data.VariableScaleDecimal;
import io.debezium.data.geometry.Point;
import io.debezium.jdbc.JdbcValueConverters.DecimalMode;
import io.debezium.time.ZonedTimestamp;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Scale;
import org.apache.kafka.connect.data.Schema;

class DecodingPropertiesTest {
    private static final LocalDate EPOCH = LocalDate.of(2000, 1, 1);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS");

    /** Every decoder that reads both forms. */
    private static final List<ValueDecoder> ALL = List.of(
            Scalars.BOOL,
            Scalars.INT2,
            Scalars.INT4,
            Scalars.INT8,
            Scalars.OID,
            Scalars.FLOAT4,
            Scalars.FLOAT8,
            TextDecoder.PLAIN,
            TextDecoder.VERSIONED,
            TextDecoder.CHAR,
            UuidDecoder.INSTANCE,
            new BytesDecoder(BinaryHandlingMode.HEX, true),
            new NumericDecoder(Schema.STRING_SCHEMA, DecimalMode.STRING, null),
            new NumericDecoder(VariableScaleDecimal.schema(), DecimalMode.PRECISE, null),
            new Dates(null),
            new Times(false, null),
            new Times(true, null),
            ZonedTimes.INSTANCE,
            new Timestamps(false, null),
            new Timestamps(true, null),
            new ZonedTimestamps(6, null),
            new Intervals(true, null),
            new Intervals(false, null),
            new BitsDecoder(false),
            new BitsDecoder(true),
            NetworkDecoder.ADDRESS,
            NetworkDecoder.HARDWARE,
            new PointDecoder(Point.builder().build()),
            new ArrayDecoder(Scalars.INT4, ','),
            new ArrayDecoder(TextDecoder.PLAIN, ','),
            new MoneyDecoder(DecimalMode.PRECISE, 2, 2));

    /** Every way to write text from the binary form, also in types made of others. */
    private static final List<ValueDecoder> RENDERED = Stream.of(
                    Stream.of(TimeTexts.values()),
                    Stream.of(GeometricTexts.values()),
                    Stream.of(SearchTexts.values()),
                    BaseTexts.all(),
                    Stream.of(
                            NestedTexts.array(TimeTexts.DATE, ','),
                            NestedTexts.range(TimeTexts.DATE),
                            NestedTexts.multirange(NestedTexts.range(GeometricTexts.CUBE)),
                            NestedTexts.composite(
                                    List.of(new NestedTexts.Attribute(1082, TimeTexts.DATE)), oid -> TimeTexts.TIME)))
            .flatMap(forms -> forms)
            .<ValueDecoder>map(form -> new Rendered(form, TextDecoder.PLAIN))
            .toList();

    @Provide
    Arbitrary<BigDecimal> decimals() {
        return Arbitraries.oneOf(
                Arbitraries.bigDecimals().ofScale(4),
                Arbitraries.bigIntegers()
                        .between(BigInteger.TEN.pow(60).negate(), BigInteger.TEN.pow(60))
                        .flatMap(unscaled ->
                                Arbitraries.integers().between(0, 70).map(scale -> new BigDecimal(unscaled, scale))));
    }

    @Property
    void numericsAreEqualInBothForms(@ForAll @From("decimals") BigDecimal value) {
        NumericDecoder decoder = new NumericDecoder(Schema.STRING_SCHEMA, DecimalMode.STRING, null);
        assertThat(Wire.binary(decoder, Wire.numeric(value))).isEqualTo(value.toPlainString());
        assertThat(Wire.text(decoder, value.toPlainString())).isEqualTo(value.toPlainString());
    }

    @Property
    void datesAreEqualInBothForms(@ForAll @IntRange(min = -2_451_545, max = 2_145_031_948) int days) {
        LocalDate date = EPOCH.plusDays(days);
        Dates decoder = new Dates(null);
        int expected = (int) date.toEpochDay();
        assertThat(Wire.binary(decoder, Wire.bytes(out -> out.writeInt(days)))).isEqualTo(expected);
        assertThat(Wire.text(decoder, postgresDate(date) + era(date))).isEqualTo(expected);
    }

    @Property
    void timestampsAreEqualInBothForms(
            @ForAll @LongRange(min = -211_813_488_000_000_000L, max = 9_222_424_646_399_999_999L) long micros) {
        LocalDateTime time = EPOCH.atStartOfDay()
                .plusSeconds(Math.floorDiv(micros, 1_000_000L))
                .plusNanos(Math.floorMod(micros, 1_000_000L) * 1000);
        byte[] binary = Wire.bytes(out -> out.writeLong(micros));
        String text = postgresDate(time.toLocalDate()) + " " + TIME.format(time);
        long expected = time.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + time.getNano() / 1000;
        Timestamps plain = new Timestamps(false, null);
        assertThat(Wire.binary(plain, binary)).isEqualTo(expected);
        assertThat(Wire.text(plain, text + era(time.toLocalDate()))).isEqualTo(expected);
        assertThat(Wire.binary(new Timestamps(true, null), binary)).isEqualTo(Math.floorDiv(expected, 1000L));

        ZonedDateTime zoned = time.atZone(ZoneOffset.UTC);
        for (int fraction : new int[] {0, 3, 6}) {
            ZonedTimestamps decoder = new ZonedTimestamps(fraction, null);
            String iso = ZonedTimestamp.toIsoString(zoned, ZoneOffset.UTC, null, fraction);
            assertThat(Wire.binary(decoder, binary)).isEqualTo(iso);
            assertThat(Wire.text(decoder, text + "+00" + era(time.toLocalDate())))
                    .isEqualTo(iso);
        }
    }

    @Property
    void zonesOfTimestampsAreTakenOff(
            @ForAll @LongRange(min = 0, max = 800_000_000_000_000L) long micros,
            @ForAll @IntRange(min = -57_540, max = 57_540) int zone) {
        OffsetDateTime time =
                EPOCH.atStartOfDay().plus(Duration.ofNanos(micros * 1000)).atOffset(ZoneOffset.ofTotalSeconds(zone));
        String offset = time.getOffset().getTotalSeconds() == 0
                ? "+00"
                : time.getOffset().getId();
        String text = postgresDate(time.toLocalDate()) + " " + TIME.format(time) + offset;
        assertThat(Wire.text(new ZonedTimestamps(6, null), text))
                .isEqualTo(ZonedTimestamp.toIsoString(
                        time.withOffsetSameInstant(ZoneOffset.UTC).toZonedDateTime(), ZoneOffset.UTC, null, 6));
    }

    @Property
    void timesAreEqualInBothForms(@ForAll @LongRange(min = 0, max = 86_399_999_999L) long micros) {
        String text = TIME.format(EPOCH.atStartOfDay().plusNanos(micros * 1000));
        Times decoder = new Times(false, null);
        assertThat(Wire.binary(decoder, Wire.bytes(out -> out.writeLong(micros))))
                .isEqualTo(micros);
        assertThat(Wire.text(decoder, text)).isEqualTo(micros);
    }

    @Property
    void moneyScaleIsKept(@ForAll @Scale(2) BigDecimal value) {
        NumericDecoder decoder = new NumericDecoder(Schema.BYTES_SCHEMA, DecimalMode.PRECISE, 2);
        assertThat(Wire.binary(decoder, Wire.numeric(value))).isEqualTo(value.setScale(2));
    }

    @Property(tries = 100)
    void anyBytesGiveAValueOrATypedError(@ForAll byte[] bytes) {
        for (ValueDecoder decoder :
                Stream.concat(ALL.stream(), RENDERED.stream()).toList()) {
            DecodingCodec codec = codec(decoder);
            byte[] buffer = new byte[bytes.length + 64];
            System.arraycopy(bytes, 0, buffer, 0, bytes.length);
            attempt(() -> codec.fromBinary(buffer, 0, bytes.length));
            attempt(() -> codec.fromText(buffer, 0, bytes.length));
            attempt(() -> codec.fromBinary(bytes, 0, bytes.length));
            attempt(() -> codec.fromText(bytes, 0, bytes.length));
        }
    }

    /** Beginnings, which claim lengths that are not there, and mutations of valid values. */
    @Property(tries = 300)
    void cutAndChangedValuesGiveAValueOrATypedError(
            @ForAll @IntRange(max = 40) int length, @ForAll @IntRange(max = 39) int at, @ForAll byte change) {
        List<byte[]> valid = List.of(
                Wire.numeric(new BigDecimal("-12345678901234567890.12345")),
                Wire.hex("00000001 00000001 00000017 00000002 00000001 00000004 00000007 ffffffff 00000000"),
                Wire.hex("00000014 ffff80"),
                Wire.hex("0280000420010db8"),
                Wire.text("{\"a\",NULL,{b}}"),
                Wire.text("2024-02-29 12:34:56.789+01:30 BC"),
                Wire.text("1 year 2 mons 3 days 04:05:06.7"));
        for (byte[] whole : valid) {
            byte[] bytes = java.util.Arrays.copyOf(whole, Math.min(length, whole.length));
            if (at < bytes.length) {
                bytes[at] = change;
            }
            anyBytesGiveAValueOrATypedError(bytes);
        }
    }

    private static DecodingCodec codec(ValueDecoder decoder) {
        return new DecodingCodec("c", "t", decoder, true, true, Schema.STRING_SCHEMA, Schema.STRING_SCHEMA, null, "");
    }

    private static void attempt(Runnable decoding) {
        try {
            decoding.run();
        } catch (DecodingException e) {
            assertThat(e)
                    .hasMessageStartingWith("Column c of type t: cannot decode")
                    .hasNoCause();
        }
    }

    private static String postgresDate(LocalDate date) {
        int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
        return String.format("%04d-%02d-%02d", year, date.getMonthValue(), date.getDayOfMonth());
    }

    private static String era(LocalDate date) {
        return date.getYear() > 0 ? "" : " BC";
    }
}
