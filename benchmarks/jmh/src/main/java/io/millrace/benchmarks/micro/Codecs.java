package io.millrace.benchmarks.micro;

import io.millrace.source.codec.ColumnCodec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decoding one value of each type, from its binary and from its text form. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class Codecs {
    /** COPY's header, the number of columns and the value's length; behind the value is the trailer. */
    private static final int BEFORE = 11 + 8 + 2;

    private static final int TRAILER = 2;

    private static final Map<String, String> VALUES = Map.ofEntries(
            Map.entry("bool", "true"),
            Map.entry("int2", "12345"),
            Map.entry("int4", "1234567"),
            Map.entry("int8", "1234567890123"),
            Map.entry("float4", "1.25"),
            Map.entry("float8", "1234.5678"),
            Map.entry("numeric", "12345.678901"),
            Map.entry("numeric(18,4)", "12345.6789"),
            Map.entry("money", "12.34"),
            Map.entry("text", "'fifty characters of text, give or take one or two.'"),
            Map.entry("char(20)", "'padded'"),
            Map.entry("bytea", "'\\x00112233445566778899aabbccddeeff'"),
            Map.entry("date", "'2026-11-20'"),
            Map.entry("time", "'12:34:56.789012'"),
            Map.entry("timetz", "'12:34:56.789012+02'"),
            Map.entry("timestamp", "'2026-11-20 12:34:56.789012'"),
            Map.entry("timestamptz", "'2026-11-20 12:34:56.789012+00'"),
            Map.entry("interval", "'1 year 2 mons 3 days 04:05:06.789'"),
            Map.entry("uuid", "'c0ffee00-1234-5678-9abc-def012345678'"),
            Map.entry("json", "'{\"k\": 1, \"name\": \"n\", \"tags\": [\"a\", \"b\"], \"ok\": true}'"),
            Map.entry("jsonb", "'{\"k\": 1, \"name\": \"n\", \"tags\": [\"a\", \"b\"], \"ok\": true}'"),
            Map.entry("xml", "'<a>b</a>'"),
            Map.entry("inet", "'192.168.17.4/24'"),
            Map.entry("macaddr", "'08:00:2b:01:02:03'"),
            Map.entry("bit(8)", "B'10101010'"),
            Map.entry("varbit", "B'101'"),
            Map.entry("point", "'(1.5,2.5)'"),
            Map.entry("box", "'(2,2),(1,1)'"),
            Map.entry("tsvector", "'a fat cat'"),
            Map.entry("int4range", "'[1,10)'"),
            Map.entry("tstzrange", "'[2026-01-01 00:00+00,2026-02-01 00:00+00)'"),
            Map.entry("int4[]", "'{1,2,3}'"),
            Map.entry("text[]", "'{one,two,\"three, and four\"}'"),
            Map.entry("numeric(10,2)[]", "'{1.25,2.50}'"));

    @Param({
        "bool",
        "int2",
        "int4",
        "int8",
        "float4",
        "float8",
        "numeric",
        "numeric(18,4)",
        "money",
        "text",
        "char(20)",
        "bytea",
        "date",
        "time",
        "timetz",
        "timestamp",
        "timestamptz",
        "interval",
        "uuid",
        "json",
        "jsonb",
        "xml",
        "inet",
        "macaddr",
        "bit(8)",
        "varbit",
        "point",
        "box",
        "tsvector",
        "int4range",
        "tstzrange",
        "int4[]",
        "text[]",
        "numeric(10,2)[]"
    })
    public String type = "";

    @SuppressWarnings("NullAway.Init")
    private ColumnCodec codec;

    private byte[] binary = {};
    private byte[] text = {};
    private int length;

    @Setup
    public void setup() throws Exception {
        String value = VALUES.get(type);
        if (value == null) {
            throw new IllegalStateException("No value of type " + type);
        }
        try (Source source = new Source()) {
            source.table("one", "v " + type, value + (type.equals("money") ? "::numeric::money" : ""));
            codec = source.codecs().codec(source.columns("one").get(0)).orElseThrow();
            byte[] line = source.copy("one", "text");
            text = Arrays.copyOf(line, line.length - 1);
            binary = codec.binary() ? source.copy("one", "binary") : text;
        }
        length = codec.binary() ? ByteBuffer.wrap(binary).getInt(BEFORE) : text.length;
        if (codec.binary() && BEFORE + 4 + length + TRAILER != binary.length) {
            throw new IllegalStateException("COPY sent " + binary.length + " bytes for a value of " + length);
        }
    }

    /** Types without a binary form are read as text here too, as the connector does. */
    @Benchmark
    public Object binary() {
        return codec.binary() ? codec.fromBinary(binary, BEFORE + 4, length) : codec.fromText(text, 0, text.length);
    }

    @Benchmark
    public Object text() {
        return codec.fromText(text, 0, text.length);
    }
}
