package io.millrace.benchmarks.micro;

import io.millrace.sink.change.Change;
import io.millrace.sink.change.ChangeReader;
import io.millrace.sink.change.KeyMode;
import io.millrace.sink.destination.TableId;
import io.millrace.sink.fold.FoldRules;
import io.millrace.sink.fold.RowEncoder;
import io.millrace.sink.fold.TableBuffer;
import io.millrace.sink.pg.encode.Encodings;
import io.millrace.sink.route.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The sink's way of a record up to the bytes that are staged: understanding it, encoding it, folding it by its key. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Folding {
    private static final int RECORDS = 10_000;

    @Param({"narrow", "wide"})
    public String table = "";

    /** Of {@link #RECORDS} records: one each, or ten each. */
    @Param({"10000", "1000"})
    public int keys;

    private List<SinkRecord> records = List.of();

    @Setup
    public void setup() throws Exception {
        RowSource source = RowSource.of(table);
        SourceRecord made = source.record(source.block());
        List<SinkRecord> all = new ArrayList<>(RECORDS);
        for (int i = 0; i < RECORDS; i++) {
            all.add(new SinkRecord(
                    made.topic(),
                    0,
                    made.keySchema(),
                    numbered((Struct) made.key(), i % keys),
                    made.valueSchema(),
                    made.value(),
                    i,
                    1_700_000_000_000L,
                    TimestampType.CREATE_TIME));
        }
        records = all;
    }

    private static Struct numbered(Struct key, int number) {
        Field field = key.schema().fields().get(0);
        boolean large = field.schema().type() == Schema.Type.INT64;
        return new Struct(key.schema()).put(field, large ? (Object) (long) number : (Object) number);
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public Object fold() {
        ChangeReader reader = new ChangeReader(
                new Router("${source.table}", Map.of()),
                new KeyMode.Key(KeyMode.RECORD_KEY, List.of()),
                null,
                "__debezium_unavailable_value",
                Encodings::of);
        TableBuffer buffer = new TableBuffer(
                new TableId(List.of(table)), new FoldRules(false, FoldRules.Deletes.HARD), new RowEncoder());
        for (SinkRecord record : records) {
            Change change = Objects.requireNonNull(reader.read(record));
            buffer.add(change, 0, record.kafkaOffset());
        }
        return buffer;
    }
}
