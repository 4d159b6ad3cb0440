package io.millrace.benchmarks.micro;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
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

/** From a row's bytes to a record, its parts, and what the cheapest converter then makes of it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Records {
    @Param({"narrow", "wide"})
    public String table = "";

    private final JsonConverter converter = new JsonConverter();

    @SuppressWarnings("NullAway.Init")
    private RowSource source;

    @SuppressWarnings("NullAway.Init")
    private Struct block;

    @SuppressWarnings("NullAway.Init")
    private SourceRecord made;

    @Setup
    public void setup() throws Exception {
        source = RowSource.of(table);
        block = source.block();
        made = source.record(block);
        converter.configure(Map.of("schemas.enable", "false"), false);
    }

    @Benchmark
    public Object row() {
        return source.values();
    }

    @Benchmark
    public Object record() {
        return source.record(block);
    }

    /** The source block of an event of the stream is its own; of the copy it is shared. */
    @Benchmark
    public Object sourceBlock() {
        return source.block();
    }

    @Benchmark
    public Object toJson() {
        return converter.fromConnectData(made.topic(), made.valueSchema(), made.value());
    }
}
