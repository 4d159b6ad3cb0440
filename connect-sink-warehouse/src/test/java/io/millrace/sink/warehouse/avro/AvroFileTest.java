package io.millrace.sink.warehouse.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

/** What is written is read by Avro's own library. */
class AvroFileTest {
    private static final List<AvroFile.Column> COLUMNS = Arrays.stream(AvroFile.Type.values())
            .map(type -> new AvroFile.Column("of_" + type.name(), type))
            .toList();

    private static List<List<Object>> read(byte[] file) throws IOException {
        List<List<Object>> rows = new ArrayList<>();
        try (DataFileStream<GenericRecord> stream =
                new DataFileStream<>(new ByteArrayInputStream(file), new GenericDatumReader<>())) {
            for (GenericRecord row : stream) {
                List<Object> values = new ArrayList<>();
                row.getSchema().getFields().forEach(field -> {
                    Object value = row.get(field.pos());
                    values.add(
                            value instanceof ByteBuffer bytes
                                    ? new String(bytes.array(), StandardCharsets.ISO_8859_1)
                                    : value instanceof CharSequence text ? text.toString() : value);
                });
                rows.add(values);
            }
        }
        return rows;
    }

    private static void write(AvroFile file, long number, double real, boolean truth, String text) throws IOException {
        file.putLong(number);
        file.putDouble(Double.doubleToRawLongBits(real));
        file.putBoolean(truth ? 1 : 0);
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        file.putBytes(utf8, 0, utf8.length);
        file.putBytes(new byte[] {1, 0, (byte) 0xff, 7}, 1, 2);
        file.endRow();
    }

    @Test
    void valuesAtTheEdgesAndNulls() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<List<Object>> expected = new ArrayList<>();
        try (AvroFile file = new AvroFile(out, COLUMNS)) {
            long[] numbers = {0, -1, 1, 63, 64, -64, -65, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 35};
            double[] reals = {0, -0d, Double.MIN_VALUE, Double.NaN, Double.NEGATIVE_INFINITY, 1e308, -1.5, 3, 4, 5};
            for (int i = 0; i < numbers.length; i++) {
                write(file, numbers[i], reals[i], i % 2 == 0, "größe 𝄞\u0000" + i);
                expected.add(List.of(numbers[i], reals[i], i % 2 == 0, "größe 𝄞\u0000" + i, "\u0000ÿ"));
            }
            COLUMNS.forEach(column -> file.putNull());
            file.endRow();
            expected.add(Arrays.asList(null, null, null, null, null));
        }
        assertThat(read(out.toByteArray())).isEqualTo(expected);
    }

    @Test
    void manyBlocksAndValuesLargerThanOne() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Random random = new Random(5);
        List<String> texts = new ArrayList<>();
        try (AvroFile file = new AvroFile(out, COLUMNS)) {
            for (int i = 0; i < 40; i++) {
                byte[] noise = new byte[i == 20 ? 3 << 20 : 100_000];
                random.nextBytes(noise);
                String text = new String(noise, StandardCharsets.ISO_8859_1);
                texts.add(text);
                write(file, i, i, true, text);
            }
        }
        List<List<Object>> rows = read(out.toByteArray());
        assertThat(rows).hasSize(40);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i).get(0)).isEqualTo((long) i);
            assertThat(rows.get(i).get(3).equals(texts.get(i))).as("row %d", i).isTrue();
        }
    }

    @Test
    void aFileWithoutRows() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new AvroFile(out, COLUMNS).close();
        assertThat(read(out.toByteArray())).isEmpty();
        assertThatThrownBy(() -> new AvroFile.Column("no name", AvroFile.Type.LONG))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
